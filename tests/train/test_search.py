"""The trial loop always has a model, tells what it did, and ends in time."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sqlml.model.form import Constant
from sqlml.model.runtime import Graph
from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.export import probes
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.job import Job, Progress, Trial
from sqlml.train.learner import LEARNERS
from sqlml.train.learners.baseline import Baseline
from sqlml.train.problems import LearnerDiffers, LearnerFailed, NothingLearnt, PartOfRows, TimeUsedUp, TrainingFailed
from sqlml.train.search import search
from sqlml.train.table import Table

Jobs = Callable[..., Job]


def quiet(_: Progress | Trial) -> None:
    """An analyst who does not look."""


class Failing(Baseline):
    """Cannot learn anything."""

    name = "failing"

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        raise ValueError("not like this")


class Differing(Baseline):
    """Very good, had its form anything to do with it."""

    name = "differing"

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        fitted = super().fit(table, settings, clock)
        return replace(fitted, loss=1e-9, form=Constant(fitted.form.scores[::-1] * [0.5, 1.5]))


class Slow(Baseline):
    """Takes whatever time it gets."""

    name = "slow"

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
        return [{"choice": i} for i in range(100)]

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        while clock.left > 0:
            time.monotonic()
        return replace(super().fit(table, settings, clock), finished=False)


@pytest.mark.parametrize("task", Task)
def test_the_best_of_all_trials_is_found_and_fitted_again(task: Task, job: Jobs) -> None:
    events: list[Progress | Trial] = []
    asked = job(task, rows=600)
    outcome = search(asked, events.append)
    assert outcome.trials == tuple(event for event in events if isinstance(event, Trial))
    assert [trial.number for trial in outcome.trials] == list(range(1, len(outcome.trials) + 1))
    assert [trial.learner for trial in outcome.trials][:3] == ["baseline", "linear", "trees"]
    assert {trial.state for trial in outcome.trials} == {"done"}
    best = min(outcome.trials, key=lambda trial: trial.value or np.inf)
    assert outcome.learner == {one.name: one.title for one in LEARNERS}[best.learner]
    scores = Graph(outcome.graph).run(probes(Table.open(asked)))
    assert scores.shape[1] == max(1, asked.classes)
    assert not outcome.notices
    shares = [event.share for event in events if isinstance(event, Progress)]
    assert shares == sorted(shares)


def test_the_same_job_gives_the_same_model(job: Jobs) -> None:
    asked = job(Task.MULTICLASS, max_trials=4)
    assert search(asked, quiet).graph == search(asked, quiet).graph


def test_as_many_trials_are_made_as_are_allowed(job: Jobs) -> None:
    assert len(search(job(max_trials=2), quiet).trials) == 3
    assert len(search(job(max_trials=0), quiet).trials) == 1


def test_a_learner_that_fails_is_left_out_and_told(job: Jobs) -> None:
    outcome = search(job(), quiet, learners=[Baseline(), Failing(), LEARNERS[1]])
    (warning,) = outcome.notices
    assert isinstance(warning, LearnerFailed)
    assert str(warning.__cause__) == "not like this"
    assert [trial.state for trial in outcome.trials] == ["done", "failed", "done", "done"]
    assert outcome.trials[1].value is None
    assert outcome.learner == LEARNERS[1].title


def test_a_model_whose_form_predicts_otherwise_is_not_stored(job: Jobs) -> None:
    outcome = search(job(), quiet, learners=[Baseline(), Differing(), LEARNERS[1]])
    assert isinstance(outcome.notices[0], LearnerDiffers)
    assert outcome.learner == LEARNERS[1].title


def test_when_nothing_works_it_is_said(job: Jobs) -> None:
    with pytest.raises(TrainingFailed):
        search(job(), quiet, learners=[Failing()])


def test_columns_that_say_nothing_give_the_baseline_and_a_warning(job: Jobs) -> None:
    asked = job(rows=400)
    np.ones((400, 8), np.float32).tofile(asked.folder / "matrix.f32")
    outcome = search(asked, quiet)
    assert outcome.learner == "the same prediction for every row"
    assert isinstance(outcome.notices[0], NothingLearnt)


def test_a_job_without_features_gives_the_baseline(job: Jobs) -> None:
    outcome = search(job(features=()), quiet)
    assert Graph(outcome.graph).run(np.zeros((2, 0), np.float32)).shape == (2, 2)


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_there_is_a_model_when_the_time_is_up(seconds: float, job: Jobs) -> None:
    clock = Clock(seconds)
    outcome = search(job(seconds=seconds), quiet, clock, learners=[Baseline(), Slow()])
    assert clock.left > -2
    assert Graph(outcome.graph).run(np.zeros((2, 8), np.float32)).shape == (2, 2)
    assert any(isinstance(notice, TimeUsedUp) for notice in outcome.notices)


def test_a_winner_that_was_not_fitted_on_all_rows_is_told(job: Jobs) -> None:
    class Half(type(LEARNERS[1])):  # type: ignore[misc]
        """Learns from half of the rows."""

        def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
            return replace(super().fit(table, settings, clock), rows=table.rows // 2)

    outcome = search(job(), quiet, learners=[Baseline(), Half()])
    (notice,) = outcome.notices
    assert isinstance(notice, PartOfRows)
    assert "150 of the 300" in notice.message


def test_a_very_small_table_is_quickly_done(job: Jobs) -> None:
    for task in Task:
        outcome = search(job(task, rows=6), quiet)
        assert len(outcome.trials) > 3


def test_jobs_travel_as_json(job: Jobs) -> None:
    asked = job(Task.MULTICLASS, max_trials=3)
    assert Job.from_json(asked.to_json()) == asked
    assert small_table(Task.MULTICLASS, 300).features == asked.features
