"""The trial loop always has a model, tells what it did, and ends in time."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from sqlml.model.form import Constant, Floats
from sqlml.model.onnx import origin
from sqlml.model.runtime import Graph
from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train import search as room
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.job import LABEL, Job, Progress, Trial
from sqlml.train.learner import LEARNERS, Learner
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.linear import LinearModel
from sqlml.train.learners.trees import Trees
from sqlml.train.metric import SHARES
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
        fitted = LEARNERS[1].fit(table, {"l2": 1.0}, clock)
        return replace(fitted, make=lambda: Constant(np.array([0.1, 0.9])))


class Vague(Baseline):
    """Knows nothing in many ways, though the time is planned for it."""

    name = "trees"

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
        return [{"choice": i} for i in range(100)]


class Slow(Vague):
    """Takes whatever time it gets."""

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        while clock.left > 0:
            time.monotonic()
        return replace(super().fit(table, settings, clock), finished=False)


QUICK = LEARNERS[:3]


def scored(asked: Job, graph: bytes, rows: slice = slice(None)) -> Floats:
    """What a model predicts for the job's own rows."""
    return Graph(graph).run(np.asarray(Table.open(asked).matrix[rows]))


@pytest.mark.parametrize("task", Task)
def test_the_best_of_all_trials_is_found_and_fitted_again(task: Task, job: Jobs) -> None:
    events: list[Progress | Trial] = []
    asked = job(task, rows=500, max_trials=3)
    outcome = search(asked, events.append, by=QUICK)
    assert outcome.trials == tuple(event for event in events if isinstance(event, Trial))
    assert [trial.number for trial in outcome.trials] == list(range(1, len(outcome.trials) + 1))
    assert [trial.learner for trial in outcome.trials][:3] == ["baseline", "linear", "trees"]
    assert {trial.state for trial in outcome.trials} == {"done"}
    assert "trees" in outcome.learner
    assert scored(asked, outcome.graph).shape[1] == max(1, asked.classes)
    assert not outcome.notices
    steps = [event for event in events if isinstance(event, Progress)]
    assert [step.share for step in steps] == sorted(step.share for step in steps)
    assert steps[-1].best == min(trial.value for trial in outcome.trials if trial.value is not None)


@pytest.mark.parametrize(
    ("task", "by", "trials"), [(Task.BINARY, LEARNERS, 4), (Task.MULTICLASS, QUICK, 2), (Task.REGRESSION, QUICK, 3)]
)
def test_the_same_job_gives_the_same_model_whatever_the_threads(
    task: Task, by: tuple[Learner, ...], trials: int, job: Jobs
) -> None:
    made = [search(job(task, max_trials=trials, threads=threads), quiet, by=by) for threads in (1, 1, 2)]
    assert made[0].graph == made[1].graph == made[2].graph
    assert len({tuple((trial.learner, trial.value) for trial in one.trials) for one in made}) == 1


def test_another_seed_gives_another_model(job: Jobs) -> None:
    made = [search(job(max_trials=3, seed=seed), quiet, by=QUICK).graph for seed in (1, 2)]
    assert made[0] != made[1]


def test_as_many_trials_are_made_as_are_allowed(job: Jobs) -> None:
    assert len(search(job(max_trials=2), quiet).trials) == 3
    assert len(search(job(max_trials=0), quiet).trials) == 1


def test_a_learner_that_fails_is_left_out_and_told(job: Jobs) -> None:
    outcome = search(job(), quiet, by=[Baseline(), Failing(), LEARNERS[1]])
    (warning,) = outcome.notices
    assert isinstance(warning, LearnerFailed)
    assert str(warning.__cause__) == "not like this"
    assert {trial.learner: trial.state for trial in outcome.trials} == {
        "baseline": "done",
        "failing": "failed",
        "linear": "done",
    }
    assert all((trial.value is None) == (trial.state == "failed") for trial in outcome.trials)
    assert outcome.learner == LEARNERS[1].title


