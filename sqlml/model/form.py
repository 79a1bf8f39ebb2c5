"""What a fitted learner is, as plain arrays, whatever library fitted it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64] | NDArray[np.int32]
Matrix = NDArray[np.float32]
"""Features, rows x features; a missing value is NaN."""

Link = Literal["identity", "exp", "logistic", "softmax", "power", "share", "shares", "softplus", "square"]
"""What turns raw sums into scores: values as they are, `exp(sum) - 1`, [1 - p, p], or one probability a class.

The learners of others also have `exp(sum)`, one p that is a number and no class's, a p of each class by itself, which
together are brought to sum to one, `log(1 + exp(sum))`, and the square of a sum with the sum's sign.
"""

Curve = Literal["selu", "mish"]
"""How a network's layer bends its sums."""

# The two numbers of the curve "selu" (Klambauer et al., arXiv 1706.02515).
SLOPE, DEPTH = 1.0507009873554805, 1.6732632423543772
# Deviations beyond which values are all the same to a network: their squares must not overflow.
FAR = 1e6
# Beyond this sum "mish" is the sum itself, and its exponential would overflow.
STEEP = 20.0
# Rows computed at once.
_PIECE = 4096


@dataclass(frozen=True, eq=False)
class Constant:
    """The same scores for every row: `scores` (outputs)."""

    scores: Floats

    def predict(self, matrix: Matrix) -> Floats:
        return np.tile(self.scores, (len(matrix), 1))


@dataclass(frozen=True, eq=False)
class Linear:
    """A weighted sum of standardised quantities and of category levels.

    A quantity `x` counts as `clip((x - centre) * scale, low, limit) * weights`, or `absent` where it is missing; one
    that counts several times, with a `low` of 0 beyond each of several centres, bends there. A category counts as a row
    of its table: one row a level, then one for codes outside of the levels, then one for a missing code; `tables` holds
    all of these below one another.
    """

    quantities: Codes  # (q) places among the features, several times where they bend
    centre: Floats  # (q)
    scale: Floats  # (q)
    low: Floats  # (q)
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
        return _in_pieces(matrix, self._scores)

    def _scores(self, matrix: Matrix) -> Floats:
        values = matrix[:, self.quantities].astype(np.float64)
        missing = np.isnan(values)
        standard = np.where(missing, 0.0, np.clip((values - self.centre) * self.scale, self.low, self.limit))
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


@dataclass(frozen=True, eq=False)
class Network:
    """Layers of weighted sums, each but the last bent by a curve.

    A quantity `x` is an input as `s = z / sqrt(1 + (z / 3)**2)` with `z = (x - centre) * scale`, 0 where it is missing,
    and as waves `cos(s * frequency + phase)`. Then come an input of 1 or 0 for each flagged feature that is missing,
    one for each feature shown that has that code, and the row of its table for each category (as in `Linear`, `width`
    numbers each). What leaves the last layer is clipped to `span`, where there is one.
    """

    quantities: Codes  # (q) places among the features
    centre: Floats  # (q)
    scale: Floats  # (q)
    frequency: Floats  # (q, waves)
    phase: Floats  # (q, waves)
    flagged: Codes  # (m) places among the features
    shown: Codes  # (o) places among the features
    codes: Floats  # (o) the code that each of them is compared with
    categories: Codes  # (c) places among the features
    levels: Codes  # (c)
    tables: Floats  # (sum of levels + 2, width)
    weights: tuple[Floats, ...]  # of each layer (inputs, units)
    biases: tuple[Floats, ...]  # of each layer (units)
    curve: Curve
    span: tuple[float, float] | None
    link: Link

    @property
    def offsets(self) -> Codes:
        """Where each category's table begins in `tables`."""
        return np.concatenate([[0], np.cumsum(self.levels + 2)[:-1]]).astype(np.int64)

    def inputs(self, matrix: Matrix) -> Floats:
        """What enters the first layer: float64 (rows, inputs)."""
        values = matrix[:, self.quantities].astype(np.float64)
        far = np.clip((values - self.centre) * self.scale, -FAR, FAR)
        near = np.where(np.isnan(values), 0.0, far / np.sqrt(1.0 + (far / 3.0) ** 2))
        waves = np.cos(near[:, :, None] * self.frequency + self.phase)
        absent, shown = np.isnan(matrix[:, self.flagged]), matrix[:, self.shown] == self.codes
        rows = table_rows(matrix[:, self.categories], self.levels) + self.offsets[: len(self.levels)]
        parts = [near, waves, absent, shown, self.tables[rows]]
        return np.hstack([part.reshape(len(matrix), math.prod(part.shape[1:])) for part in parts])

    def predict(self, matrix: Matrix) -> Floats:
        return _in_pieces(matrix, self._scores)

    def _scores(self, matrix: Matrix) -> Floats:
        values = self.inputs(matrix)
        *hidden, last = zip(self.weights, self.biases, strict=True)
        for weights, bias in hidden:
            values = bent(values @ weights + bias, self.curve)
        raw = values @ last[0] + last[1]
        return linked(raw if self.span is None else np.clip(raw, *self.span), self.link)


