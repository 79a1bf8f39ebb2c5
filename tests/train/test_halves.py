"""Rows that choose the best step of a fit do not make it look better than it is."""

from dataclasses import replace

import numpy as np
import pytest

from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.halves import Best, halves, judged
from sqlml.train.learner import Learner
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.learners.trees import Trees
from sqlml.train.loss import loss
from sqlml.train.table import Table


@pytest.mark.parametrize(("rows", "sizes"), [(0, []), (1, [1]), (7, [7]), (8, [4, 4]), (9, [5, 4])])
def test_rows_are_halved_unless_they_are_few(rows: int, sizes: list[int]) -> None:
    parts = halves(np.arange(rows))
    assert [len(part) for part in parts] == sizes
    assert sorted(np.concatenate([[], *parts])) == list(range(rows))


def test_each_half_is_judged_by_what_the_other_chose() -> None:
    table = small_table(Task.REGRESSION, rows=60)
    first, second = (lambda matrix, value=value: np.full((len(matrix), 1), value) for value in (1.0, 2.0))
    scores = judged(table, first, [first, second])
    assert set(scores[::2, 0]) == {2.0}
    assert set(scores[1::2, 0]) == {1.0}
    assert set(judged(table, first, [second])[:, 0]) == {1.0}


def test_the_best_step_is_the_first_of_the_least_loss() -> None:
    best = Best(0)
    for step, value in enumerate([3.0, float("nan"), 1.0, 1.0, 2.0], 1):
        best.note(value, step)
    assert (best.step, best.loss) == (3, 1.0)


def noise(task: Task, seed: int) -> Table:
    """A table that tells nothing of its label, few of whose rows are validated."""
    table = small_table(task, rows=400, seed=seed)
    label = np.random.default_rng(seed).permutation(table.label)
    return replace(table, label=label, fit=np.arange(360), validation=np.arange(360, 400))


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("learner", [Trees(), NeuralNetwork()], ids=lambda one: one.name)
def test_where_there_is_nothing_to_learn_no_fit_looks_as_if_it_had(task: Task, learner: Learner) -> None:
    settings = learner.settings(360, 8, task)[0]
    honest, flattered, least = [], [], []
    for seed in range(6):
        table = noise(task, seed)
        chosen, fitted = table.validation, learner.fit(table, settings, Clock(60))
        honest.append(fitted.loss)
        flattered.append(loss(task, table.label[chosen], fitted.predict(table.matrix[chosen])))
        known = table.label[table.fit]
        shares = np.bincount(known.astype(int)) / len(known) if task.classifies else known.mean()
        least.append(loss(task, table.label[chosen], np.tile(np.atleast_1d(shares), (len(chosen), 1))))
    assert np.mean(honest) > np.mean(flattered)
    assert np.mean(honest) > 0.98 * np.mean(least)
