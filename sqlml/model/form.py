"""What a fitted learner is, as plain arrays, whatever library fitted it."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Matrix = NDArray[np.float32]
"""Features, rows x features; a missing value is NaN."""

Link = Literal["identity", "logistic", "softmax"]
"""What turns raw sums into scores: values as they are, [1 - p, p] of one sum, or one probability a class."""


@dataclass(frozen=True, eq=False)
class Constant:
    """The same scores for every row: `scores` (outputs)."""

    scores: Floats

    def predict(self, matrix: Matrix) -> Floats:
        return np.tile(self.scores, (len(matrix), 1))


@dataclass(frozen=True, eq=False)
class Linear:
    """A weighted sum of standardised quantities and of category levels.

    A quantity `x` counts as `clip((x - centre) * scale, -limit, limit) * weights`, or `absent` where it is
    missing. A category counts as a row of its table: one row a level, then one for codes outside of the
    levels, then one for a missing code; `tables` holds all of these below one another.
    """

    quantities: Codes  # (q) places among the features
    centre: Floats  # (q)
    scale: Floats  # (q)
    limit: float
    weights: Floats  # (q, sums)
    absent: Floats  # (q, sums)
    categories: Codes  # (c) places among the features
    levels: Codes  # (c)
    tables: Floats  # (sum of levels + 2, sums)
    bias: Floats  # (sums)
    link: Link

    @property
    def offsets(self) -> Codes:
        """Where each category's table begins in `tables`."""
        return np.concatenate([[0], np.cumsum(self.levels + 2)[:-1]]).astype(np.int64)

    def predict(self, matrix: Matrix) -> Floats:
        values = matrix[:, self.quantities].astype(np.float64)
        missing = np.isnan(values)
        standard = np.where(missing, 0.0, np.clip((values - self.centre) * self.scale, -self.limit, self.limit))
        raw = standard @ self.weights + missing @ self.absent + self.bias
        if len(self.categories):
            raw += self.tables[table_rows(matrix[:, self.categories], self.levels) + self.offsets].sum(axis=1)
        return linked(raw, self.link)


@dataclass(frozen=True, eq=False)
class Forest:
    """A sum of decision trees, stored as one flat list of splits and one of leaves.

    A split sends a row to `yes` if its value is at most `threshold`, or, where `members` is not negative, if its
    code is in `sets[members]`; else to `no`; and a missing value to `yes` where `missing_yes`. A target >= 0 is
    another split, a target < 0 is leaf `~target`, whose `leaf` is added to sum number `output`.
    """

    feature: Codes  # (splits)
    threshold: Floats  # (splits)
    members: Codes  # (splits)
    missing_yes: NDArray[np.bool_]  # (splits)
    yes: Codes  # (splits)
    no: Codes  # (splits)
    sets: tuple[Codes, ...]
    roots: Codes  # (trees) the first split of each; a tree without a split is part of `base`
    leaf: Floats  # (leaves)
    output: Codes  # (leaves)
    base: Floats  # (sums)
    link: Link

    def scaled(self, centre: float, scale: float) -> "Forest":
        """The same forest with its sums multiplied by `scale` and moved by `centre`."""
        return replace(self, leaf=self.leaf * scale, base=self.base * scale + centre)


Form = Constant | Linear | Forest


def table_rows(codes: Matrix, levels: Codes) -> Codes:
    """The row of its table that each code stands for: (rows, c) of codes, to the same shape of row numbers."""
    missing = np.isnan(codes)
    known = ~missing & (codes >= 0) & (codes < levels)
    return np.where(missing, levels + 1, np.where(known, np.where(known, codes, 0).astype(np.int64), levels))


def linked(raw: Floats, link: Link) -> Floats:
    """Scores of raw sums (rows, sums), computed so that no exponential overflows to NaN."""
    if link == "identity":
        return raw
    sums = np.hstack([-raw / 2, raw / 2]) if link == "logistic" else raw
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    scores: Floats = powers / powers.sum(axis=1, keepdims=True)
    return scores