@dataclass(frozen=True, eq=False)
class Blend:
    """A weighted mean of other forms' scores; probabilities are then raised to `power` and brought to sum to one."""

    members: "tuple[Form, ...]"
    weights: tuple[float, ...]
    power: float = 1.0


Form = Constant | Linear | Forest | Network | Blend


def moved(form: Form, by: float) -> Form:
    """The same form with all its sums greater by a number; only what adds up can be moved."""
    if isinstance(form, Forest):
        return replace(form, base=form.base + by)
    if isinstance(form, Linear):
        return replace(form, bias=form.bias + by)
    if isinstance(form, Network):
        span = (form.span[0] + by, form.span[1] + by) if form.span else None
        return replace(form, biases=(*form.biases[:-1], form.biases[-1] + by), span=span)
    if isinstance(form, Blend):
        return replace(form, members=tuple(moved(member, by) for member in form.members))
    raise TypeError(form)


def _in_pieces(matrix: Matrix, scores: Callable[[Matrix], Floats]) -> Floats:
    """The scores of all rows, some at a time: what is computed on the way takes many times the memory of a row."""
    return np.concatenate([scores(part) for part in np.array_split(matrix, len(matrix) // _PIECE + 1)])


def table_rows(codes: Matrix, levels: Codes) -> Codes:
    """The row of its table that each code stands for: (rows, c) of codes, to the same shape of row numbers."""
    missing = np.isnan(codes)
    known = ~missing & (codes >= 0) & (codes < levels)
    return np.where(missing, levels + 1, np.where(known, np.where(known, codes, 0).astype(np.int64), levels))


def linked(raw: Floats, link: Link) -> Floats:
    """Scores of raw sums (rows, sums), computed so that no exponential overflows to NaN."""
    if link == "identity":
        return raw
    if link == "exp":
        return np.exp(raw) - 1.0
    if link in ("power", "share", "shares", "softplus", "square"):
        return _foreign(raw, link)
    sums = np.hstack([-raw / 2, raw / 2]) if link == "logistic" else raw
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    scores: Floats = powers / powers.sum(axis=1, keepdims=True)
    return scores


def _foreign(raw: Floats, link: Link) -> Floats:
    if link == "square":
        return raw * np.abs(raw)
    if link == "softplus":
        softened: Floats = np.logaddexp(0.0, raw)
        return softened
    with np.errstate(over="ignore"):
        if link == "power":
            return np.exp(raw)
        shares = 1.0 / (1.0 + np.exp(-raw))
    scores: Floats = shares if link == "share" else shares / shares.sum(axis=1, keepdims=True)
    return scores


def bent(sums: Floats, curve: Curve) -> Floats:
    """A layer's sums after the curve: "selu", or "mish" (Misra, arXiv 1908.08681), `x * tanh(log(1 + exp(x)))`."""
    if curve == "selu":
        above = np.maximum(sums, 0.0)
        return SLOPE * (above + DEPTH * (np.exp(sums - above) - 1.0))
    power = np.exp(np.minimum(sums, STEEP))
    ratio = power * (power + 2.0)
    return sums * (ratio / (ratio + 2.0))


def sharpened(shares: Floats, power: float) -> Floats:
    """Probabilities (rows, classes) raised to a power and brought to sum to one again: above 1, surer than before."""
    with np.errstate(divide="ignore"):
        return linked(power * np.log(shares), "softmax")
