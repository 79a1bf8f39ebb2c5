"""The memory that training may take: watched, so that it ends with figures before the machine ends it without."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

# Seconds between two looks. In that time a process cannot take much: each page that it touches costs some.
_OFTEN = 0.02
_STATM = Path("/proc/self/statm")


def taken() -> int:
    """Bytes that only this process holds; files that it reads do not count, as they go when others need the memory."""
    try:
        _, resident, shared, *_ = map(int, _STATM.read_text().split())
    except (OSError, ValueError):
        return 0
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


class Ceiling:
    """Calls `over`, with the bytes taken, from a thread of its own as soon as the process takes more than `most`."""

    def __init__(self, over: Callable[[int, int], None]) -> None:
        self.most: int | None = None
        self._over = over
        Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(_OFTEN)
            most, now = self.most, taken()
            if most is not None and now > most:
                self._over(now, most)
