"""One trial: fits side by side, each judged by its own rows."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from sqlml.faults.problems import NumbersDiverged
from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.bag import Bag, bag
from sqlml.train.blend import Judged
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learner import LEARNERS, Learner
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.linear import LinearModel
from sqlml.train.learners.trees import Trees
from sqlml.train.splits import splits
from sqlml.train.table import Table

ROWS = 500


def tables(task: Task = Task.BINARY, **changes: Any) -> list[Table]:
    """Five tables of the same rows, each validated by another fifth of them."""
    table = replace(small_table(task, ROWS), **changes)
    return splits(table, (np.arange(ROWS) % 5).astype(np.uint8), 5, 5, ordered=False).tables(table)


@dataclass
class Watched(Baseline):
    """A baseline whose fits are noted, and changed before they are handed back."""

    change: Callable[[int, Fitted], Fitted] = field(default=lambda _, fitted: fitted)
    seen: list[Table] = field(default_factory=list)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        self.seen.append(table)
        return self.change(len(self.seen), super().fit(table, settings, clock))


def made(learner: Learner, of: list[Table], rival: Bag | None = None) -> Bag:
    found = bag(learner, learner.settings(ROWS, 8, of[0].task)[0], of, Clock(60), rival)
    assert isinstance(found, Bag)
    return found


@pytest.mark.parametrize("learner", LEARNERS[:3], ids=lambda learner: learner.name)
def test_one_thread_or_several_give_the_same_scores(learner: Learner) -> None:
    alone, *others = (made(learner, tables(threads=threads)) for threads in (1, 2, 7))
    for other in others:
        assert np.array_equal(alone.scores, other.scores)
        assert alone.loss == other.loss


def test_scores_are_those_of_the_judged_rows_in_their_order() -> None:
    of = tables(threads=2)
    found = made(LinearModel(), of)
    expected = [fitted.predict(table.matrix[table.validation]) for fitted, table in zip(found.fits, of, strict=True)]
    assert np.array_equal(found.scores, np.concatenate(expected))
    found = made(Trees(), of)
    # What the fits might have ended at is not kept with them.
    assert all(fitted.way is None for fitted in found.fits)
    judged = Judged(
        np.arange(ROWS), np.concatenate([one.label[one.validation] for one in of]), np.ones(ROWS), "log_loss"
    )
    assert judged.loss(found.scores) == pytest.approx(found.loss)
    assert found.loss == pytest.approx(np.mean(found.losses))


def test_a_trial_without_hope_is_left_off_after_its_first_fits() -> None:
    of, poor = tables(), Watched()
    rival = made(Trees(), of)
    times = bag(poor, {}, of, Clock(60), rival)
    assert len(poor.seen) == 1
    assert times == pytest.approx(made(Baseline(), of).losses[0] / rival.losses[0])


def test_a_trial_that_is_nearly_as_good_goes_on() -> None:
    rival = made(Baseline(), tables())
    near = Watched(lambda _, fitted: replace(fitted, predict=lambda matrix: np.tile([0.4, 0.6], (len(matrix), 1))))
    assert len(made(near, tables(), rival).fits) == 5


def test_weights_reach_the_fits_and_the_losses() -> None:
    weight = np.where(np.arange(ROWS) % 2, 3.0, 1.0)
    of, watched = tables(weight=weight), Watched()
    found = made(watched, of)
    for table, fitted, loss in zip(watched.seen, found.fits, found.losses, strict=True):
        assert np.array_equal(table.weights(table.fit), weight[table.fit])
        # The baseline counts one row more, shared by both classes.
        rows = np.append(weight[table.fit], weight[table.fit].mean())
        share = np.average(np.append(table.label[table.fit], 0.5), weights=rows)
        assert fitted.predict(table.matrix[:1])[0, 1] == pytest.approx(share)
        given = np.where(table.label == 1, share, 1 - share)[table.validation]
        assert loss == pytest.approx(-np.average(np.log(given), weights=weight[table.validation]))


def test_a_fit_that_the_clock_ended_marks_the_trial() -> None:
    assert made(Baseline(), tables()).finished
    cut = Watched(lambda number, fitted: replace(fitted, finished=number != 3))
    assert not made(cut, tables()).finished


@pytest.mark.parametrize("learner", LEARNERS[1:3], ids=lambda learner: learner.name)
def test_a_trial_tells_how_far_all_of_its_fits_are(learner: Learner) -> None:
    told: list[float] = []
    of = tables()
    bag(learner, learner.settings(ROWS, 8, of[0].task)[0], of, Clock(60).telling(told.append))
    assert told == sorted(told)
    assert 0 < told[0] <= 1 / len(of)
    assert told[-1] == pytest.approx(1)


def test_a_loss_that_is_no_number_fails_the_trial() -> None:
    absurd = Watched(lambda _, fitted: replace(fitted, predict=lambda matrix: np.full((len(matrix), 2), np.nan)))
    with pytest.raises(NumbersDiverged):
        made(absurd, tables())


def test_the_machines_pace_is_told_where_a_fit_said_what_it_should_take() -> None:
    assert made(Baseline(), tables()).pace == 0
    found = made(Trees(), tables())
    assert found.pace == pytest.approx(found.seconds / np.mean([fitted.work for fitted in found.fits]))
