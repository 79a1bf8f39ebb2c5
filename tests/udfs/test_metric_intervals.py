"""The intervals hold their value, stay in range, narrow with rows, and cover the truth as often as they say."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import FILES, Measure
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator, default_rng

from sqlml.engine.evaluation import AHEAD

METRICS = [file.stem for file in FILES]
UNBOUNDED = {"rmse", "mae", "mape", "log_loss"}
DRAWS = 300
ROWS = 300
POPULATION = 2_000_000
Columns = tuple[pa.Array, pa.Array]


def scores(random: Generator, rows: int) -> Columns:
    """A third of the rows positive, with calibrated probabilities."""
    p = random.beta(0.8, 1.6, rows)
    return pa.array(random.random(rows) < p), pa.array(p)


def decisions(random: Generator, rows: int) -> Columns:
    actual = random.random(rows) < 0.3
    return pa.array(actual), pa.array(random.random(rows) < np.where(actual, 0.7, 0.15))


def classes(random: Generator, rows: int) -> Columns:
    """Four classes of unequal size, the rarer ones harder."""
    actual = random.choice(4, rows, p=[0.45, 0.25, 0.18, 0.12])
    right = random.random(rows) < np.array([0.9, 0.75, 0.6, 0.5])[actual]
    return pa.array(actual), pa.array(np.where(right, actual, random.integers(0, 4, rows)))


def probabilities(random: Generator, rows: int) -> Columns:
    p = random.beta(0.8, 1.6, rows)
    actual = random.random(rows) < p
    offsets = pa.array(np.arange(0, 2 * rows + 1, 2), pa.int32())
    values = np.column_stack([p, 1 - p]).ravel()
    return pa.array(actual), pa.MapArray.from_arrays(offsets, pa.array([True, False] * rows), pa.array(values))


def numbers(random: Generator, rows: int) -> Columns:
    actual = 20 + 5 * random.standard_normal(rows)
    return pa.array(actual), pa.array(0.8 * actual + 4 + 2 * random.standard_t(8, rows))


def sample(metric: str, random: Generator, rows: int) -> Columns:
    kinds = {"log_loss": probabilities, "f1": decisions, "precision": decisions, "recall": decisions}
    kinds |= dict.fromkeys(("roc_auc", "pr_auc", "brier"), scores)
    kinds |= dict.fromkeys(("accuracy", "macro_f1", "balanced_accuracy"), classes)
    return kinds.get(metric, numbers)(random, rows)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), rows=st.integers(1, 60), weighed=st.booleans())
@pytest.mark.parametrize("metric", METRICS)
def test_an_interval_holds_its_value_and_stays_in_range(
    metric: str, seed: int, rows: int, weighed: bool, measure: Measure
) -> None:
    random = default_rng(seed)
    weights = random.exponential(size=rows) + 0.01 if weighed else None
    value, lower, upper, counted = measure(metric, *sample(metric, random, rows), weights)
    assert counted == rows
    if lower is None:
        assert upper is None
        return
    assert lower <= value <= upper
    assert upper <= (math.inf if metric in UNBOUNDED else 1)
    assert lower >= (-math.inf if metric == "r2" else 0)


@pytest.mark.parametrize("metric", METRICS)
def test_an_interval_does_not_depend_on_the_weights_unit_or_the_rows_order(metric: str, measure: Measure) -> None:
    random = default_rng(3)
    actual, beside = sample(metric, random, 200)
    weights = random.exponential(size=200)
    expected = measure(metric, actual, beside, weights)
    order = pa.array(random.permutation(200))
    shuffled = actual.take(order), beside.take(order), 1000 * weights[order.to_numpy()]
    assert measure(metric, *shuffled) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("metric", METRICS)
def test_four_times_the_rows_halve_an_interval(metric: str, measure: Measure) -> None:
    small, large = (measure(metric, *sample(metric, default_rng(11), rows)) for rows in (5_000, 20_000))
    assert (large.upper - large.lower) / (small.upper - small.lower) == pytest.approx(0.5, abs=0.05)


def test_where_no_row_is_wrong_yet_the_interval_reaches_what_a_rare_one_would_cost(measure: Measure) -> None:
    chance, wrong = 0.98, 0.01
    truth = -(1 - wrong) * math.log(chance) - wrong * math.log(1 - chance)
    covered = 0
    for seed in range(DRAWS):
        actual = default_rng(seed).random(60) >= wrong
        pairs = [[(True, chance), (False, 1 - chance)]] * len(actual)
        found = measure("log_loss", pa.array(actual), pa.array(pairs, pa.map_(pa.bool_(), pa.float64())))
        covered += found.lower <= truth <= found.upper
    assert covered > 0.9 * DRAWS


def rarely_wrong(metric: str, random: Generator, rows: int) -> Columns:
    """Few rows lose most: those of classes that seldom happen, and of errors with a long tail."""
    if metric in ("brier", "log_loss"):
        chance = random.beta(0.1, 2, rows)
        actual = pa.array(random.random(rows) < chance)
        if metric == "brier":
            return actual, pa.array(chance)
        pairs = [[(True, each), (False, 1 - each)] for each in chance.tolist()]
        return actual, pa.array(pairs, pa.map_(pa.bool_(), pa.float64()))
    actual = random.normal(20, 5, rows)
    return pa.array(actual), pa.array(actual + random.standard_t(4, rows))


@pytest.mark.parametrize("metric", ["brier", "log_loss", "mae", "mape", "rmse"])
def test_what_few_rows_decide_is_covered_whether_or_not_they_were_seen(metric: str, measure: Measure) -> None:
    truth = measure(metric, *rarely_wrong(metric, default_rng(1), 100_000)).value
    random, covered = default_rng(2), 0
    for _ in range(DRAWS):
        found = measure(metric, *rarely_wrong(metric, random, 60))
        covered += found.lower <= truth <= found.upper
    assert covered > 0.9 * DRAWS


@pytest.mark.parametrize("metric", ["brier", "log_loss", "mae", "mape", "rmse"])
def test_as_many_other_rows_may_lack_the_few_that_lose_most(metric: str, measure: Measure) -> None:
    random = default_rng(3)
    rows = [rarely_wrong(metric, random, 60) for _ in range(2 * DRAWS)]
    below = 0
    for known, other in zip(rows[::2], rows[1::2], strict=True):
        below += measure(metric, *other).value < measure(metric, *known, errors=AHEAD).lower
    assert below <= 0.025 * DRAWS


def of_which_lose(metric: str, rows: int, bad: int) -> Columns:
    """Rows that lose next to nothing, but for the first."""
    is_bad = np.arange(rows) < bad
    if metric not in ("brier", "log_loss"):
        return pa.array(np.full(rows, 20.0)), pa.array(20.0 + np.where(is_bad, 10.0, 0.01))
    chances = np.where(is_bad, 0.01, 0.999)
    if metric == "brier":
        return pa.array([True] * rows), pa.array(chances)
    pairs = [[(True, each), (False, 1 - each)] for each in chances.tolist()]
    return pa.array([True] * rows), pa.array(pairs, pa.map_(pa.bool_(), pa.float64()))


@pytest.mark.parametrize("bad", [1, 3, 5])
@pytest.mark.parametrize("metric", ["brier", "log_loss", "mae", "mape", "rmse"])
def test_an_interval_ahead_begins_where_five_bad_rows_are_not_seen(metric: str, bad: int, measure: Measure) -> None:
    without = measure(metric, *of_which_lose(metric, 60, 0)).value
    ahead = measure(metric, *of_which_lose(metric, 60, bad), errors=AHEAD)
    assert ahead.lower <= without * (1 + 1e-9)
    assert measure(metric, *of_which_lose(metric, 60, bad + 5), errors=AHEAD).lower > 2 * without


def perfect(metric: str) -> Columns:
    actual = pa.array([True, False] * 20)
    if metric in ("roc_auc", "pr_auc"):
        return actual, pa.array([0.9, 0.1] * 20)
    return actual, actual


@pytest.mark.parametrize(
    "metric", ["accuracy", "balanced_accuracy", "f1", "macro_f1", "pr_auc", "precision", "recall", "roc_auc"]
)
def test_a_perfect_value_on_forty_rows_is_not_certain(metric: str, measure: Measure) -> None:
    found = measure(metric, *perfect(metric))
    assert found.value == found.upper == 1
    assert 0.8 < found.lower < 0.96


@pytest.mark.slow
@pytest.mark.parametrize("weighed", [False, True], ids=["unweighed", "weighed"])
@pytest.mark.parametrize("metric", METRICS)
def test_an_interval_covers_the_truth_as_often_as_it_says(metric: str, weighed: bool, measure: Measure) -> None:
    truth = measure(metric, *sample(metric, default_rng(1), POPULATION)).value
    random = default_rng(2)
    covered = 0
    for _ in range(DRAWS):
        columns = sample(metric, random, ROWS)
        found = measure(metric, *columns, random.gamma(2, size=ROWS) if weighed else None)
        covered += found.lower <= truth <= found.upper
    assert 0.90 <= covered / DRAWS <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("metric", METRICS)
def test_an_interval_ahead_covers_the_value_of_as_many_other_rows(metric: str, measure: Measure) -> None:
    random = default_rng(4)
    covered = 0
    for _ in range(DRAWS):
        found = measure(metric, *sample(metric, random, ROWS), errors=AHEAD)
        covered += found.lower <= measure(metric, *sample(metric, random, ROWS)).value <= found.upper
    assert 0.90 <= covered / DRAWS <= 0.99


@pytest.mark.parametrize("metric", METRICS)
def test_an_interval_ahead_is_wider_by_about_the_root_of_two(metric: str, measure: Measure) -> None:
    columns = sample(metric, default_rng(11), 5_000)
    plain, ahead = measure(metric, *columns), measure(metric, *columns, errors=AHEAD)
    assert (ahead.upper - ahead.lower) / (plain.upper - plain.lower) == pytest.approx(2**0.5, abs=0.05)


def rare_and_sharp(random: Generator, rows: int) -> Any:
    actual = random.random(rows) < 0.1
    return pa.array(actual), pa.array(random.standard_normal(rows) + 2.5 * actual)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["roc_auc", "pr_auc"])
def test_areas_near_one_on_few_positive_rows_are_covered_at_least_as_often(metric: str, measure: Measure) -> None:
    truth = measure(metric, *rare_and_sharp(default_rng(1), POPULATION)).value
    random = default_rng(2)
    found = [measure(metric, *rare_and_sharp(random, ROWS)) for _ in range(DRAWS)]
    assert sum(one.lower <= truth <= one.upper for one in found) / DRAWS >= 0.93
