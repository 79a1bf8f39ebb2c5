"""What is published learnt from all rows; what is said of it comes from rows that were never seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sqlml.model.form import Constant, Floats, sharpened
from sqlml.model.runtime import Graph
from sqlml.schema import Feature, Task
from sqlml.testing.learner import small_table
from sqlml.train import final, plan, refit
from sqlml.train.bag import Bag
from sqlml.train.blend import Judged
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.job import SCORES, Job, Outcome
from sqlml.train.learner import Learner
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.linear import LinearModel
from sqlml.train.learners.trees import Trees
from sqlml.train.metric import LOSSES
from sqlml.train.problems import LearnerDiffers, LearnerFailed, PartOfRows
from sqlml.train.refit import Member
from sqlml.train.search import search
from sqlml.train.stopping import ended, ends
from sqlml.train.table import Table

Jobs = Callable[..., Job]
Fits = list[tuple[str, Table, Fitted]]


def noting(learner: type[Any], fits: Fits, change: Callable[[Table, Fitted], Fitted] = lambda _, it: it) -> Learner:
    """A learner whose fits are noted, and may be changed."""

    class Noting(learner):  # type: ignore[misc]
        def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
            fitted = change(table, super().fit(table, settings, clock))
            fits.append((self.name, table, fitted))
            return fitted

    made: Learner = Noting()
    return made


def last(fits: Fits) -> list[tuple[str, Table, Fitted]]:
    return [fit for fit in fits if not len(fit[1].validation)]


def made(asked: Job, *learners: Learner) -> Outcome:
    return search(asked, lambda _: None, by=learners)


def held_out(asked: Job) -> tuple[Floats, Floats]:
    """The label and the stored scores of the rows held out."""
    label = np.fromfile(asked.folder / "label.f64")[asked.rows :]
    return label, np.fromfile(asked.folder / SCORES).reshape(len(label), -1)


def auc(label: Floats, scores: Floats) -> float:
    return 1 - LOSSES["roc_auc"](label, scores, np.ones(len(label)))


def test_what_is_published_has_learnt_from_all_rows(job: Jobs) -> None:
    fits: Fits = []
    asked = job(Task.REGRESSION, rows=400, max_trials=2)
    outcome = made(asked, noting(Baseline, fits), noting(LinearModel, fits), noting(Trees, fits))
    assert not outcome.notices
    assert last(fits)
    for _, table, _ in last(fits):
        assert table.fit.tolist() == list(range(400))
    for _, table, _ in fits[: -len(last(fits))]:
        assert max(table.fit.max(), table.validation.max()) < asked.rows == 300


def test_scores_of_rows_held_out_come_from_fits_that_never_saw_them(job: Jobs) -> None:
    fits: Fits = []
    asked = job(Task.REGRESSION, rows=400, max_trials=1)
    made(asked, noting(LinearModel, fits))
    _, scores = held_out(asked)
    rows = small_table(Task.REGRESSION, 400).matrix[300:]
    trials = [fitted.predict(rows) for _, table, fitted in fits if len(table.validation)]
    assert len(trials) == 5
    np.testing.assert_allclose(scores, np.mean(trials, axis=0), rtol=1e-12)


def test_where_few_folds_were_judged_the_model_is_measured_by_fits_on_all_other_rows(
    job: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_SPLITS_SHARE", 0.0)
    monkeypatch.setattr(final, "weights", lambda *_: {1: 1.0})
    fits: Fits = []
    asked = job(Task.REGRESSION, rows=400, max_trials=1)
    made(asked, Baseline(), noting(Trees, fits))
    assert len([fit for fit in fits if len(fit[1].validation)]) == 1
    known = [fitted for _, table, fitted in last(fits) if len(table.fit) == asked.rows]
    every = [fitted for _, table, fitted in last(fits) if len(table.fit) == 400]
    assert len(known) == len(every) == refit._MOST_COPIES
    _, scores = held_out(asked)
    rows = small_table(Task.REGRESSION, 400).matrix[300:]
    np.testing.assert_allclose(scores, np.mean([one.predict(rows) for one in known], axis=0), rtol=1e-12)


def test_luck_is_not_taken_for_skill(job: Jobs) -> None:
    rows, random = 6_000, np.random.default_rng(5)
    asked = job(rows=rows, features=(Feature("a", "a"), Feature("b", "b", 2_000)), max_trials=1)
    matrix = np.column_stack([random.permutation(rows), random.integers(0, 2_000, rows)]).astype(np.float32)
    matrix.tofile(asked.folder / "matrix.f32")
    random.integers(0, 2, rows).astype(np.float64).tofile(asked.folder / "label.f64")

    class Gullible(Trees):
        def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
            given = super().settings(rows, features, task)[0]
            return [dict(given) | {"min_data_in_leaf": 2, "share": 1.0, "rounds": 60}]

        def merged(self, found: Sequence[Settings], growth: float) -> Settings:
            return dict(found[0]) | {"rounds": 60}

    outcome = made(asked, Gullible())
    label, scores = held_out(asked)
    assert auc(label, scores) == pytest.approx(0.5, abs=0.05)
    # The published model has learnt these rows by heart.
    assert auc(label, Graph(outcome.graph).run(matrix[asked.rows :])) > 0.6


def test_fits_with_several_seeds_are_averaged(job: Jobs) -> None:
    fits: Fits = []

    class Random(Trees):
        def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
            return [super().settings(rows, features, task)[1]]

    asked = job(Task.REGRESSION, rows=400, max_trials=1)
    outcome = made(asked, noting(Random, fits))
    own = [fitted for _, _, fitted in last(fits)]
    assert [table.seed for _, table, _ in last(fits)] == [asked.seed + copy for copy in range(len(own))]
    assert len(own) > 1
    assert f"{len(own)} times" in outcome.detail
    rows = np.asarray(Table.open(asked).matrix)
    expected = np.mean([fitted.predict(rows) for fitted in own], axis=0)
    np.testing.assert_allclose(Graph(outcome.graph).run(rows), expected, rtol=1e-9)
    assert not np.allclose(own[0].predict(rows), own[1].predict(rows))


def test_the_weightiest_have_more_fits_as_long_as_scoring_may_cost_so_much(
    job: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Random(Trees):
        def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
            return super().settings(rows, features, task)[1:3]

    shares = {1: 0.7, 2: 0.3}
    monkeypatch.setattr(final, "weights", lambda *_: shares)
    fits: Fits = []

    def costing(cost: float) -> Callable[[Table, Fitted], Fitted]:
        return lambda _, fitted: replace(fitted, cost=cost, way=None)

    asked = job(Task.REGRESSION, rows=400, max_trials=2)
    for cost, counts in ((1.0, [4, 4]), (2.0, [3, 1]), (6.0, [1, 1]), (20.0, [1, 1])):
        fits.clear()
        made(asked, Baseline(), noting(Random, fits, costing(cost)))
        settings = [fitted.again["num_leaves"] for _, _, fitted in last(fits)]
        assert [settings.count(leaves) for leaves in dict.fromkeys(settings)] == counts


@pytest.mark.parametrize(
    ("task", "metric", "power"),
    [
        (Task.BINARY, "log_loss", 1.0),
        (Task.BINARY, "log_loss", 1.5),
        (Task.BINARY, "roc_auc", 1.5),
        (Task.MULTICLASS, "macro_f1", 0.7),
        (Task.REGRESSION, "rmse", 1.0),
    ],
)
def test_the_graph_predicts_the_weighted_mean_of_its_members_made_as_sure_as_it_should_be(
    task: Task, metric: str, power: float, job: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(final, "weights", lambda *_: {1: 0.25, 2: 0.75})
    monkeypatch.setattr(final, "power", lambda *_: power)
    fits: Fits = []
    asked = job(task, rows=400, max_trials=2, metric=metric)
    outcome = made(asked, noting(Baseline, fits), noting(LinearModel, fits), noting(Trees, fits))
    rows = np.asarray(Table.open(asked).matrix)
    linear, trees = (
        np.mean([fitted.predict(rows) for name, _, fitted in last(fits) if name == wanted], axis=0)
        for wanted in ("linear", "trees")
    )
    expected = 0.25 * linear + 0.75 * trees
    expected = expected if power == 1.0 else sharpened(expected, power)
    np.testing.assert_allclose(Graph(outcome.graph).run(rows), expected, rtol=1e-9)
    assert outcome.learner == "a blend of gradient-boosted trees and a linear model"
    assert outcome.detail.startswith("25% ")


def test_the_rows_that_a_model_learnt_from_are_those_of_most_of_its_weight() -> None:
    table = small_table(Task.REGRESSION, rows=100)
    fitted = {
        rows: replace(Baseline().fit(table.split(np.arange(rows), table.validation), {}, Clock(9)), rows=rows)
        for rows in (20, 80, 90)
    }
    bag = Bag(Baseline(), {}, (fitted[20],), np.zeros((0, 1)), (1.0,), 1.0)
    members = [
        Member(bag, 0.4, (fitted[20],)),
        Member(bag, 0.3, (fitted[80],)),
        Member(bag, 0.3, (fitted[80], fitted[90])),
    ]
    assert final._learnt_from(members) == 80


@pytest.mark.parametrize(("likeness", "left", "stays"), [(0.95, 1.0, False), (0.95, 1_000.0, True), (0.0, 1.0, True)])
def test_what_there_is_no_time_to_fit_on_all_rows_stays_where_much_is_lost_without_it(
    likeness: float, left: float, stays: bool, job: Jobs
) -> None:
    asked = job(Task.REGRESSION, rows=400)
    table, random = Table.open(asked), np.random.default_rng(0)
    rows = np.arange(asked.rows)
    judged = Judged(rows, table.label[rows], np.ones(len(rows)), "rmse")
    off, other = random.normal(size=(2, len(rows)))
    quick, dear = Baseline(), LinearModel()
    fits = [Baseline().fit(table, {}, Clock(9))] * asked.folds
    bags = [
        Bag(learner, {}, tuple(fits), (judged.label + errors)[:, None], (1.0,) * len(fits), seconds)
        for learner, errors, seconds in (
            (quick, off, 0.01),
            (dear, likeness * off + np.sqrt(1 - likeness**2) * other, 100.0),
        )
    ]
    made = final.Final(asked, table, judged, Clock(left), lambda _, work: work(), lambda _: lambda _: None)
    members, _ = made._blended(bags)
    assert {one.bag.learner for one in members} == ({quick, dear} if stays else {quick})


def test_where_the_last_fit_fails_a_fit_of_the_trial_is_published(job: Jobs) -> None:
    def change(table: Table, fitted: Fitted) -> Fitted:
        if not len(table.validation):
            raise ValueError("too much")
        return fitted

    fits: Fits = []
    asked = job(Task.REGRESSION, rows=400, max_trials=1)
    outcome = made(asked, noting(Trees, fits, change))
    assert [type(notice) for notice in outcome.notices] == [LearnerFailed, PartOfRows]
    rows = np.asarray(Table.open(asked).matrix)
    tried = [(fitted, table) for name, table, fitted in fits if name == "trees"]
    end, *_ = ends([fitted for fitted, _ in tried])
    first = ended(tried[0][0], end, tried[0][1])
    np.testing.assert_allclose(Graph(outcome.graph).run(rows), first.fitted.predict(rows), rtol=1e-9)


def test_a_last_fit_that_the_clock_ended_is_not_published(job: Jobs) -> None:
    fits: Fits = []
    cut = noting(Trees, fits, lambda table, fitted: replace(fitted, finished=len(table.validation) > 0))
    outcome = made(job(Task.REGRESSION, rows=400, max_trials=1), cut)
    assert [type(notice) for notice in outcome.notices] == [PartOfRows]


def test_a_model_that_is_stored_otherwise_than_learnt_is_left_out_of_a_blend(job: Jobs) -> None:
    differs = noting(Trees, [], lambda _, fitted: replace(fitted, make=lambda: Constant(np.ones(1))))
    outcome = made(job(Task.REGRESSION, rows=400, max_trials=2), Baseline(), LinearModel(), differs)
    assert isinstance(outcome.notices[0], LearnerDiffers)
    assert "trees" not in outcome.learner
