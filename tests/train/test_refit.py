"""What the last fits learn from, in which order and by when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from sqlml.model.form import Constant
from sqlml.schema import Task
from sqlml.train.bag import Bag
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.job import Job
from sqlml.train.learners.baseline import Baseline
from sqlml.train.refit import Member, Refit
from sqlml.train.table import Table

Jobs = Callable[..., Job]


def fitted_to(rows: int, cost: float) -> Fitted:
    form = Constant(np.zeros(1))
    return Fitted(
        make=lambda: form,
        loss=1.0,
        again={},
        predict=lambda matrix: np.zeros(len(matrix)),
        detail="",
        rows=rows,
        cost=cost,
    )


@dataclass
class Quick(Baseline):
    """A learner whose fits take no time, and are noted: on how many rows, and the seconds that were left."""

    cost_of_row: float = 0.0
    noted: list[tuple[int, float]] = field(default_factory=list)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        self.noted.append((len(table.fit), clock.left))
        return fitted_to(len(table.fit), self.cost_of_row)

    def merged(self, found: Sequence[Settings], growth: float) -> Settings:
        return found[0]


def refitted(job: Job, learner: Quick, *, seconds: float, left: float) -> None:
    """Fits a lone member once more, whose only fit of its trial took so many seconds, with so many left."""
    first = fitted_to(240, learner.cost_of_row)
    member = Member(Bag(learner, {}, (first,), np.zeros((60, 1)), 1.0, seconds), 1.0, (first,))
    Refit(job, Table.open(job), Clock(left), lambda _, work: work(), lambda _: lambda _: None).refitted([member])


def test_a_last_fit_on_all_rows_comes_before_one_to_measure_where_there_may_not_be_time_for_both(job: Jobs) -> None:
    asked = job(Task.REGRESSION, rows=400, threads=2)
    learner = Quick()
    # A lone fit uses one thread: on both it would be done in time, twice.
    refitted(asked, learner, seconds=10.0, left=26.0)
    assert [rows for rows, _ in learner.noted] == [400, 300]
    learner.noted.clear()
    refitted(asked, learner, seconds=1.0, left=26.0)
    assert [rows for rows, _ in learner.noted] == [300, 400]


@pytest.mark.parametrize(("max_trials", "least", "most"), [(None, 40.0, 48.0), (1, 59.0, 60.0)])
def test_time_is_kept_to_write_a_large_model_unless_trials_are_counted(
    job: Jobs, max_trials: int | None, least: float, most: float
) -> None:
    learner = Quick(cost_of_row=1e6)
    refitted(job(Task.REGRESSION, rows=400, max_trials=max_trials), learner, seconds=0.1, left=60.0)
    assert learner.noted
    assert all(least < left <= most for _, left in learner.noted)
