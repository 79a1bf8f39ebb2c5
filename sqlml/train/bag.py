"""One trial: the same settings fitted on every split, side by side, judged by rows that no fit has seen."""

import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sqlml.faults.problems import NumbersDiverged
from sqlml.model.form import Floats
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learner import Learner
from sqlml.train.stopping import End, Ended, ended, ends
from sqlml.train.table import Table

# With the first fits this much worse than the best trial's, the others are not worth time that is needed elsewhere.
_HOPELESS = 1.15


@dataclass(frozen=True, eq=False)
class Bag:
    """The fits of one trial: `scores` (judged rows, outputs) float64 of the rows that each did not see.

    `losses` are those of each fit, `loss` is their mean, `seconds` what one fit took on one core,
    with what it took to judge it. `factor` is what predictions by logarithms were multiplied by.
    """

    learner: Learner
    settings: Settings
    fits: tuple[Fitted, ...]
    scores: Floats
    losses: tuple[float, ...]
    seconds: float
    factor: float = 1.0

    @cached_property
    def loss(self) -> float:
        return float(np.mean(self.losses))

    @property
    def finished(self) -> bool:
        return all(fitted.finished for fitted in self.fits)

    @property
    def pace(self) -> float:
        """Seconds that a fit took for each that it was thought to take; 0 where nothing was thought."""
        thought = float(np.mean([fitted.work for fitted in self.fits]))
        return self.seconds / thought if thought else 0.0

    def again(self, rows: int) -> float:
        """Seconds of one core for a fit to so many rows that only makes what was kept."""
        return self.seconds * float(np.mean([fitted.kept for fitted in self.fits])) * self.fits[0].times(rows)

    @property
    def cost(self) -> float:
        """Microseconds of one core to score a row with one fit of all rows."""
        return float(np.mean([fitted.cost for fitted in self.fits]))


def bag(
    learner: Learner, settings: Settings, tables: Sequence[Table], clock: Clock, rival: Bag | None = None
) -> Bag | float:
    """Fits `settings` to each table, or only to the first ones, where these lose too much beside a `rival`.

    Then it is how many times as much as the rival's that is returned.

    Raises:
        Exception: whatever the learner raises.
    """
    threads = max(1, tables[0].threads)
    side_by_side = min(threads, len(tables))
    turns = math.ceil(len(tables) / side_by_side)
    spare = [replace(table, threads=max(1, threads // side_by_side), beside=side_by_side) for table in tables]
    limit, planned = clock.left / turns, clock.work / turns
    clocks = clock.shares(len(tables))

    def fit(table: Table, share: Clock) -> tuple[Fitted, float]:
        own = share.part(limit, planned)
        fitted = learner.fit(table, settings, own)
        own.tick(1.0)
        return fitted, own.passed

    def judge(fitted: Fitted, end: End, table: Table) -> tuple[Ended, float]:
        began = time.monotonic()
        return _sound(ended(fitted, end, table)), time.monotonic() - began

    with ThreadPoolExecutor(side_by_side) as pool:
        done = list(pool.map(fit, spare[:side_by_side], clocks))
        if rival and len(done) < len(spare):
            first = [fitted for fitted, _ in done]
            times = _times([one.loss for one, _ in pool.map(judge, first, ends(first), tables)], rival.losses)
            if times > _HOPELESS:
                return times
        done += pool.map(fit, spare[side_by_side:], clocks[side_by_side:])
        fits = [fitted for fitted, _ in done]
        judged = list(pool.map(judge, fits, ends(fits), tables))
    return Bag(
        learner,
        settings,
        fits=tuple(one.fitted for one, _ in judged),
        scores=np.concatenate([one.scores for one, _ in judged]),
        losses=tuple(one.loss for one, _ in judged),
        seconds=float(np.mean([seconds for _, seconds in done]) + np.mean([seconds for _, seconds in judged])),
    )


def _times(losses: Sequence[float], rivals: Sequence[float]) -> float:
    """The losses of some fits as a multiple of those of a rival's on the same rows."""
    theirs = sum(rivals[: len(losses)])
    return sum(losses) / theirs if theirs > 0 else 1.0


def _sound(one: Ended) -> Ended:
    if not math.isfinite(one.loss):
        raise NumbersDiverged
    return one
