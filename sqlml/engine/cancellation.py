"""The wish to stop a statement, or to have it finish with what it has, told from another thread."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Cancellation:
    """Carries `interrupt()` and `finish()` to whatever takes long and is not DuckDB's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stop: Callable[[], None] | None = None
        self._finish: Callable[[], None] | None = None

    def request(self) -> None:
        """Stops what can be stopped now, if anything runs that can."""
        with self._lock:
            if self._stop is not None:
                self._stop()

    def finish(self) -> None:
        """Has what runs now finish early, if it can."""
        with self._lock:
            if self._finish is not None:
                self._finish()

    @contextmanager
    def by(self, stop: Callable[[], None], finish: Callable[[], None]) -> Iterator[None]:
        """While the block runs, a request calls `stop`, and one to finish early calls `finish`."""
        with self._lock:
            self._stop, self._finish = stop, finish
        try:
            yield
        finally:
            with self._lock:
                self._stop = self._finish = None