def test_what_preparing_left_of_the_time_decides_what_is_tried_unless_trials_are_counted(job: Jobs) -> None:
    assert room._size(job(seconds=3.0, allowed=60.0)).seconds == 3
    assert room._size(job(seconds=3.0, allowed=60.0, max_trials=2)).seconds == 60


def test_it_is_told_how_far_a_step_is(job: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_OFTEN", 0.0)
    events: list[Progress | Trial] = []
    search(job(max_trials=2), events.append, by=QUICK)
    for step in ("trying gradient-boosted trees", "fitting the best models on all rows"):
        shares = [event.done for event in events if isinstance(event, Progress) and event.step == step]
        assert shares[0] == 0
        assert 0 < max(shares) <= 1


def test_whoever_is_far_behind_after_a_fair_start_is_not_tried_again(job: Jobs) -> None:
    outcome = search(job(max_trials=12), quiet, by=(LEARNERS[0], LinearModel(), Vague()))
    tried = [trial.learner for trial in outcome.trials]
    assert tried.count("trees") == 3
    assert tried.count("linear") > 1
    assert "linear" in outcome.learner


@dataclass
class Poor(Baseline):
    """Guesses, in so many shares of a prediction, and takes its time; a linear model predicts the rest."""

    guessed: float
    name, title = "poor", "a poor learner"

    def cost(self, rows: int, features: int, classes: int) -> float:
        return 0.2

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        fitted = LinearModel().fit(table, LinearModel().settings(300, 8, table.task)[0], clock)
        guess = self.guessed / table.classes
        return replace(fitted, predict=lambda matrix: guess + (1 - self.guessed) * fitted.predict(matrix))


# The linear model alone is the best here: one loses 1.2 times as much, the other 2.2 times.
@pytest.mark.parametrize(("guessed", "is_resumed"), [(0.2, True), (0.8, False)])
def test_what_was_left_off_is_tried_to_the_end_when_time_is_left(guessed: float, is_resumed: bool, job: Jobs) -> None:
    poor = Poor(guessed)
    outcome = search(job(seconds=8.0, allowed=8.0), quiet, by=[*QUICK, poor])
    states = [(trial.state, trial.message) for trial in outcome.trials if trial.learner == "poor"]
    assert states[0][0] == "stopped"
    assert states[0][1].startswith("left off after the first fits")
    assert [state for state, _ in states[1:]] == ["done"] * is_resumed
    if is_resumed:
        assert outcome.trials[-1].learner == "poor"


def test_a_model_whose_form_predicts_otherwise_is_not_stored(job: Jobs) -> None:
    outcome = search(job(), quiet, by=[Baseline(), Differing()])
    assert isinstance(outcome.notices[0], LearnerDiffers)
    assert outcome.learner == Baseline.title


def test_when_nothing_works_it_is_said(job: Jobs) -> None:
    with pytest.raises(TrainingFailed):
        search(job(), quiet, by=[Failing()])


def test_columns_that_say_nothing_give_the_baseline_and_a_warning(job: Jobs) -> None:
    asked = job(rows=400)
    np.ones((400, 8), np.float32).tofile(asked.folder / "matrix.f32")
    outcome = search(replace(asked, max_trials=5), quiet)
    assert outcome.learner == "the same prediction for every row"
    assert isinstance(outcome.notices[0], NothingLearnt)
    assert np.ptp(scored(asked, outcome.graph), axis=0) == pytest.approx([0, 0])


def test_a_job_without_features_gives_the_baseline(job: Jobs) -> None:
    outcome = search(job(features=()), quiet)
    assert Graph(outcome.graph).run(np.zeros((2, 0), np.float32)).shape == (2, 2)


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_there_is_a_model_when_the_time_is_up(seconds: float, job: Jobs) -> None:
    clock = Clock(seconds)
    outcome = search(job(seconds=seconds), quiet, clock, by=[Baseline(), Slow()])
    assert clock.left > -2
    assert Graph(outcome.graph).run(np.zeros((2, 8), np.float32)).shape == (2, 2)
    assert any(isinstance(notice, TimeUsedUp) for notice in outcome.notices)


def test_a_trial_that_there_is_no_time_for_is_told_of(job: Jobs) -> None:
    class Endless(Slow):
        name = "endless"
        loading = 1e-9

        def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
            return [{}]

        def cost(self, rows: int, features: int, classes: int) -> float:
            return 3.0

    outcome = search(job(seconds=60.0), quiet, Clock(10.0), by=[Baseline(), LinearModel(), Endless()])
    told = [notice.message for notice in outcome.notices if isinstance(notice, TimeUsedUp)]
    assert told == [f"the time limit ended training after {len(outcome.trials)} of {len(outcome.trials) + 1} trials"]


def test_a_winner_that_was_not_fitted_on_all_rows_is_told(job: Jobs) -> None:
    class Half(type(LEARNERS[1])):  # type: ignore[misc]
        """Learns from half of the rows."""

        def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
            return replace(super().fit(table, settings, clock), rows=len(table.fit) // 2)

    outcome = search(job(), quiet, by=[Baseline(), Half()])
    (notice,) = outcome.notices
    assert isinstance(notice, PartOfRows)
    assert "of the 300" in notice.message


def test_a_very_small_table_is_quickly_done(job: Jobs) -> None:
    for task in Task:
        outcome = search(job(task, rows=6), quiet, by=QUICK)
        assert len(outcome.trials) > 3


@pytest.mark.parametrize(
    ("task", "metric"),
    [
        *((Task.BINARY, name) for name in "log_loss roc_auc pr_auc brier accuracy precision recall f1".split()),
        *((Task.MULTICLASS, name) for name in "log_loss accuracy macro_f1 balanced_accuracy".split()),
        *((Task.REGRESSION, name) for name in "rmse mae r2 mape".split()),
    ],
)
def test_models_are_chosen_by_the_metric_asked_for(task: Task, metric: str, job: Jobs) -> None:
    outcome = search(job(task, metric=metric, max_trials=2), quiet, by=QUICK)
    assert {trial.metric for trial in outcome.trials} == {metric}
    values = [trial.value for trial in outcome.trials if trial.value is not None]
    best = max if metric in SHARES else min
    assert best(values) != values[0] or metric == "recall"
    assert all(value <= 1 for value in values) or metric not in SHARES
    assert not any(isinstance(notice, LearnerFailed) for notice in outcome.notices)


def test_a_trial_shows_the_share_of_the_variance_that_it_explains(job: Jobs) -> None:
    baseline, *_, trees = search(job(Task.REGRESSION, metric="r2", max_trials=2), quiet, by=QUICK).trials
    assert baseline.value == pytest.approx(0, abs=0.05)
    assert trees.value is not None
    assert 0.7 < trees.value < 1


def weighed(job: Jobs, weight: Floats, **changes: Any) -> Job:
    """A job whose rows of weight 0 have the wrong label."""
    asked = job(rows=len(weight), weighted=True, max_trials=2, **changes)
    weight.tofile(asked.folder / "weight.f64")
    label = np.fromfile(asked.folder / "label.f64")
    np.where(weight == 0, 1 - label, label).tofile(asked.folder / "label.f64")
    return asked


@pytest.mark.parametrize(
    "weight",
    [
        pytest.param((np.arange(900) % 2).astype(np.float64), id="every second row"),
        pytest.param((np.arange(900) % 5 != 2).astype(np.float64), id="all rows of a fold"),
        pytest.param((np.arange(900) < 675).astype(np.float64) * 5, id="all rows held out"),
    ],
)
def test_rows_that_weigh_nothing_are_as_if_not_there(weight: Floats, job: Jobs) -> None:
    asked = weighed(job, weight)
    outcome = search(asked, quiet, by=QUICK)
    label = small_table(Task.BINARY, 900).label
    assert not outcome.notices
    assert np.average(scored(asked, outcome.graph).argmax(axis=1) == label, weights=weight) > 0.85


def test_a_single_fold_that_counts_is_survived(job: Jobs) -> None:
    asked = weighed(job, (np.arange(900) % 5 == 2).astype(np.float64))
    outcome = search(asked, quiet, by=QUICK)
    assert np.isfinite(scored(asked, outcome.graph)).all()
    assert not any(isinstance(notice, LearnerFailed) for notice in outcome.notices)


def classes_of(job: Jobs, each: int, classes: int, **changes: Any) -> Job:
    """Rows of many classes, which one of the features nearly gives away."""
    rows = each * classes
    asked = job(Task.MULTICLASS if classes > 2 else Task.BINARY, rows=rows, classes=classes, **changes)
    label = np.arange(rows, dtype=np.float64) % classes
    (np.arange(asked.rows) // classes % 5).astype(np.uint8).tofile(asked.folder / "part.u8")
    matrix = np.fromfile(asked.folder / "matrix.f32", np.float32).reshape(rows, -1)
    matrix[:, 0] = label + np.random.default_rng(1).normal(0, 0.3, rows)
    matrix.tofile(asked.folder / "matrix.f32")
    label.tofile(asked.folder / "label.f64")
    return asked


def test_a_thousand_classes_are_learnt(job: Jobs) -> None:
    asked = classes_of(job, 5, 1_000, max_trials=1)
    outcome = search(asked, quiet, by=(Baseline(), LEARNERS[3]))
    baseline, network = (trial.value for trial in outcome.trials)
    assert baseline == pytest.approx(np.log(1_000), rel=0.05)
    assert network is not None
    assert network < 0.97 * np.log(1_000)
    assert scored(asked, outcome.graph, slice(10)).shape == (10, 1_000)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_two_rows_a_class_are_enough_for_a_model(classes: int, job: Jobs) -> None:
    asked = classes_of(job, 2, classes, max_trials=5)
    outcome = search(asked, quiet)
    assert not any(isinstance(notice, LearnerFailed) for notice in outcome.notices)
    assert scored(asked, outcome.graph).sum(axis=1) == pytest.approx(np.ones(2 * classes))


def test_a_log_in_time_is_judged_by_what_comes_later(job: Jobs) -> None:
    asked = job(Task.REGRESSION, rows=800, ordered=True, max_trials=1)
    (np.arange(600) * 5 // 600).astype(np.uint8).tofile(asked.folder / "part.u8")
    seen: list[Table] = []

    class Watched(Trees):
        def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
            seen.append(table)
            return super().fit(table, settings, clock)

    search(asked, quiet, by=(Baseline(), Watched()))
    judged = [table for table in seen if len(table.validation)]
    assert [(table.fit.max() + 1, table.validation.min()) for table in judged] == [(360, 360), (480, 480)]


@pytest.mark.parametrize("ordered", [False, True])
def test_logarithms_are_made_to_add_up_unless_what_comes_later_is_more(ordered: bool, job: Jobs) -> None:
    class Logarithms(Trees):
        def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
            return [super().settings(rows, features, task)[0] | {"log_if_skewed": True}]

    asked = job(Task.REGRESSION, rows=800, ordered=ordered, max_trials=1)
    (np.arange(600) * 5 // 600).astype(np.uint8).tofile(asked.folder / "part.u8")
    label = Table.open(asked).label
    spread = (label - label.mean()) / label.std() + np.random.default_rng(0).normal(size=800)
    np.exp(spread).tofile(asked.folder / LABEL)
    outcome = search(asked, quiet, by=(Baseline(), Logarithms()))
    factors = {fit["factor"] for fit in json.loads(origin(outcome.graph))["fits"] if fit["link"] == "exp"}
    assert len(factors) == 1
    assert (factors == {1.0}) == ordered


def test_jobs_travel_as_json(job: Jobs) -> None:
    asked = job(Task.MULTICLASS, max_trials=3)
    assert Job.from_json(asked.to_json()) == asked
    assert small_table(Task.MULTICLASS, 300).features == asked.features
