"""How fast a graph scores, measured; and which of two ways of asking its trees is the quicker one."""

import time
from dataclasses import dataclass
from statistics import median

import numpy as np

from sqlml.model.form import Matrix
from sqlml.model.runtime import Graph
from sqlml.model.trees import walking

# A batch is what a query engine hands over at once; the middle of so many turns is told.
_BATCH, _TURNS = 2_048, 3
# What is slow either way is measured on fewer rows.
_FEW, _SLOW = 64, 0.002


@dataclass(frozen=True)
class Pace:
    """Rows that one thread scores in a second; `gain` is how many times as many as by walking down tree after tree.

    `gain` is None where there are no trees, or they do not lie in the other layout.
    """

    rate: float
    gain: float | None = None

    def __str__(self) -> str:
        told = f"about {self.rate:,.0f} rows a second and thread"
        if self.gain is None:
            return told
        return f"{told}, trees all at once: {self.gain:.1f} times as fast as one after the other"


@dataclass(frozen=True)
class Paced:
    """A graph with its pace."""

    graph: bytes
    pace: Pace


def paced(content: bytes, rows: Matrix) -> Paced:
    """The graph, marked to have its trees walked where that is quicker, and its pace on such rows."""
    ready = Graph(content)
    rate = _rate(ready, rows)
    if not ready.is_compiled:
        return Paced(content, Pace(rate))
    walked = _rate(Graph(content, compiled=False), rows)
    return Paced(content, Pace(rate, rate / walked)) if rate >= walked else Paced(walking(content), Pace(walked))


def _rate(graph: Graph, rows: Matrix) -> float:
    few = np.resize(rows, (_FEW, rows.shape[1]))
    seconds = _seconds(graph, few)
    if seconds < _SLOW:
        return _BATCH / _seconds(graph, np.resize(rows, (_BATCH, rows.shape[1])))
    return _FEW / seconds


def _seconds(graph: Graph, rows: Matrix) -> float:
    taken = []
    for _ in range(_TURNS):
        began = time.perf_counter()
        graph.run(rows)
        taken.append(time.perf_counter() - began)
    return max(median(taken), 1e-9)
