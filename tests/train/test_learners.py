"""Every learner holds to its contract, and the contract is one that can be broken."""

from dataclasses import replace

import numpy as np
import pytest

from sqlml.model.form import Constant
from sqlml.schema import Feature, Task
from sqlml.testing import check_learner
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings, Way
from sqlml.train.learner import LEARNERS, Learner
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.linear import LinearModel
from sqlml.train.table import Table
from tests.train.lost import lost


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)
def test_a_learner_holds_to_its_contract(learner: Learner) -> None:
    check_learner(learner)


class Forgetful(Baseline):
    """Predicts something else than its form."""

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        fitted = super().fit(table, settings, clock)
        return replace(fitted, predict=lambda matrix: np.roll(fitted.predict(matrix) + [0.0, 1e-6][:1], 1, axis=1))


class Restless(Baseline):
    """Goes on after its last step."""

    tasks = frozenset([Task.BINARY])

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        fitted = super().fit(table, settings, clock)
        if not len(table.validation):
            return fitted

        def at(step: int) -> Fitted:
            form = Constant(np.array([0.5 + 0.01 * step, 0.5 - 0.01 * step]))
            return replace(fitted, make=lambda: form, predict=form.predict)

        return replace(at(1), way=Way(np.ones((2, 2)), at))


class Moody(Baseline):
    """Predicts otherwise each time."""

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        fitted = super().fit(table, settings, clock)
        form = Constant(np.random.default_rng().dirichlet(np.ones(2)))
        return replace(fitted, make=lambda: form, predict=form.predict)


class Levelling(Baseline):
    """Counts every row the same."""

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        return super().fit(replace(table, weight=None), settings, clock)


@pytest.mark.parametrize(
    "broken", [Forgetful(), Restless(), Moody(), Levelling()], ids=lambda learner: type(learner).__name__
)
def test_a_learner_that_breaks_its_contract_is_told_so(broken: Learner) -> None:
    with pytest.raises(AssertionError, match=r"does not hold|predicts"):
        check_learner(broken)


@pytest.mark.parametrize("task", Task)
def test_learners_learn(task: Task) -> None:
    table = small_table(task, rows=2000)
    first = [learner.settings(1500, 8, task)[0] for learner in LEARNERS]
    pairs = zip(LEARNERS, first, strict=True)
    losses = [lost(table, learner.fit(table, settings, Clock(60))) for learner, settings in pairs]
    assert losses[0] == max(losses)
    assert losses[-1] == min(losses) < 0.5 * losses[0]


def test_a_huge_offset_of_the_target_loses_no_digits() -> None:
    table = small_table(Task.REGRESSION, rows=2000)
    moved = replace(table, label=table.label + 1e12, memo={})
    for learner in LEARNERS[1:]:
        settings = learner.settings(1500, 8, Task.REGRESSION)[0]
        here, there = (lost(one, learner.fit(one, settings, Clock(60))) for one in (table, moved))
        assert there == pytest.approx(here, rel=0.02)


def test_one_absurd_value_does_not_spoil_a_linear_model() -> None:
    table = small_table(Task.REGRESSION, rows=2000)
    calm = LinearModel().fit(table, {"l2": 1.0}, Clock(60))
    matrix = table.matrix.copy()
    matrix[0, :4] = np.finfo(np.float32).max
    changed = replace(table, matrix=matrix, memo={})
    wild = LinearModel().fit(changed, {"l2": 1.0}, Clock(60))
    assert lost(changed, wild) == pytest.approx(lost(table, calm), rel=0.05)
    assert np.ptp(wild.predict(np.vstack([matrix[:1], -matrix[:1]]))) < 20 * np.ptp(table.label)


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
def test_a_class_that_only_validation_has_is_survived(task: Task) -> None:
    table = small_table(task, rows=400)
    label = table.label.copy()
    label[table.fit] = np.maximum(label[table.fit], 1)
    label[table.validation[::3]] = 0
    for learner in LEARNERS:
        changed = replace(table, label=label, memo={})
        fitted = learner.fit(changed, learner.settings(300, 8, task)[0], Clock(60))
        assert np.isfinite(lost(changed, fitted))


def test_a_table_of_nothing_but_constants_is_survived() -> None:
    table = small_table(Task.BINARY, rows=200)
    features = (Feature("same", "same"), Feature("code", "code", 3))
    dull = replace(table, matrix=np.ones((200, 2), np.float32), features=features, memo={})
    for learner in LEARNERS:
        scores = learner.fit(dull, learner.settings(150, 2, Task.BINARY)[0], Clock(60)).predict(dull.matrix)
        assert np.ptp(scores, axis=0) == pytest.approx([0, 0], abs=1e-12)
