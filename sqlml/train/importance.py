"""What a model goes by: how far its predictions move where a column has the value of another row."""

import numpy as np

from sqlml.model.form import Floats
from sqlml.model.runtime import Graph
from sqlml.train.table import Table

# Rows that change places: at most, at least, and in all columns together.
_ROWS, _FEWEST, _TRIED = 500, 20, 50_000


def importances(graph: bytes, table: Table) -> tuple[tuple[str, float], ...]:
    """For each column that the features of a table are made of, how much it matters to a graph's scores, most first.

    That is how far they move, on average over some rows of the table, where the column has the value of another row:
    the share of the probability that goes to other classes, or the difference of the numbers. What is made of two
    columns counts for one of them. The method is permutation importance (Breiman, "Random Forests", 2001), of the
    predictions instead of their loss.
    """
    columns: dict[str, list[int]] = {}
    for place, feature in enumerate(table.features):
        columns.setdefault(feature.column, []).append(place)
    random, model = np.random.default_rng(table.seed), Graph(graph)
    count = min(_ROWS, max(_FEWEST, _TRIED // max(1, len(columns))))
    rows = np.array(table.matrix[random.permutation(table.sample(np.arange(len(table.label)), count))])
    scores = model.run(rows)
    moved = {}
    for column, places in columns.items():
        own = rows[:, places]
        rows[:, places] = np.roll(own, 1, axis=0)
        moved[column] = _moved(table, scores, model.run(rows))
        rows[:, places] = own
    return tuple(sorted(moved.items(), key=lambda one: -one[1]))


def _moved(table: Table, before: Floats, after: Floats) -> float:
    change = np.abs(after - before).sum(axis=1)
    # Of two classes, the score is the probability of one; of more, what one loses others gain.
    return float(change.mean() / (2.0 if table.classes > 2 else 1.0))
