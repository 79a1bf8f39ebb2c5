"""From how many rows on a network is fitted sooner by a GPU than by one core, measured on the machine itself."""

import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np

from sqlml.train.device import NEVER, Found
from sqlml.train.learners.descent import EPOCHS, batch_of, descent
from sqlml.train.learners.weights import Layout

# A network of usual size: ten quantities with eight waves each.
_LAYOUT = Layout(tuple(range(10)), (), (), (), (), (), 8, 0, (128, 128, 128, 1), "selu", "logistic")
# Steps that are timed, with so many rows each, and how often: the first time, the rows are brought to the device.
_STEPS, _SMALL, _LARGE, _TIMES = 48, 128, 1024, 3


@dataclass(frozen=True)
class Speed:
    """Seconds of one device: to be there, of a step without rows, and of each row in it."""

    start: float
    step: float
    row: float

    def fit(self, rows: int) -> float:
        """Seconds of a usual fit of so many rows."""
        batch = min(batch_of(rows), rows)
        return self.start + EPOCHS * (rows // batch) * (self.step + batch * self.row)


def measure(tensorflow: Any, gpu: Found) -> int:
    """Rows from which on the GPU pays, `NEVER` if it does not; takes two to four seconds."""
    return pays(_speed(tensorflow, "CPU", 0.0), _speed(tensorflow, gpu.device, gpu.seconds))


def pays(cpu: Speed, gpu: Speed) -> int:
    """Rows from which on a usual fit takes less time at the GPU's speed."""
    return bisect_left(range(NEVER), True, lo=1, key=lambda rows: gpu.fit(rows) < cpu.fit(rows))


def _speed(tensorflow: Any, name: str, start: float) -> Speed:
    small, large = (_seconds(tensorflow, f"/{name}:0", batch) for batch in (_SMALL, _LARGE))
    row = max(0.0, (large - small) / (_LARGE - _SMALL))
    return Speed(start, max(0.0, small - _SMALL * row), row)


def _seconds(tensorflow: Any, device: str, batch: int) -> float:
    """Seconds of one step of so many rows, once everything is where it is computed."""
    random = np.random.default_rng(0)
    with tensorflow.device(device):
        matrix = random.normal(size=(batch, len(_LAYOUT.quantities))).astype(np.float32)
        rest = np.zeros(batch, np.int32), np.ones(batch, np.float32), *np.zeros((2, matrix.shape[1]), np.float32)
        rows = tuple(map(tensorflow.convert_to_tensor, (matrix, *rest)))
        order = tensorflow.convert_to_tensor(np.tile(np.arange(batch, dtype=np.int32), (_STEPS, 1)))
        plan = tensorflow.convert_to_tensor(np.zeros((_STEPS, 3), np.float32))
        key = tensorflow.convert_to_tensor(np.zeros(2, np.int32))
        state = tuple(tensorflow.convert_to_tensor(np.zeros(_LAYOUT.size, np.float32)) for _ in range(3))
        advance = descent(tensorflow, _LAYOUT, device).advance
        passed = []
        for _ in range(_TIMES):
            started = time.monotonic()
            advance(state, rows, order, plan, key)[0].numpy()
            passed.append(time.monotonic() - started)
    return min(passed) / _STEPS
