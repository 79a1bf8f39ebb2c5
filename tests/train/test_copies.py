"""Rows that repeat one another are learnt from once, with the weight of all."""

from dataclasses import replace

import numpy as np
import pytest

from sqlml.schema import Feature, Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.copies import distinct
from sqlml.train.learners.trees import Trees
from sqlml.train.table import Table

DIFFERENT, TIMES = 400, 5


def repeated() -> Table:
    """Few values and few codes, so that many of 2,000 rows are alike; some differ in their label alone."""
    random = np.random.default_rng(0)
    values, codes = random.integers(0, 20, (DIFFERENT, 2)) / 4.0, random.integers(0, 6, DIFFERENT)
    matrix = np.column_stack([values, codes]).astype(np.float32)
    matrix[random.random(matrix.shape) < 0.1] = np.nan
    label = (values[:, 0] + codes + random.normal(0, 2, DIFFERENT) > 5).astype(np.float64)
    which = np.concatenate([np.arange(DIFFERENT), random.integers(0, DIFFERENT, DIFFERENT * (TIMES - 1))])
    features = (Feature("a", "a"), Feature("b", "b"), Feature("c", "c", 6))
    rows = np.arange(len(which))
    return Table(matrix[which], label[which], rows, rows[:0], features, Task.BINARY, 2, 0, 1)


def plain(table: Table) -> list[tuple[object, ...]]:
    """Rows with their labels, missing values made equal to themselves."""
    return [(*row, label) for row, label in zip(np.nan_to_num(table.matrix, nan=-9).tolist(), table.label, strict=True)]


@pytest.mark.parametrize("weighted", [False, True])
def test_different_rows_stand_for_those_like_them(weighted: bool) -> None:
    table = repeated()
    weight = np.random.default_rng(1).integers(1, 9, len(table.label)).astype(np.float64)
    table = replace(table, weight=weight) if weighted else table
    rows = table.fit[100:]
    found, every = distinct(table, rows), plain(table)
    sums: dict[object, float] = {}
    for row in rows:
        sums[every[row]] = sums.get(every[row], 0.0) + (weight[row] if weighted else 1.0)
    assert found.weight is not None
    assert {every[row]: counts for row, counts in zip(found.rows, found.weight, strict=True)} == sums
    assert len(found.rows) == len(sums)


def test_the_first_of_each_is_kept_in_order() -> None:
    found = distinct(repeated(), np.arange(2_000))
    assert (np.diff(found.rows) > 0).all()
    assert found.rows[:50].tolist() == list(range(50))


@pytest.mark.parametrize("weighted", [False, True])
def test_rows_that_are_hardly_alike_are_taken_as_they_are(weighted: bool) -> None:
    table = small_table(Task.REGRESSION, 500)
    table = replace(table, weight=np.arange(500.0)) if weighted else table
    found = distinct(table, table.fit)
    assert found.rows is table.fit
    assert (found.weight is None) != weighted


def test_trees_learn_the_same_from_copies_as_from_weights() -> None:
    table = repeated()
    every = distinct(table, table.fit)
    once = table.split(every.rows, table.validation)
    alone = replace(
        once, matrix=table.matrix[every.rows], label=table.label[every.rows], weight=every.weight, memo={"twins": None}
    )
    alone = alone.split(np.arange(len(every.rows)), table.validation)
    settings = Trees().settings(2_000, 3, Task.BINARY)[0] | {"share": 1.0, "rounds": 40}
    learnt, expected = (Trees().fit(each, settings, Clock(60)).predict(table.matrix) for each in (table, alone))
    np.testing.assert_allclose(learnt, expected, rtol=1e-6)


def test_validation_rows_that_are_alike_are_judged_with_the_weight_of_all() -> None:
    table = repeated()
    half = table.split(table.fit[::2], table.fit[1::2])
    fitted = Trees().fit(half, Trees().settings(1_000, 3, Task.BINARY)[0], Clock(60))
    given = fitted.predict(table.matrix[half.validation])[
        np.arange(len(half.validation)), table.label[half.validation].astype(int)
    ]
    assert fitted.way
    for losses, first in zip(fitted.way.losses, (0, 1), strict=True):
        assert losses[fitted.again["rounds"] - 1] == pytest.approx(-np.log(given)[first::2].sum(), rel=1e-6)
