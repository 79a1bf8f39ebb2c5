"""The course of a network's fit: how many passes over the rows, and how good its weights were on the way."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sqlml.faults.problems import NumbersDiverged
from sqlml.model.form import Floats
from sqlml.train import device
from sqlml.train.clock import Clock
from sqlml.train.fitted import Settings
from sqlml.train.learners.costs import PLAIN
from sqlml.train.learners.descent import MEMORY, SQUARES, Descent, descent
from sqlml.train.learners.start import Start
from sqlml.train.learners.weights import begun
from sqlml.train.stopping import halves
from sqlml.train.table import Table

# After how many passes, and the flat weights then.
_Step = tuple[int, NDArray[np.float32]]

# Where time is short, the same schedule in fewer passes; a few numbers only, so that a moment more changes nothing.
_PASSES = (256, 128, 64, 48, 32, 24, 16, 12, 8, 6, 4)
# Steps between two looks at the clock, and how many looks at the validation rows a descent is worth.
_STRIDE, _LOOKS = 64, 16
# Rows that units begin with, those that decide when to stop, and how many of these are looked at together.
_BEGUN, _JUDGED, _PIECE = 1_000, 50_000, 8_192
# How much of the time given may be planned for; steps that tell how long others take; and where as many passes as are
# wanted would take more than this share of the time, these steps are made.
_PLANNED, _TELLING, _SURE = 0.8, 16, 0.5


@dataclass(frozen=True, eq=False)
class Seen:
    """What was looked at: after how many passes, the flat weights then; and the losses (halves, steps) they had.

    `finished` tells that the clock let the descent end, of `passes` that were thought to be `work` seconds.
    """

    steps: tuple[_Step, ...]
    losses: Floats
    finished: bool
    passes: int
    work: float


@dataclass(frozen=True, eq=False)
class Course:
    """One descent, from weights to begin with to the best there were."""

    table: Table
    settings: Settings
    clock: Clock
    start: Start
    tensorflow: Any
    found: device.Found
    batch: int

    def seen(self) -> Seen:
        """A few looks, evenly spread, the last at the end: whatever is not finite is passed over.

        Raises:
            NumbersDiverged: nothing was finite.
        """
        halved, finished = halves(self.table.validation), True
        chosen = [self.table.sample(half, _JUDGED // len(halved)).astype(np.int32) for half in halved]
        found: list[_Step] = []
        losses: list[list[float]] = []
        with self.tensorflow.device(f"/{self.found.device}:0"):
            steps = descent(self.tensorflow, self.start.layout, f"/{self.found.device}:0")
            rows, flat = self._rows(), self._begun()
            passes, work = self._planned(steps, rows, flat)
            every = math.ceil(passes / _LOOKS)
            for number, weights, finished in self._descent(steps, rows, flat, passes):
                if finished and number % every and number < passes:
                    continue
                flat = weights.numpy()
                if np.isfinite(flat).all():
                    # Only the last is of use where there is nothing to choose it by.
                    found = [*(found if chosen else []), (number, flat)]
                    losses.append([self._judged(steps, weights, rows, half) for half in chosen])
        if not found:
            raise NumbersDiverged
        device.computed(self.found)
        return Seen(tuple(found), np.array(losses).T * self.start.moved[1] ** 2, finished, passes, work)

    def _planned(self, steps: Descent, rows: Any, flat: NDArray[np.float32]) -> tuple[int, float]:
        """How many passes are made here, of at most those asked for, and the seconds that they are thought to take."""
        speed, most = PLAIN[self.found.device], int(self.settings["epochs"])
        # All fits that go on at once share the GPU, of cores each has its own; where trials are counted, nothing may
        # depend on how many go on at once.
        sharing = self.table.beside if self.found.device == "GPU" and not self.clock.counted else 1
        once = sharing * speed.passing(self.start.layout, len(self.table.fit))
        if not len(self.table.validation):
            return most, most * once + speed.writing
        affordable = (_PLANNED * self.clock.work - speed.writing) / once
        # What is thought holds for a plain machine that does nothing else: where time is short, it is tried.
        if not self.clock.counted and affordable * _SURE < most:
            affordable = _PLANNED * self.clock.left / self._pass_seconds(steps, rows, flat)
        passes = next((some for some in _PASSES if some <= min(affordable, most)), min(most, _PASSES[-1]))
        return passes, passes * once + speed.writing

    def _pass_seconds(self, steps: Descent, rows: Any, flat: NDArray[np.float32]) -> float:
        """Seconds of a pass here, by some of its steps, which change nothing: the very first may take long to begin."""
        tensor, zeros = self.tensorflow.convert_to_tensor, np.zeros_like(flat)
        each = max(1, len(self.table.fit) // self.batch)
        some = np.random.default_rng(0).choice(self.table.fit, (_STRIDE, self.batch)).astype(np.int32)
        order, plan = tensor(some), tensor(np.zeros((_STRIDE, 3), np.float32))
        state, count, began = tuple(map(tensor, (flat, zeros, zeros))), min(_TELLING, each), 0.0
        for steps_made in (1, count):
            began = time.monotonic()
            steps.advance(state, rows, order, plan, tensor(np.array([0, 0, steps_made], np.int32)))[0].numpy()
        return each * (time.monotonic() - began) / count

    def _begun(self) -> NDArray[np.float32]:
        sample = self.table.matrix[self.table.sample(self.table.fit, _BEGUN)]
        random = np.random.default_rng(self.table.seed)
        return begun(self.start.layout, self.start.centre, self.start.scale, np.asarray(sample), random).astype(
            np.float32
        )

    def _rows(self) -> tuple[Any, ...]:
        """All rows, for the descent; the matrix is shared with the fits beside this one."""
        tensor = self.tensorflow.convert_to_tensor
        key = f"network {self.found.device}"
        matrix = self.table.memo.get(key)
        if matrix is None:
            matrix = self.table.memo.setdefault(key, tensor(np.asarray(self.table.matrix, np.float32)))
        begin = self.start
        rest = (begin.label, begin.weight, begin.centre.astype(np.float32), begin.scale.astype(np.float32))
        return (matrix, *map(tensor, rest))

    def _descent(
        self, steps: Descent, rows: Any, flat: NDArray[np.float32], passes: int
    ) -> Iterator[tuple[int, Any, bool]]:
        """The weights after each pass, with its number; the last with false where the clock ended it."""
        tensor = self.tensorflow.convert_to_tensor
        fit, random = self.table.fit.astype(np.int32), np.random.default_rng([self.table.seed, 1])
        batch, each = self.batch, len(fit) // self.batch
        # Every part has as many rows, or a GPU would have the computations written once more.
        plan = np.pad(_plan(self.settings, passes * each), ((0, _STRIDE), (0, 0)))
        state = (tensor(flat), *(tensor(np.zeros_like(flat)) for _ in range(2)))
        for number in range(1, passes + 1):
            order = random.permutation(fit)[: each * batch].reshape(each, batch)
            order = np.pad(order, ((0, -each % _STRIDE), (0, 0)))
            for start in range(0, each, _STRIDE):
                if self.clock.left <= 0:
                    yield number, state[0], False
                    return
                at = (number - 1) * each + start
                part = tensor(order[start : start + _STRIDE]), tensor(plan[at : at + _STRIDE])
                key = np.array([self.table.seed % 2**31, at, min(_STRIDE, each - start)], np.int32)
                state = steps.advance(state, rows, *part, tensor(key))
            self.clock.tick(number / passes)
            yield number, state[0], True

    def _judged(self, steps: Descent, weights: Any, rows: Any, chosen: NDArray[np.int32]) -> float:
        tensor = self.tensorflow.convert_to_tensor
        pieces = np.array_split(chosen, len(chosen) // _PIECE + 1)
        return sum(float(steps.judge(weights, rows, tensor(piece))) for piece in pieces)


def _plan(settings: Settings, count: int) -> NDArray[np.float32]:
    """Of each step: its rate, with what the optimiser's memories lack at first, its decay, and its dropout."""
    share = np.arange(count) / max(1, count)
    waves = (1.0 - np.cos(2.0 * np.pi * np.log2(1.0 + 15.0 * share))) / 2.0
    fading = np.where(share < 0.5, 1.0, (1.0 + np.cos(np.pi * (2.0 * share - 1.0))) / 2.0)
    done = np.arange(1, count + 1)
    lacking = np.sqrt(1.0 - SQUARES**done) / (1.0 - MEMORY**done)
    columns = settings["rate"] * waves * lacking, settings["decay"] * fading / lacking, settings["dropout"] * fading
    return np.stack(columns, axis=1).astype(np.float32)
