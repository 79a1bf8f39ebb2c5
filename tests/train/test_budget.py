"""What a trial may take, and what is kept for the last fits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sqlml.model.form import Constant
from sqlml.schema import Task
from sqlml.train.bag import Bag
from sqlml.train.budget import Budget
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted
from sqlml.train.job import Job
from sqlml.train.learner import Learner
from sqlml.train.learners.baseline import Baseline
from sqlml.train.loads import Loads

Jobs = Callable[..., Job]


class Main(Baseline):
    """What the time is planned for."""

    name = "trees"


class Other(Baseline):
    """Anything else."""

    name = "other"


MAIN, OTHER = Main(), Other()


def tried(
    learner: Learner, seconds: float, loss: float = 1.0, work: float = 0.0, kept: float = 1.0, rows: int = 240
) -> Bag:
    """A trial whose fits to so many rows took so many seconds each, for so much work, of which so much was kept."""
    form = Constant(np.zeros(1))
    one = Fitted(lambda: form, {}, lambda matrix: np.zeros(len(matrix)), "", rows, work=work, kept=kept)
    return Bag(learner, {}, (one,) * 5, np.zeros((60, 1)), (loss,) * 5, seconds)


def budget(job: Job, *bags: Bag, left: float = 60.0, splits: int = 5, rows: int = 300) -> Budget:
    return Budget(job, Clock(left), Loads([]), bags, list, splits=splits, fitted=240, rows=rows)


def limit(learner: Learner, *arguments: Any, **named: Any) -> float:
    return budget(*arguments, **named).limit(learner)


def test_a_first_trial_takes_a_larger_part_where_time_is_short(job: Jobs) -> None:
    long, short = job(Task.REGRESSION, seconds=60.0), job(Task.REGRESSION, seconds=10.0)
    assert limit(MAIN, short, left=10.0) / 10.0 > 1.5 * limit(MAIN, long) / 60.0


def test_what_comes_before_the_main_learner_takes_little(job: Jobs) -> None:
    assert limit(OTHER, job(Task.REGRESSION)) < 0.5 * limit(MAIN, job(Task.REGRESSION))


@pytest.mark.parametrize("seconds", [0.5, 3.0, 8.0])
@pytest.mark.parametrize("threads", [1, 2, 8])
def test_the_best_can_be_fitted_once_more_after_any_trial(job: Jobs, seconds: float, threads: int) -> None:
    asked = job(Task.REGRESSION, threads=threads)
    bags = [tried(MAIN, seconds, loss) for loss in (1.0, 1.1, 1.2)]
    most = limit(MAIN, asked, *bags, left=30.0)
    # As long as what is kept is within reason: a fit on a quarter more rows takes a little longer than one of a trial.
    again = max(3 * seconds / min(3, threads), seconds) * 1.25**1.5
    assert most + min(again, 0.35 * 60) <= 30.0


def test_what_is_kept_is_the_time_of_what_a_blend_would_be_made_of(job: Jobs) -> None:
    asked = job(Task.REGRESSION, threads=1)
    best, dear = tried(MAIN, 0.5), tried(OTHER, 6.0, loss=1.2)
    loads, left = Loads([]), Clock(20.0)
    alone, both = (
        Budget(asked, left, loads, [best, dear], lambda _, made=made: made, splits=5, fitted=240, rows=300).limit(OTHER)
        for made in ([best], [best, dear])
    )
    assert alone - both > 1.0


def test_what_was_only_tried_needs_no_time_once_more(job: Jobs) -> None:
    asked = job(Task.REGRESSION, threads=1)
    whole, half = (limit(MAIN, asked, tried(MAIN, 6.0, kept=kept), left=20.0) for kept in (1.0, 0.5))
    assert half - whole > 1.0


def test_more_is_kept_where_trials_saw_a_part_of_the_rows(job: Jobs) -> None:
    asked = job(Task.REGRESSION, seconds=60.0, threads=1)
    # A fit on all rows takes 2.8 times as long after trials on half as many, and is worth more than other settings.
    whole, part = (limit(MAIN, asked, tried(MAIN, 10.0, rows=rows), left=50.0) for rows in (240, 120))
    assert part < 0.5 * whole


def test_few_folds_keep_the_time_to_be_fitted_twice_unless_that_were_too_much(job: Jobs) -> None:
    asked = job(Task.REGRESSION, seconds=60.0, threads=2)
    # A trial that takes whatever there is has all but what is kept.
    spare = [limit(MAIN, asked, tried(MAIN, 20.0), splits=splits, rows=240, left=40.0) for splits in (5, 2)]
    assert spare[0] == pytest.approx(spare[1], rel=0.3)
    cheap = [limit(MAIN, asked, tried(MAIN, 9.0), splits=splits, rows=240, left=20.0) for splits in (4, 5)]
    assert cheap[0] < 0.6 * cheap[1]


def test_where_trials_are_counted_neither_time_nor_threads_decide(job: Jobs) -> None:
    asked = job(Task.REGRESSION, max_trials=3, seconds=60.0)
    slow = tried(MAIN, 50.0, work=1.0)
    for threads in (1, 2, 8):
        one = budget(replace(asked, threads=threads), slow, left=60.0)
        assert one.limit(MAIN) == pytest.approx(one.left, abs=0.1)
        assert not one.is_dear(MAIN)
        turns = -(-5 // threads)
        # A quarter of the time, in three turns of two threads.
        assert one.part(MAIN, one.left).work / turns == pytest.approx(60.0 / 2 / 4 / 3)


def test_the_main_learner_is_not_begun_where_no_time_is_left_for_it_but_for_want_of_any_other_model(job: Jobs) -> None:
    asked, baseline = job(Task.REGRESSION), tried(OTHER, 0.0, loss=3.0)
    assert budget(asked, baseline).least(MAIN) == 0
    least = budget(asked, baseline, tried(OTHER, 0.1, loss=2.0)).least(MAIN)
    assert 0 < least < MAIN.cost(240, 8, 0) * 5


def test_on_a_slow_machine_a_trial_is_planned_for_less_work(job: Jobs) -> None:
    asked = job(Task.REGRESSION)
    as_planned, slow = (budget(asked, tried(MAIN, 2.0, work=work)) for work in (2.0, 1.0))
    assert slow.part(MAIN, 10.0).work == pytest.approx(as_planned.part(MAIN, 10.0).work / 2)


def test_how_slow_the_machine_is_for_one_that_is_yet_to_be_seen_the_quickest_trial_tells(job: Jobs) -> None:
    asked, slowed = job(Task.REGRESSION), tried(MAIN, 2.0, work=0.5)
    alone, later = (budget(asked, slowed, *more).part(OTHER, 10.0).work for more in ((), (tried(MAIN, 0.2, work=0.1),)))
    assert later == pytest.approx(2 * alone)


def test_a_trial_that_had_to_be_shorter_than_those_before_is_not_worth_its_start(job: Jobs) -> None:
    asked = job(Task.REGRESSION, threads=2)
    late = budget(asked, tried(MAIN, 4.0), left=12.0)
    assert late.limit(MAIN) < late.least(MAIN)
    early = budget(asked, tried(MAIN, 4.0))
    assert early.limit(MAIN) >= early.least(MAIN)
