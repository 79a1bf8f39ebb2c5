"""The wish to stop a statement, told from another thread."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Cancellation:
    """Carries `interrupt()` to whatever takes long and is not DuckDB's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stop: Callable[[], None] | None = None

    def request(self) -> None:
        """Stops what can be stopped now, if anything runs that can."""
        with self._lock:
            if self._stop is not None:
                self._stop()

    @contextmanager
    def by(self, stop: Callable[[], None]) -> Iterator[None]:
        """While the block runs, a request calls `stop`."""
        with self._lock:
            self._stop = stop
        try:
            yield
        finally:
            with self._lock:
                self._stop = None
