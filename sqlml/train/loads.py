"""Learners that take seconds to load do so while others are tried already."""

import sys
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from sqlml.train.learner import Learner

# Seconds after which a thread that loads lets another go on: the rounds of a quick fit take no longer.
_SWITCH = 5e-4
# What is not loaded yet takes at least so many seconds.
_SOON = 0.1


class Loads:
    """What is loaded beside the trials: each of the learners that takes time for that, once."""

    def __init__(self, learners: Iterable[Learner]) -> None:
        slow = {learner.name: learner for learner in learners if learner.loading}
        self._began = time.monotonic()
        self._loading: dict[str, Future[None]] = {}
        if slow:
            sys.setswitchinterval(_SWITCH)
            pool = ThreadPoolExecutor(len(slow))
            self._loading = {name: pool.submit(learner.load) for name, learner in slow.items()}

    def left(self, learner: Learner) -> float:
        """About how many seconds pass before the learner can fit; 0 if none do."""
        loading = self._loading.get(learner.name)
        if loading is None or loading.done():
            return 0.0
        return max(_SOON, learner.loading - (time.monotonic() - self._began))

    def wait(self, learner: Learner) -> None:
        """Returns when the learner can fit.

        Raises:
            Exception: whatever kept it from being loaded.
        """
        loading = self._loading.get(learner.name)
        if loading:
            loading.result()
        else:
            learner.load()
