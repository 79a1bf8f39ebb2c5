"""Every metric equals scikit-learn's on generated rows: ties, missing classes, constants and weights included."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import Measure
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

CLASSES = ["ant", "bee", "cow", "dog"]
EXAMPLES = settings(max_examples=30, deadline=None)

score = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1)
number = st.integers(-40, 40).map(lambda n: n / 8) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
weight = st.sampled_from([0.25, 1.0, 3.0]) | st.floats(1e-3, 1e3)


def weighed(row: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draws (actual, beside, weights or None) of 1 to 40 rows."""
    rows = st.lists(st.tuples(row, other, weight), min_size=1, max_size=40)
    return st.tuples(rows, st.booleans()).map(
        lambda drawn: (
            [row[0] for row in drawn[0]],
            [row[1] for row in drawn[0]],
            [row[2] for row in drawn[0]] if drawn[1] else None,
        )
    )


def quietly(score: Callable[..., float], *arguments: Any, **options: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(score(*arguments, **options))


def assert_equal(ours: float | None, theirs: float | None) -> None:
    if theirs is None:
        assert ours is None
    else:
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@EXAMPLES
@given(drawn=weighed(st.booleans(), score))
@pytest.mark.parametrize("metric", ["roc_auc", "pr_auc", "brier"])
def test_scores_of_a_binary_target(metric: str, drawn: Any, measure: Measure) -> None:
    actual, scores, weights = drawn
    theirs = {"roc_auc": sk.roc_auc_score, "pr_auc": sk.average_precision_score, "brier": sk.brier_score_loss}[metric]
    undefined = {"roc_auc": len(set(actual)) < 2, "pr_auc": not any(actual), "brier": False}[metric]
    options = {"pos_label": True} if metric == "brier" else {}
    ours = measure(metric, pa.array(actual), pa.array(scores, pa.float64()), weights)
    assert_equal(ours.value, None if undefined else quietly(theirs, actual, scores, sample_weight=weights, **options))


@EXAMPLES
@given(drawn=weighed(st.booleans(), st.booleans()))
@pytest.mark.parametrize("metric", ["precision", "recall", "f1"])
def test_decisions_on_a_binary_target(metric: str, drawn: Any, measure: Measure) -> None:
    actual, predicted, weights = drawn
    theirs = getattr(sk, f"{metric}_score")
    ours = measure(metric, pa.array(actual), pa.array(predicted), weights)
    assert_equal(ours.value, quietly(theirs, actual, predicted, sample_weight=weights, zero_division=0))


@EXAMPLES
@given(drawn=weighed(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), numbered=st.booleans())
@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "balanced_accuracy"])
def test_classes_of_text_and_of_numbers(metric: str, drawn: Any, numbered: bool, measure: Measure) -> None:
    actual, predicted, weights = drawn
    if numbered:
        actual, predicted = map(CLASSES.index, actual), map(CLASSES.index, predicted)
    actual, predicted = list(actual), list(predicted)
    theirs = {
        "accuracy": sk.accuracy_score,
        "macro_f1": sk.f1_score,
        "balanced_accuracy": sk.balanced_accuracy_score,
    }[metric]
    options = {"average": "macro", "zero_division": 0} if metric == "macro_f1" else {}
    ours = measure(metric, pa.array(actual), pa.array(predicted), weights)
    assert_equal(ours.value, quietly(theirs, actual, predicted, sample_weight=weights, **options))


chances = st.lists(score, min_size=len(CLASSES), max_size=len(CLASSES))


@EXAMPLES
@given(drawn=weighed(st.sampled_from(CLASSES), chances))
def test_probabilities_of_classes_some_missing(drawn: Any, measure: Measure) -> None:
    actual, matrix, weights = drawn
    maps = [[(name, p) for name, p in zip(CLASSES, row, strict=True) if p > 0] for row in matrix]
    ours = measure("log_loss", pa.array(actual), pa.array(maps, pa.map_(pa.string(), pa.float64())), weights)
    theirs = quietly(sk.log_loss, actual, np.array(matrix), sample_weight=weights, labels=CLASSES)
    assert_equal(ours.value, theirs)


@EXAMPLES
@given(drawn=weighed(number, number))
@pytest.mark.parametrize("metric", ["rmse", "mae", "r2", "mape"])
def test_numbers(metric: str, drawn: Any, measure: Measure) -> None:
    actual, predicted, weights = drawn
    theirs = {
        "rmse": sk.root_mean_squared_error,
        "mae": sk.mean_absolute_error,
        "r2": sk.r2_score,
        "mape": sk.mean_absolute_percentage_error,
    }[metric]
    kept = [i for i, y in enumerate(actual) if metric != "mape" or y != 0]
    ours = measure(metric, pa.array(actual), pa.array(predicted), weights)
    assert ours.rows == len(kept)
    if not kept or (metric == "r2" and len(set(actual)) < 2):
        assert ours.value is None
        return
    rows = [[column[i] for i in kept] if column else None for column in (actual, predicted, weights)]
    assert_equal(ours.value, quietly(theirs, rows[0], rows[1], sample_weight=rows[2]))


def test_a_hundred_thousand_rows_with_few_distinct_scores(measure: Measure) -> None:
    random = np.random.default_rng(7)
    scores = random.integers(0, 1000, 100_000) / 1000
    actual = random.random(100_000) < scores
    weights = random.exponential(size=100_000)
    for metric, theirs in (("roc_auc", sk.roc_auc_score), ("pr_auc", sk.average_precision_score)):
        ours = measure(metric, pa.array(actual), pa.array(scores), weights)
        assert_equal(ours.value, theirs(actual, scores, sample_weight=weights))


def test_a_probability_of_zero_is_clipped_as_a_float64_is(measure: Measure) -> None:
    never = pa.array([[("bee", 1.0)]], pa.map_(pa.string(), pa.float64()))
    assert measure("log_loss", pa.array(["ant"]), never).value == pytest.approx(-math.log(2**-52), rel=1e-12)
