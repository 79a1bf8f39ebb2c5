"""How far the values of a column have moved: the population stability index, and how much of it is chance.

Source: Siddiqi, Credit Risk Scorecards (2006), for the index and its usual bounds: 0.1 is little, above 0.2 is much.
Yurdakul and Naranjo, Statistical properties of the population stability index (Journal of Risk Model Validation 14,
2020): of two samples of the same values, it is (1/n + 1/m) times a chi-squared variable with one degree of freedom less
than there are bins. The quantile of that is Wilson and Hilferty's (1931).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from statistics import NormalDist

from sqlml.prep.histograms import Histogram

# From here on values have moved much; so seldom is chance taken for it, in all columns together.
_MUCH, _CHANCE = 0.2, 0.01
# What each bin has before any row is counted, so that an empty one is rare and not impossible.
_PRIOR = 0.5


@dataclass(frozen=True)
class Shift:
    """How far a column has moved between so many rows of then and of now, and beyond what it has drifted."""

    column: str
    index: float
    bound: float
    rows: int

    @property
    def has_drifted(self) -> bool:
        return self.index > self.bound


def shifts(then: Sequence[Histogram], now: Sequence[Histogram]) -> list[Shift]:
    """The shift of each column between two series of histograms with the same bins, the largest first."""
    found = [_shift(*pair, len(then)) for pair in zip(then, now, strict=True)]
    return sorted(found, key=lambda shift: -shift.index)


def _shift(then: Histogram, now: Histogram, columns: int) -> Shift:
    # A bin that has no row of either time tells nothing.
    pairs = [pair for pair in zip(then.counts, now.counts, strict=True) if any(pair)]
    before, after = sum(old for old, _ in pairs), sum(new for _, new in pairs)
    index, free = 0.0, max(1, len(pairs) - 1)
    for old, new in pairs:
        expected = (old + _PRIOR) / (before + _PRIOR * len(pairs))
        share = (new + _PRIOR) / (after + _PRIOR * len(pairs))
        index += (share - expected) * log(share / expected)
    noise = (1 / max(before, 1) + 1 / max(after, 1)) * _chi_squared(1 - _CHANCE / columns, free)
    return Shift(then.column, index, max(_MUCH, noise), after)


def _chi_squared(probability: float, free: int) -> float:
    """The quantile of a chi-squared variable with so many degrees of freedom."""
    part = 2 / (9 * free)
    return float(free * (1 - part + NormalDist().inv_cdf(probability) * part**0.5) ** 3)
