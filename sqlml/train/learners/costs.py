"""What a network costs: seconds of a device to fit it, and microseconds of a core to score a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlml.model.form import Network
from sqlml.train.learners.descent import batch_of
from sqlml.train.learners.weights import Layout

# Microseconds of one core to score: a row, a wave, a unit, and a thousand multiplications.
_ROW, _WAVE, _UNIT, _THOUSAND = 0.3, 0.0112, 0.005, 0.054


@dataclass(frozen=True)
class Speed:
    """Seconds of one device: until its first step, of a step without rows, and of a row for each weight it passes.

    `writing` are those until the first step of any other layout.
    """

    start: float
    step: float
    weight: float
    writing: float = 0.0

    def passing(self, layout: Layout, rows: int) -> float:
        """Seconds of one pass over so many rows."""
        products = _products([layout.entering + len(layout.quantities) * layout.waves, *layout.units])
        batch = min(batch_of(rows), max(1, rows))
        return max(1, rows // batch) * (self.step + batch * products * self.weight)


# One core of a plain machine, and a large GPU: steps as measured on an NVIDIA H200, seconds until then between what
# was measured beside its slow cores and what is to be expected of others. To start is to load what computes a network
# and to write down its computations for the device, which only takes long where they are put together.
PLAIN = {
    "CPU": Speed(start=5.0, step=2e-4, weight=1.5e-10),
    "GPU": Speed(start=12.0, step=9e-5, weight=3e-12, writing=6.0),
}


def scoring(form: Network) -> float:
    """Microseconds of one core to score a row."""
    units = [len(bias) for bias in form.biases]
    products = _products([len(form.weights[0]), *units])
    return _ROW + form.frequency.size * _WAVE + sum(units) * _UNIT + products / 1000 * _THOUSAND


def _products(sizes: Sequence[int]) -> int:
    return sum(inner * outer for inner, outer in pairwise(sizes))
