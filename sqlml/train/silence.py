"""Noticing that a process says nothing any more, where it should."""

import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self, TypeVar

from sqlml.train.wire import SILENCE

# Seconds between two looks.
_OFTEN = 0.5

Said = TypeVar("Said")


class Silence:
    """Inside the `with`, calls `broken` once when `until` has waited for longer than a living process is silent."""

    def __init__(self, broken: Callable[[], None]) -> None:
        self._broken = broken
        self._since: float | None = None
        self._over = Event()

    def until(self, said: Callable[[], Said]) -> Said:
        """What is `said`, which is waited for."""
        self._since = time.monotonic()
        try:
            return said()
        finally:
            self._since = None

    def _watch(self) -> None:
        while not self._over.wait(_OFTEN):
            since = self._since
            if since is not None and time.monotonic() - since > SILENCE:
                self._broken()
                return

    def __enter__(self) -> Self:
        Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._over.set()
