"""What training means to do is said before it is paid for, and follows from the size of the job."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.fitted import Settings
from sqlml.train.learner import LEARNERS
from sqlml.train.learners.baseline import Baseline
from sqlml.train.plan import Plan, Size, plan
from sqlml.train.splits import splits

SIZE = Size(rows=20_000, features=20, task=Task.BINARY, classes=2, folds=5, threads=2, seconds=60.0)


@dataclass(frozen=True)
class Stranger(Baseline):
    """A learner of somebody else's."""

    name: str = "stranger"
    takes: float = 0.01
    tasks: frozenset[Task] = frozenset(Task)

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
        return [{"choice": number} for number in range(3)]

    def cost(self, rows: int, features: int, classes: int) -> float:
        return self.takes


def planned(*more: Any, **changes: Any) -> Plan:
    return plan(replace(SIZE, **changes), (*LEARNERS, *more))


def names(made: Plan) -> list[str]:
    return [learner.name for learner, _ in made.trials]


def test_the_baseline_comes_first_and_then_everyone_in_turn() -> None:
    made = planned()
    assert made.baseline[0].name == "baseline"
    assert names(made)[:2] == ["linear", "trees"]
    assert set(names(made)[:6]) == {"linear", "trees", "network"}


def test_each_learners_settings_are_tried_once_and_in_its_own_order() -> None:
    made = planned()
    for learner in LEARNERS[1:]:
        tried = [settings for one, settings in made.trials if one is learner]
        assert tried == learner.settings(16_000, 20, Task.BINARY)


@pytest.mark.parametrize(("seconds", "is_in"), [(2.0, False), (60.0, True)])
def test_a_network_is_planned_only_where_there_is_time_for_it(seconds: float, is_in: bool) -> None:
    assert ("network" in names(planned(seconds=seconds))) == is_in


@pytest.mark.parametrize(("features", "is_in"), [(20, True), (5_000, False)])
def test_nothing_is_loaded_in_the_time_that_trees_need(features: int, is_in: bool) -> None:
    assert ("network" in names(planned(rows=2_000, features=features, seconds=12.0))) == is_in


def test_trees_are_planned_however_little_time_there_is() -> None:
    assert "trees" in names(planned(seconds=1.0, rows=10_000_000, features=100))


def test_a_learner_from_outside_has_its_turn_after_the_first() -> None:
    order = names(planned(Stranger()))
    assert order[:3] == ["linear", "stranger", "trees"]
    assert order.count("stranger") == 3


def test_a_learner_that_would_take_too_long_or_has_another_task_is_left_out() -> None:
    slow, other = Stranger("slow", 100.0), Stranger("other", tasks=frozenset({Task.REGRESSION}))
    assert not {"slow", "other"} & set(names(planned(slow, other)))
    assert "other" in names(planned(other, task=Task.REGRESSION, classes=0))


@pytest.mark.parametrize("allowed", [0, 1, 4])
def test_no_more_trials_are_planned_than_are_allowed(allowed: int) -> None:
    assert names(planned(max_trials=allowed)) == names(planned())[:allowed]


def test_little_effort_means_few_trials() -> None:
    assert 0 < len(planned(effort="fast").trials) < len(planned().trials)


def test_without_columns_there_is_nothing_to_try() -> None:
    assert planned(features=0).trials == ()


@pytest.mark.parametrize("seconds", [5.0, 60.0, 600.0])
@pytest.mark.parametrize("rows", [1_000, 100_000, 10_000_000])
def test_no_more_seconds_are_planned_than_are_allowed(rows: int, seconds: float) -> None:
    assert 0 < planned(rows=rows, seconds=seconds).seconds <= seconds


def test_a_few_trials_of_a_small_table_are_said_to_be_over_soon() -> None:
    assert planned(rows=1_000, max_trials=2, seconds=600.0).seconds < 20
    more = [planned(rows=rows, max_trials=2, seconds=1e6).seconds for rows in (1_000, 100_000, 1_000_000)]
    assert more == sorted(set(more))


def test_all_folds_are_judged_where_there_is_time_and_one_a_thread_at_least() -> None:
    by_time = [planned(rows=2_000_000, seconds=seconds).splits for seconds in (1.0, 10.0, 100.0, 10_000.0)]
    assert by_time == sorted(by_time)
    assert (by_time[0], by_time[-1]) == (2, 5)
    by_rows = [planned(rows=rows).splits for rows in (1_000, 100_000, 10_000_000)]
    assert by_rows == sorted(by_rows, reverse=True)


@pytest.mark.parametrize("rows", [300, 1_000, 2_000])
def test_few_rows_are_judged_again_and_again_as_long_as_there_is_time(rows: int) -> None:
    by_time = [planned(rows=rows, folds=8, seconds=seconds).splits for seconds in (2.0, 30.0, 600.0)]
    assert by_time == sorted(by_time)
    assert all(splits % 8 == 0 for splits in by_time[1:])
    assert by_time[-1] == 8 * min(5, 6_000 // rows)


def test_rows_in_time_order_and_many_rows_are_judged_once() -> None:
    assert planned(rows=500, folds=2, seconds=600.0, ordered=True).splits == 1
    # As many as there are fits of a log: `splits` judges its last folds alone.
    by_time = (np.arange(500) * 8 // 500).astype(np.uint8)
    divided = splits(small_table(Task.BINARY, 500), by_time, 8, 8, ordered=True)
    assert planned(rows=500, folds=8, seconds=600.0, ordered=True).splits == len(divided.pairs)
    assert planned(rows=10_000, folds=6, seconds=6_000.0).splits == 6


@pytest.mark.parametrize("rows", [1_000, 100_000, 10_000_000])
def test_where_trials_are_counted_threads_decide_nothing_that_is_learnt(rows: int) -> None:
    made = [planned(rows=rows, max_trials=6, threads=threads) for threads in (1, 2, 16)]
    assert len({(one.splits, *names(one)) for one in made}) == 1


def test_memory_grows_with_the_numbers_and_keeps_to_two_and_a_half_times_beside_their_file() -> None:
    sizes = [planned(rows=rows).memory for rows in (10_000, 100_000, 1_000_000)]
    assert sizes == sorted(set(sizes))
    numbers = 4 * 1_000_000 * 20
    assert planned(rows=1_000_000).memory - numbers <= 2.5 * numbers
