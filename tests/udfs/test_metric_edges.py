"""Nothing, one row, NULL, NaN, infinities and bad weights: each metric returns one row, and says why when it cannot."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from conftest import FILES, Measure

NAN, INFINITE = math.nan, math.inf
MAP = pa.map_(pa.bool_(), pa.float64())
SCORE_METRICS = ["roc_auc", "pr_auc", "brier"]
NUMBER_METRICS = ["rmse", "mae", "r2", "mape"]


def types(metric: str) -> tuple[pa.DataType, pa.DataType]:
    if metric in NUMBER_METRICS:
        return pa.float64(), pa.float64()
    if metric in SCORE_METRICS:
        return pa.bool_(), pa.float64()
    return pa.bool_(), MAP if metric == "log_loss" else pa.bool_()


def columns(metric: str, rows: list[tuple[Any, Any]]) -> tuple[pa.Array, pa.Array]:
    actual, beside = types(metric)
    return pa.array([row[0] for row in rows], actual), pa.array([row[1] for row in rows], beside)


def good_rows(metric: str) -> list[tuple[Any, Any]]:
    if metric in NUMBER_METRICS:
        return [(1.0, 2.0), (4.0, 3.5), (-2.0, 0.0), (8.0, 8.0)]
    if metric in SCORE_METRICS:
        return [(True, 0.9), (False, 0.2), (True, 0.4), (False, 0.5)]
    if metric == "log_loss":
        return [(True, [(True, 0.9), (False, 0.1)]), (False, [(True, 0.4), (False, 0.6)])]
    return [(True, True), (False, False), (True, False), (False, True), (True, True)]


def test_no_rows_give_one_row_of_nulls(file: Path, measure: Measure) -> None:
    assert measure(file.stem, *columns(file.stem, [])) == (None, None, None, 0)


def test_one_or_two_rows_never_fail(file: Path, measure: Measure) -> None:
    rows = good_rows(file.stem)
    for few in [[row] for row in rows] + [[a, b] for a in rows for b in rows]:
        found = measure(file.stem, *columns(file.stem, few))
        assert found.rows == len(few)
        assert all(x is None or math.isfinite(x) for x in found[:3])
        if found.lower is not None:
            assert found.lower <= found.value <= found.upper


def test_rows_with_a_null_do_not_count(file: Path, measure: Measure) -> None:
    rows = good_rows(file.stem)
    expected = measure(file.stem, *columns(file.stem, rows))
    holed = [(None, rows[0][1]), *rows, (rows[0][0], None), (None, None)]
    assert measure(file.stem, *columns(file.stem, holed)) == expected


def test_rows_of_weight_zero_or_null_do_not_count(file: Path, measure: Measure) -> None:
    rows = good_rows(file.stem)
    weights = [1.0 + i for i in range(len(rows))]
    expected = measure(file.stem, *columns(file.stem, rows), weights)
    assert measure(file.stem, *columns(file.stem, [*rows, rows[0], rows[1]]), [*weights, 0.0, None]) == expected
    assert measure(file.stem, *columns(file.stem, rows), [0.0] * len(rows)) == (None, None, None, 0)


@pytest.mark.parametrize("weight", [-1.0, NAN, INFINITE, -INFINITE])
def test_a_weight_that_cannot_weigh_is_an_error(file: Path, weight: float, measure: Measure) -> None:
    rows = good_rows(file.stem)
    said = re.escape("a weight is a finite number that is not negative, and one is ") + "(-1.0|nan|-?inf)"
    with pytest.raises(duckdb.InvalidInputException, match=said):
        measure(file.stem, *columns(file.stem, rows), [weight, *[1.0] * (len(rows) - 1)])


@pytest.mark.parametrize("weight", ["1", "2", "0.25", "3::TINYINT", "7::HUGEINT", "1.5::FLOAT", "w"])
def test_a_weight_may_be_of_any_number_type(
    file: Path, weight: str, connection: duckdb.DuckDBPyConnection, measure: Measure
) -> None:
    rows = good_rows(file.stem)
    expected = measure(file.stem, *columns(file.stem, rows))
    connection.execute("CREATE OR REPLACE TEMP TABLE weighed AS SELECT *, 0.1::DECIMAL(4, 2) AS w FROM sample")
    found = connection.execute(f'FROM "{file.stem}"(weighed, a, p, weight := {weight})').fetchall()
    assert found[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", [*SCORE_METRICS, *NUMBER_METRICS])
def test_rows_with_nan_do_not_count(metric: str, measure: Measure) -> None:
    rows = good_rows(metric)
    holed = [*rows, (rows[0][0], NAN)] + ([(NAN, 1.0)] if metric in NUMBER_METRICS else [])
    assert measure(metric, *columns(metric, holed)) == measure(metric, *columns(metric, rows))


def test_a_probability_of_nan_does_not_count_and_an_infinite_one_is_clipped(measure: Measure) -> None:
    rows = good_rows("log_loss")
    expected = measure("log_loss", *columns("log_loss", [*rows, (True, [(True, 1.0)])]))
    odd = [*rows, (True, [(True, NAN)]), (True, [(True, INFINITE)])]
    assert measure("log_loss", *columns("log_loss", odd)) == expected


@pytest.mark.parametrize("metric", ["roc_auc", "pr_auc"])
def test_infinite_scores_rank_first_and_last(metric: str, measure: Measure) -> None:
    rows = [(True, 3.0), (False, -3.0), (True, 0.5), (False, 0.5), (False, 3.0)]
    infinite = [(y, s if abs(s) < 1 else math.copysign(INFINITE, s)) for y, s in rows]
    assert measure(metric, *columns(metric, infinite)) == measure(metric, *columns(metric, rows))


def test_signed_zeros_tie(measure: Measure) -> None:
    assert measure("roc_auc", pa.array([True, False]), pa.array([0.0, -0.0])).value == 0.5


def test_infinite_errors_show_in_the_value(measure: Measure) -> None:
    for metric in ("rmse", "mae", "mape"):
        found = measure(metric, *columns(metric, [(1.0, INFINITE), (2.0, 1.0)]))
        assert found == (INFINITE, None, None, 2)
    assert measure("brier", *columns("brier", [(True, -INFINITE), (True, 1.0)])) == (INFINITE, None, None, 2)
    assert measure("r2", *columns("r2", [(1.0, INFINITE), (2.0, 1.0)])) == (-INFINITE, None, None, 2)
    assert measure("r2", *columns("r2", [(INFINITE, 1.0), (2.0, 1.0)])) == (None, None, None, 2)
    assert measure("mae", *columns("mae", [(INFINITE, INFINITE), (2.0, 1.0)])) == (None, None, None, 2)


def test_what_one_class_leaves_undefined_is_null(measure: Measure) -> None:
    scores = pa.array([0.1, 0.9])
    for actual in (True, False):
        assert measure("roc_auc", pa.array([actual] * 2), scores) == (None, None, None, 2)
    assert measure("pr_auc", pa.array([False] * 2), scores) == (None, None, None, 2)
    assert measure("pr_auc", pa.array([True] * 2), scores).value == 1
    assert measure("r2", pa.array([0.1] * 3), pa.array([0.1, 0.2, 0.3])) == (None, None, None, 3)


def test_what_was_never_seen_has_the_whole_range_as_its_interval(measure: Measure) -> None:
    assert measure("precision", pa.array([True, False]), pa.array([False, False])) == (0, 0, 1, 2)
    assert measure("recall", pa.array([False, False]), pa.array([True, False])) == (0, 0, 1, 2)
    assert measure("f1", pa.array([False, False]), pa.array([False, False])) == (0, 0, 1, 2)


def test_constant_scores_are_worth_a_coin(measure: Measure) -> None:
    found = measure("roc_auc", pa.array([True, False] * 50), pa.array([0.3] * 100))
    assert found.value == 0.5
    assert 0.38 < found.lower < 0.45


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "balanced_accuracy"])
def test_classes_may_be_of_any_type(metric: str, connection: duckdb.DuckDBPyConnection) -> None:
    expected = connection.execute(
        f"WITH t AS (SELECT i % 3 AS a, i % 4 AS p FROM range(24) r(i)) FROM {metric}(t, a, p)"
    ).fetchall()
    for kind in (
        "{}::VARCHAR",
        "{}::DECIMAL(9, 2)",
        "date '2020-01-01' + {}::INTEGER",
        "[{}]",
        "{{'x': {}}}",
        "({}::VARCHAR)::ENUM ('0', '1', '2', '3')",
        "CASE {} WHEN 0 THEN 'nan'::DOUBLE ELSE {} END",
    ):
        wrapped = (
            f"SELECT {kind.replace('{}', '(i % 3)')} AS a, {kind.replace('{}', '(i % 4)')} AS p FROM range(24) r(i)"
        )
        wrapped = wrapped.replace("{{", "{").replace("}}", "}")
        assert connection.execute(f"WITH t AS ({wrapped}) FROM {metric}(t, a, p)").fetchall() == expected, kind


def test_there_are_fourteen_metrics() -> None:
    assert len(FILES) == 14
