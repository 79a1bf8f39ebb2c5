"""From a fitted learner to a graph that is proven to predict the same."""

import numpy as np

from sqlml.model import onnx
from sqlml.model.form import Floats, Matrix
from sqlml.model.runtime import Graph
from sqlml.train.fitted import Fitted
from sqlml.train.table import Table

# Rows of the training that are compared, and as many odd ones made of them.
_ROWS = 500
_TOLERANCE = 1e-9


def exported(fitted: Fitted, table: Table) -> bytes:
    """The graph of what was fitted.

    Raises:
        ValueError: it does not predict the same.
    """
    graph = onnx.build(fitted.form, table.features, table.task)
    rows = probes(table)
    if not equal(Graph(graph).run(rows), fitted.predict(rows)):
        raise ValueError("the graph does not predict what the learner predicts")
    return graph


def probes(table: Table) -> Matrix:
    """Rows to compare predictions on: some of the table, and odd ones (missing, out of range, unseen codes)."""
    known = np.asarray(table.matrix[table.sample(np.arange(table.rows), _ROWS)])
    odd = known.copy()
    kind = np.random.default_rng(table.seed).integers(0, 8, odd.shape)
    odd[kind == 0] = np.nan
    extreme = float(np.finfo(np.float32).max)
    for place, feature in enumerate(table.features):
        unusual = (feature.levels, feature.levels + 1000) if feature.is_category else (-extreme, extreme)
        for which, value in enumerate(unusual, 1):
            odd[kind[:, place] == which, place] = value
    odd[:1] = np.nan
    return np.concatenate([known, odd])


def equal(scores: Floats, expected: Floats) -> bool:
    """Whether scores are the same but for the last digits."""
    if scores.shape != expected.shape or not np.isfinite(scores).all():
        return False
    size = np.abs(expected)
    return bool((np.abs(scores - expected) <= _TOLERANCE * (size + size.max(initial=0.0))).all())
