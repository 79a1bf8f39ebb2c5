"""From a fitted learner to a graph that is proven to predict the same."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sqlml.model import onnx
from sqlml.model.form import Floats, Form, Matrix
from sqlml.model.linear_json import to_json
from sqlml.model.pace import Pace, paced
from sqlml.model.runtime import Graph
from sqlml.train.table import Table

# Rows of the training that are compared, and as many odd ones made of them.
_ROWS = 500
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Exported:
    """A graph, whether any row of the table gets another prediction from it than another row, and how fast it is.

    `linear` is the text of the form where it is a small linear model.
    """

    graph: bytes
    tells_apart: bool
    pace: Pace
    linear: str | None


def exported(form: Form, predict: Callable[[Matrix], Floats], table: Table, origin: str = "") -> Exported:
    """The graph of a form that is to predict what `predict` does, with a text beside it on how it was made.

    Raises:
        ValueError: it does not predict the same.
    """
    graph = onnx.build(form, table.features, table.task, origin)
    rows = probes(table)
    scores = Graph(graph).run(rows)
    if not equal(scores, predict(rows)):
        raise ValueError("the graph does not predict what the learner predicts")
    known = len(rows) // 2
    spread = np.ptp(scores[:known], axis=0).max(initial=0.0) if known else 0.0
    chosen = paced(graph, rows[:known])
    tells_apart = bool(spread > _TOLERANCE * np.abs(scores[:known]).max(initial=0.0))
    return Exported(chosen.graph, tells_apart, chosen.pace, to_json(form))


def probes(table: Table) -> Matrix:
    """Rows to compare predictions on: some of the table, and odd ones (missing, out of range, unseen codes)."""
    known = np.asarray(table.matrix[table.sample(np.arange(len(table.label)), _ROWS)])
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
