"""From how many rows on networks are fitted sooner by a GPU than by the cores, measured on the machine itself."""

import math
import os
import time
from bisect import bisect_left
from typing import Any

import numpy as np

from sqlml.prep.partition import FOLDS
from sqlml.train.device import NEVER, Found
from sqlml.train.learners.costs import Speed
from sqlml.train.learners.descent import EPOCHS, descent
from sqlml.train.learners.weights import Layout

# A network of usual size: ten quantities with eight waves each.
_LAYOUT = Layout(tuple(range(10)), (), (), (), (), (), 8, 0, (128, 128, 128, 1), "selu", "logistic")
# Steps that are timed, with so many rows each, and how often: the first time, the rows are brought to the device.
_STEPS, _SMALL, _LARGE, _TIMES = 48, 128, 1024, 3


def measure(tensorflow: Any, gpu: Found) -> int:
    """Rows from which on the GPU pays, `NEVER` if it does not; takes some seconds."""
    return pays(_speed(tensorflow, "CPU", 0.0), _speed(tensorflow, gpu.device, gpu.seconds))


def pays(cpu: Speed, gpu: Speed) -> int:
    """Rows from which on usual fits take less time at the GPU's speed.

    One for each fold is fitted: side by side as far as there are cores, and one after the other by the GPU.
    """
    turns = math.ceil(FOLDS / (os.cpu_count() or 1))

    def pays_for(rows: int) -> bool:
        once, there = (EPOCHS * speed.passing(_LAYOUT, rows) for speed in (cpu, gpu))
        return gpu.start + FOLDS * there < cpu.start + turns * once

    return bisect_left(range(NEVER), True, lo=1, key=pays_for)


def _speed(tensorflow: Any, name: str, start: float) -> Speed:
    (first, small), (_, large) = (_seconds(tensorflow, f"/{name}:0", batch) for batch in (_SMALL, _LARGE))
    row = max(0.0, (large - small) / (_LARGE - _SMALL))
    # A pass of one row that is one step has no seconds but those of its weights.
    weights = Speed(0.0, 0.0, 1.0).passing(_LAYOUT, 1)
    return Speed(start + first, max(0.0, small - _SMALL * row), row / weights)


def _seconds(tensorflow: Any, device: str, batch: int) -> tuple[float, float]:
    """Seconds until everything is where it is computed, and of one step of so many rows from then on."""
    random = np.random.default_rng(0)
    with tensorflow.device(device):
        matrix = random.normal(size=(batch, len(_LAYOUT.quantities))).astype(np.float32)
        rest = np.zeros(batch, np.int32), np.ones(batch, np.float32), *np.zeros((2, matrix.shape[1]), np.float32)
        rows = tuple(map(tensorflow.convert_to_tensor, (matrix, *rest)))
        order = tensorflow.convert_to_tensor(np.tile(np.arange(batch, dtype=np.int32), (_STEPS, 1)))
        plan = tensorflow.convert_to_tensor(np.zeros((_STEPS, 3), np.float32))
        key = tensorflow.convert_to_tensor(np.array([0, 0, _STEPS], np.int32))
        state = tuple(tensorflow.convert_to_tensor(np.zeros(_LAYOUT.size, np.float32)) for _ in range(3))
        advance = descent(tensorflow, _LAYOUT, device).advance
        passed = []
        for _ in range(_TIMES):
            started = time.monotonic()
            advance(state, rows, order, plan, key)[0].numpy()
            passed.append(time.monotonic() - started)
    return passed[0] - min(passed), min(passed) / _STEPS
