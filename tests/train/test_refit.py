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


def fitted_to(rows: int, cost: float, *, finished: bool = True, most: int | None = None) -> Fitted:
    form = Constant(np.zeros(1))
    return Fitted(
        make=lambda: form,
        again={},
        predict=lambda matrix: np.zeros(len(matrix)),
        detail="",
        rows=rows,
        cost=cost,
        finished=finished,
        most=most,
    )


@dataclass(frozen=True)
class Spent(Clock):
    """A clock on which no time passes but what is `spent`."""

    spent: list[float] = field(default_factory=list, compare=False)

    @property
    def passed(self) -> float:
        return sum(self.spent)


@dataclass
class Quick(Baseline):
    """A learner whose fits take no time, and are noted: on how many rows, and the seconds that were left.

    Those on more than `most` rows are ended by the clock. By `spent` each takes so many seconds a row, of no more than
    it `reads`.
    """

    cost_of_row: float = 0.0
    takes: float = 0.0
    reads: int | None = None
    spent: list[float] = field(default_factory=list)
    most: int = 1_000
    noted: list[tuple[int, float]] = field(default_factory=list)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        self.noted.append((len(table.fit), clock.left))
        self.spent.append(self.takes * min(len(table.fit), self.reads or len(table.fit)))
        read = min(len(table.fit), self.reads or len(table.fit))
        return fitted_to(read, self.cost_of_row, finished=len(table.fit) <= self.most, most=self.reads)

    def merged(self, found: Sequence[Settings], growth: float) -> Settings:
        return found[0]


def refit(job: Job, clock: Clock, members: Sequence[Member]) -> Refit:
    return Refit(job, Table.open(job), clock, lambda _, work: work(), lambda _: lambda _: None, members)


def refitted(job: Job, learner: Quick, *, seconds: float, left: float) -> Member:
    """Fits a lone member once more, whose only fit of its trial took so many seconds, with so many left."""
    first = fitted_to(240, learner.cost_of_row, most=learner.reads)
    member = Member(Bag(learner, {}, (first,), np.zeros((60, 1)), (1.0,), seconds), 1.0, (first,))
    (again,) = refit(job, Spent(left, spent=learner.spent), [member]).refitted()
    return again


@pytest.mark.parametrize(
    ("seconds", "takes", "fits"),
    [
        (1.0, 0.0, [300, 400]),
        # What the first fit took decides whether there is time for the other, and not what was thought.
        (10.0, 0.02, [300, 400]),
        (10.0, 0.04, [300]),
        (1.0, 0.04, [300]),
        # With too little time for all rows that it may learn from, it learns from some, and is measured.
        (22.0, 0.06, [263]),
    ],
)
def test_a_model_is_measured_as_it_is_before_it_learns_from_all_rows(
    job: Jobs, seconds: float, takes: float, fits: list[int]
) -> None:
    learner = Quick(takes=takes)
    refitted(job(Task.REGRESSION, rows=400, threads=2), learner, seconds=seconds, left=26.0)
    assert [rows for rows, _ in learner.noted] == pytest.approx(fits, abs=3)


@pytest.mark.parametrize(("reads", "fits"), [(None, [300]), (240, [300, 400])])
def test_a_learner_that_reads_only_so_many_rows_takes_no_longer_for_more(
    job: Jobs, reads: int | None, fits: list[int]
) -> None:
    learner = Quick(takes=0.035, reads=reads)
    refitted(job(Task.REGRESSION, rows=400, threads=2), learner, seconds=10.0, left=26.0)
    assert [rows for rows, _ in learner.noted] == pytest.approx(fits, abs=3)


def test_where_the_clock_ends_the_fit_on_all_rows_the_model_is_the_one_that_was_measured(job: Jobs) -> None:
    found = refitted(job(Task.REGRESSION, rows=400), Quick(most=300), seconds=1.0, left=26.0)
    assert found.lasts == found.measured
    assert [one.rows for one in found.lasts] == [300]


@pytest.mark.parametrize(("max_trials", "least", "most"), [(None, 45.0, 53.0), (1, 59.0, 60.0)])
def test_time_is_kept_to_write_a_large_model_unless_trials_are_counted(
    job: Jobs, max_trials: int | None, least: float, most: float
) -> None:
    learner = Quick(cost_of_row=1e6)
    refitted(job(Task.REGRESSION, rows=400, max_trials=max_trials), learner, seconds=0.1, left=60.0)
    assert learner.noted
    assert all(least < left <= most for _, left in learner.noted)


def test_the_weightiest_are_fitted_once_more_where_there_is_no_time_for_all(job: Jobs) -> None:
    learner, first = Quick(), fitted_to(240, 0.0)
    members = [
        Member(Bag(learner, {}, (first,), np.zeros((60, 1)), (1.0,), seconds), weight, (first,))
        for weight, seconds in ((0.1, 40.0), (0.7, 2.0), (0.2, 1.0))
    ]
    found = refit(job(Task.REGRESSION, rows=400), Spent(20.0), members).refitted()
    assert [one.lasts[0].rows for one in found] == [240, 400, 400]


def test_time_is_kept_to_write_what_is_not_fitted_once_more(job: Jobs) -> None:
    learner, large, small = Quick(), fitted_to(240, 1e6), fitted_to(240, 0.0)
    members = [
        Member(Bag(learner, {}, (first,), np.zeros((60, 1)), (1.0,), seconds), 0.5, (first,))
        for first, seconds in ((large, 100.0), (small, 0.1))
    ]
    refit(job(Task.REGRESSION, rows=400), Spent(60.0), members).refitted()
    assert learner.noted
    assert all(left <= 53.0 for _, left in learner.noted)
