"""Settings that trees are tried with are ones that they have, in numbers that make sense."""

from typing import Any

import numpy as np
import pytest

from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.learners import trees
from sqlml.train.learners.portfolio import portfolio
from sqlml.train.learners.trees import Trees
from tests.train.lost import lost

EVERY = {task: portfolio(100_000, task) for task in Task}
# Ours; it never reaches the library.
OWN = {"log_if_skewed"}
BOUNDS: dict[str, tuple[float, float]] = {
    "learning_rate": (0.001, 0.2),
    "num_leaves": (2, 255),
    "min_data_in_leaf": (1, 100),
    "bagging_fraction": (0.5, 1),
    "feature_fraction": (0.3, 1),
    "lambda_l1": (0, 10),
    "lambda_l2": (0, 10),
    "cat_l2": (0, 10),
    "cat_smooth": (0, 100),
    "max_cat_to_onehot": (1, 255),
    "min_data_per_group": (1, 100),
}


@pytest.mark.parametrize("task", Task)
def test_every_setting_is_one_that_the_library_knows(task: Task) -> None:
    known = trees._library().basic._ConfigAliases._get_all_param_aliases()
    assert {name for settings in EVERY[task] for name in settings} - OWN <= set(known)


@pytest.mark.parametrize("task", Task)
def test_every_number_is_within_reason(task: Task) -> None:
    for settings in EVERY[task]:
        for name, value in settings.items():
            if isinstance(value, bool):
                continue
            low, high = BOUNDS[name]
            assert low <= value <= high, (name, value)
            assert isinstance(value, int) == isinstance(EVERY[task][1].get(name, value), int), name


@pytest.mark.parametrize("task", Task)
def test_every_choice_learns(task: Task) -> None:
    table = small_table(task, 300)
    for settings in EVERY[task]:
        few: dict[str, Any] = dict(settings) | {"share": 1.0, "rounds": 4}
        assert np.isfinite(lost(table, Trees().fit(table, few, Clock(60))))


@pytest.mark.parametrize("task", Task)
def test_few_rows_are_tried_with_fewer_choices_and_the_same_ones_first(task: Task) -> None:
    tried = [portfolio(rows, task) for rows in (50, 500, 3_000, 100_000, 10_000_000)]
    assert [len(one) for one in tried] == sorted(len(one) for one in tried)
    assert all(one == EVERY[task][: len(one)] for one in tried)


def test_no_choice_is_there_twice() -> None:
    assert all(settings not in EVERY[task][:place] for task in Task for place, settings in enumerate(EVERY[task]))


def test_numbers_with_a_long_tail_are_learnt_both_ways() -> None:
    assert {bool(settings.get("log_if_skewed")) for settings in EVERY[Task.REGRESSION][:3]} == {False, True}
    assert not any("log_if_skewed" in settings for settings in EVERY[Task.BINARY])
