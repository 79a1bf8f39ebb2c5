"""Numbers in few digits: a model is written in many languages, and there, digits that tell nothing are only longer."""

from dataclasses import replace

import numpy as np

from sqlml.model.form import Floats, Forest

# So many tell numbers of 32 bits apart. And so many are often enough to part them.
_DIGITS, _OFTEN = 9, (8, 6, 4)
# And of what is added up, the greatest has so many: a sum of hundreds is the same in its first nine.
_ADDED = 12
# Those of ten that 64 bits have exactly.
_POWERS = np.array([float(10**power) for power in range(23)])


def shortened(forest: Forest) -> Forest:
    """The forest with thresholds of as few digits as part the same numbers of 32 bits, and leaves as added up."""
    return replace(forest, threshold=parting(forest.threshold), leaf=added(forest.leaf))


def short(values: Floats) -> Floats:
    """The values to nine digits each; numbers of 32 bits are still the same there."""
    return _rounded(values, _DIGITS, np.abs(values))


def added(values: Floats) -> Floats:
    """The values to as many decimals as the greatest has for twelve digits."""
    return _rounded(values, _ADDED, np.abs(values).max(initial=0.0))


def parting(thresholds: Floats) -> Floats:
    """Thresholds of fewer digits, as far as there are any, with the same numbers of 32 bits below and above."""
    found, below = thresholds, _below(thresholds)
    with np.errstate(over="ignore"):
        between = (below.astype(np.float64) + np.nextafter(below, np.float32(np.inf))) / 2
    fewer = [_rounded(thresholds, digits, np.abs(thresholds)) for digits in _OFTEN]
    for tried in (short(between), short(thresholds), *fewer):
        found = np.where(_below(tried) == below, tried, found)
    return found


def _below(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The greatest number of 32 bits that is not above each."""
    with np.errstate(over="ignore"):
        nearest = values.astype(np.float32)
    return np.where(nearest > values, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def _rounded(values: Floats, digits: int, size: Floats | float) -> Floats:
    """The decimals nearest to the values that have so many digits at this size; those too far from 1 stay."""
    with np.errstate(divide="ignore", invalid="ignore"):
        places = digits - 1 - np.floor(np.log10(size))
    is_exact = np.abs(places) < len(_POWERS)
    power = _POWERS[np.where(is_exact, np.abs(places), 0).astype(np.int64)]
    rounded = np.where(places > 0, np.round(values * power) / power, np.round(values / power) * power)
    return np.where(is_exact, rounded, values)
