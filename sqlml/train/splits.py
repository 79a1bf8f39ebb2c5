"""Which rows a trial learns from and which it is judged by, again and again."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Codes
from sqlml.train.table import Table

# More rows than these, or numbers, make the choice between trials no surer, only slower.
_MOST_JUDGED, _MOST_NUMBERS = 500_000, 15_000_000
# Of folds in time, the last ones are judged by models of all that came before.
LAST_FOLDS = 2


@dataclass(frozen=True, eq=False)
class Splits:
    """Pairs of row numbers, to fit and to validate with; no row is validated by a model that saw it."""

    pairs: tuple[tuple[Codes, Codes], ...]

    @property
    def judged(self) -> Codes:
        """The row numbers of all validations, in their order; with repetitions, those of a row stand there again."""
        return np.concatenate([validation for _, validation in self.pairs])

    def tables(self, table: Table) -> list[Table]:
        return [table.split(fit, validation) for fit, validation in self.pairs]


def splits(table: Table, part: NDArray[np.uint8], folds: int, count: int, *, ordered: bool) -> Splits:
    """`count` ways to divide the known rows, of which `part` has the part of each, numbered as `sqlml.prep` has them.

    In time order a model is judged by the fold after its own. Else every fold is judged by a model of the others, and
    then, as far as there are blocks, folds that are put together of other parts.
    """
    chosen = _latest(part, count) if ordered else _repeated(part, folds, count)
    most = max(1_000, min(_MOST_JUDGED, _MOST_NUMBERS // max(1, table.classes)) // len(chosen))
    # In 32 bits: of many rows and folds, these numbers would be most of the memory.
    fits = [np.flatnonzero(fold < which if ordered else fold != which).astype(np.int32) for fold, which in chosen]
    judged = [table.sample(np.flatnonzero(fold == which), most) for fold, which in chosen]
    return Splits(tuple(zip(fits, judged, strict=True)))


def _latest(part: NDArray[np.uint8], count: int) -> list[tuple[NDArray[np.int16], int]]:
    """The fold of each row, the same for all, with each of the folds that are judged."""
    fold = part.astype(np.int16)
    later = range(1, int(fold.max(initial=0)) + 1)
    return [(fold, which) for which in later[-min(count, LAST_FOLDS) :]]


def _repeated(part: NDArray[np.uint8], folds: int, count: int) -> list[tuple[NDArray[np.int16], int]]:
    """The fold of each row in one repetition after the other, with each of the folds that are judged."""
    first, block = part.astype(np.int16) % folds, part // folds
    repetitions = int(block.max(initial=0)) + 1
    # Each block moves on by its own number: parts of two blocks that were in one fold part ways.
    turns = [(first + turn * block) % folds for turn in range(min(repetitions, math.ceil(count / folds)))]
    return [(fold, which) for fold in turns for which in range(int(fold.max(initial=0)) + 1)][:count]
