"""What models are chosen by are the metrics that everyone knows, as losses."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics as known

from sqlml.model.form import Floats
from sqlml.schema import Task
from sqlml.train.loss import loss
from sqlml.train.metric import LOSSES, SHARES, value

BINARY: dict[str, Any] = {
    "roc_auc": lambda label, scores, weight: known.roc_auc_score(label, scores[:, 1], sample_weight=weight),
    "pr_auc": lambda label, scores, weight: known.average_precision_score(label, scores[:, 1], sample_weight=weight),
    "brier": lambda label, scores, weight: known.brier_score_loss(label, scores[:, 1], sample_weight=weight),
    "precision": lambda label, scores, weight: known.precision_score(label, scores.argmax(1), sample_weight=weight),
    "recall": lambda label, scores, weight: known.recall_score(label, scores.argmax(1), sample_weight=weight),
    "f1": lambda label, scores, weight: known.f1_score(label, scores.argmax(1), sample_weight=weight),
}
CLASSES: dict[str, Any] = {
    "log_loss": lambda label, scores, weight: known.log_loss(
        label, scores, sample_weight=weight, labels=range(scores.shape[1])
    ),
    "accuracy": lambda label, scores, weight: known.accuracy_score(label, scores.argmax(1), sample_weight=weight),
    "macro_f1": lambda label, scores, weight: known.f1_score(
        label, scores.argmax(1), sample_weight=weight, average="macro", zero_division=0
    ),
    "balanced_accuracy": lambda label, scores, weight: known.recall_score(
        label, scores.argmax(1), sample_weight=weight, average="macro", labels=np.unique(label)
    ),
}
NUMBERS: dict[str, Any] = {
    "rmse": lambda label, scores, weight: known.root_mean_squared_error(label, scores[:, 0], sample_weight=weight),
    "mae": lambda label, scores, weight: known.mean_absolute_error(label, scores[:, 0], sample_weight=weight),
    "r2": lambda label, scores, weight: known.r2_score(label, scores[:, 0], sample_weight=weight),
    "mape": lambda label, scores, weight: known.mean_absolute_percentage_error(
        label[label != 0], scores[label != 0, 0], sample_weight=weight[label != 0]
    ),
}


def drawn(classes: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Labels, scores and weights of a few rows; scores in coarse steps, so that many are tied."""
    random = np.random.default_rng(seed)
    rows = int(random.integers(5, 60))
    weight = random.choice([0.25, 1.0, 7.0], rows) if seed % 2 else np.ones(rows)
    if not classes:
        label = random.integers(-4, 5, rows) / 2
        return label, (label + random.normal(0, 1, rows))[:, None], weight
    label = random.integers(0, classes, rows).astype(np.float64)
    label[: min(rows, classes)] = np.arange(classes)[:rows]
    steps = random.integers(1, 5, (rows, classes)).astype(np.float64)
    return label, steps / steps.sum(axis=1, keepdims=True), weight


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    ("metric", "theirs", "classes"),
    [
        *((name, theirs, 2) for name, theirs in (BINARY | CLASSES).items()),
        *((name, theirs, 5) for name, theirs in CLASSES.items()),
        *((name, theirs, 0) for name, theirs in NUMBERS.items()),
    ],
)
def test_a_metric_is_what_it_is_elsewhere(metric: str, theirs: Any, classes: int, seed: int) -> None:
    label, scores, weight = drawn(classes, seed)
    ours = value(metric, LOSSES[metric](label, scores, weight))
    assert ours == pytest.approx(theirs(label, scores, weight), rel=1e-9, abs=1e-12)


def test_every_metric_is_compared_with_another() -> None:
    assert set(LOSSES) == set(BINARY) | set(CLASSES) | set(NUMBERS)
    assert set(LOSSES) > SHARES


@pytest.mark.parametrize("metric", LOSSES)
def test_better_scores_lose_less(metric: str) -> None:
    label, scores, weight = drawn(0 if metric in NUMBERS else 2, 1)
    perfect = label[:, None] if metric in NUMBERS else np.eye(2)[label.astype(int)]
    better = 0.7 * scores + 0.3 * perfect
    lose = LOSSES[metric]
    assert lose(label, perfect, weight) < lose(label, scores, weight)
    assert lose(label, better, weight) <= lose(label, scores, weight)


def test_a_class_that_is_only_guessed_counts_in_macro_f1_alone() -> None:
    label, scores = np.array([0.0, 0.0, 1.0, 1.0]), np.eye(3)[[0, 0, 1, 2]]
    assert value("macro_f1", LOSSES["macro_f1"](label, scores, np.ones(4))) == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert value("balanced_accuracy", LOSSES["balanced_accuracy"](label, scores, np.ones(4))) == pytest.approx(3 / 4)


def test_rows_of_one_class_or_one_number_give_a_loss_too() -> None:
    for metric, lose in LOSSES.items():
        label = np.full(6, 3.0) if metric in NUMBERS else np.zeros(6)
        scores = np.full((6, 1), 2.5) if metric in NUMBERS else np.tile([0.7, 0.3], (6, 1))
        assert np.isfinite(lose(label, scores, np.ones(6)))


def test_no_rows_have_no_loss() -> None:
    assert np.isnan(loss(Task.BINARY, np.zeros(0), np.zeros((0, 2))))
