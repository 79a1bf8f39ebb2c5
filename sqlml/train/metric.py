"""What models are chosen by: each metric as a loss over rows, lower is better, each row counting its weight.

The definitions are those of `udfs/metrics`, which measure the finished model.
"""

from collections.abc import Callable

import numpy as np

from sqlml.model.form import Codes, Floats

Loss = Callable[[Floats, Floats, Floats], float]
"""Of the label (rows), the scores (rows, outputs) and the weight (rows)."""

# A probability of zero would make one wrong row decide alone.
LEAST = 2.0**-52


def _log_loss(label: Floats, scores: Floats, weight: Floats) -> float:
    given = scores[np.arange(len(label)), label.astype(np.int64)]
    return float(-np.average(np.log(np.clip(given, LEAST, 1.0)), weights=weight))


def _brier(label: Floats, scores: Floats, weight: Floats) -> float:
    return float(np.average((scores[:, 1] - label) ** 2, weights=weight))


def _roc_auc(label: Floats, scores: Floats, weight: Floats) -> float:
    """One less the share of pairs that are in the right order, ties counting half (Hanley and McNeil 1982)."""
    positive, negative = _by_value(label, scores[:, 1], weight)
    below = np.cumsum(negative) - negative / 2
    pairs = positive.sum() * negative.sum()
    return float(1 - (positive * below).sum() / pairs) if pairs else 0.5


def _pr_auc(label: Floats, scores: Floats, weight: Floats) -> float:
    """One less the average precision."""
    positive, negative = (side[::-1] for side in _by_value(label, scores[:, 1], weight))
    found = np.cumsum(positive)
    precision = found / np.maximum(found + np.cumsum(negative), 1e-300)
    return float(1 - (precision * positive).sum() / found[-1]) if found[-1] else 1.0


def _by_value(label: Floats, score: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The weight of positive and of negative rows at each different score, the lowest first."""
    order = np.argsort(score)
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan))
    positive, negative = (np.add.reduceat((weight * side)[order], starts) for side in (label, 1 - label))
    return positive, negative


def _added(places: Codes, weight: Floats, count: int) -> Floats:
    return np.bincount(places, weight, count).astype(np.float64)


def _accuracy(label: Floats, scores: Floats, weight: Floats) -> float:
    return float(np.average(_chosen(scores) != label, weights=weight))


def _of_classes(judge: Callable[[Floats, Floats, Floats], Floats], *, chosen_too: bool) -> Loss:
    """One less the mean of a share over the classes that rows have, or have been given where `chosen_too`.

    The share is made of the right, the chosen and the true weight of each class.
    """

    def loss(label: Floats, scores: Floats, weight: Floats) -> float:
        chosen, true = _chosen(scores), label.astype(np.int64)
        count = scores.shape[1]
        right = _added(true, weight * (chosen == true), count)
        taken, there = _added(chosen, weight, count), _added(true, weight, count)
        known = there + taken * chosen_too > 0
        return float(1 - judge(right, taken, there)[known].mean())

    return loss


def _of_positive(judge: Callable[[Floats, Floats, Floats], Floats]) -> Loss:
    """One less a share, from the right, the chosen and the true weight of the positive class."""

    def loss(label: Floats, scores: Floats, weight: Floats) -> float:
        chosen = _chosen(scores)
        sums = (weight * (chosen * label)).sum(), (weight * chosen).sum(), (weight * label).sum()
        return float(1 - judge(*map(np.asarray, sums)))

    return loss


def _chosen(scores: Floats) -> Codes:
    chosen: Codes = scores.argmax(axis=1).astype(np.int64)
    return chosen


def _precision(right: Floats, taken: Floats, there: Floats) -> Floats:  # noqa: ARG001
    return right / np.maximum(taken, 1e-300)


def _recall(right: Floats, taken: Floats, there: Floats) -> Floats:  # noqa: ARG001
    return right / np.maximum(there, 1e-300)


def _f1(right: Floats, taken: Floats, there: Floats) -> Floats:
    return 2 * right / np.maximum(taken + there, 1e-300)


def _rmse(label: Floats, scores: Floats, weight: Floats) -> float:
    return float(np.sqrt(np.average((scores[:, 0] - label) ** 2, weights=weight)))


def _mae(label: Floats, scores: Floats, weight: Floats) -> float:
    return float(np.average(np.abs(scores[:, 0] - label), weights=weight))


def _unexplained(label: Floats, scores: Floats, weight: Floats) -> float:
    """One less r2: the squared error as a share of the variance; of labels that are all the same, as it is."""
    error = np.average((scores[:, 0] - label) ** 2, weights=weight)
    variance = np.average((label - np.average(label, weights=weight)) ** 2, weights=weight)
    return float(error / variance if variance > 0 else error)


def _mape(label: Floats, scores: Floats, weight: Floats) -> float:
    known = label != 0
    if not known.any():
        return 0.0
    return float(np.average(np.abs(scores[known, 0] / label[known] - 1), weights=weight[known]))


LOSSES: dict[str, Loss] = {
    "log_loss": _log_loss,
    "brier": _brier,
    "roc_auc": _roc_auc,
    "pr_auc": _pr_auc,
    "accuracy": _accuracy,
    "precision": _of_positive(_precision),
    "recall": _of_positive(_recall),
    "f1": _of_positive(_f1),
    "macro_f1": _of_classes(_f1, chosen_too=True),
    "balanced_accuracy": _of_classes(_recall, chosen_too=False),
    "rmse": _rmse,
    "mae": _mae,
    "r2": _unexplained,
    "mape": _mape,
}

# Metrics that a higher value betters, and are kept as one less it.
SHARES = frozenset("roc_auc pr_auc accuracy precision recall f1 macro_f1 balanced_accuracy r2".split())


def value(metric: str, loss: float) -> float:
    """The metric's own value of a loss."""
    return 1.0 - loss if metric in SHARES else loss
