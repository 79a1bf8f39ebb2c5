"""Which rows a trial learns from and which it is judged by, again and again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Codes
from sqlml.train.table import Table

# More numbers than these make the choice between trials no surer, only slower.
_MOST_JUDGED = 15_000_000
# Of folds in time, the last ones are judged by models of all that came before.
_LAST_BLOCKS = 2


@dataclass(frozen=True, eq=False)
class Splits:
    """Pairs of row numbers, to fit and to validate with; no row is validated twice, nor by a model that saw it."""

    pairs: tuple[tuple[Codes, Codes], ...]

    @property
    def judged(self) -> Codes:
        """The row numbers of all validations, in their order."""
        return np.concatenate([validation for _, validation in self.pairs])

    def tables(self, table: Table) -> list[Table]:
        return [table.split(fit, validation) for fit, validation in self.pairs]


def splits(table: Table, fold: NDArray[np.uint8], count: int, *, ordered: bool) -> Splits:
    """`count` ways to divide the known rows, of which `fold` has the fold of each.

    In time order a model is judged by the fold after its own; else every fold is judged by a model of the others.
    """
    chosen = list(range(int(fold.max(initial=0)) + 1))
    chosen = chosen[1:][-min(count, _LAST_BLOCKS) :] if ordered else chosen[:count]
    judged = [np.flatnonzero(fold == which) for which in chosen]
    most = max(1_000, _MOST_JUDGED // max(1, table.classes) // len(judged))
    pairs = []
    for which, rows in zip(chosen, judged, strict=True):
        fit = np.flatnonzero(fold < which if ordered else fold != which)
        pairs.append((fit, table.sample(rows, most)))
    return Splits(tuple(pairs))
