"""Time that a piece of work may take."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clock:
    """A limit of `seconds` that runs from `start`, a reading of `time.monotonic()`."""

    seconds: float
    start: float = field(default_factory=time.monotonic)

    @property
    def passed(self) -> float:
        return time.monotonic() - self.start

    @property
    def left(self) -> float:
        """Seconds left; negative when the limit is overrun."""
        return self.seconds - self.passed

    def part(self, seconds: float) -> "Clock":
        """A clock that starts now and ends after `seconds`, or with this one if that is earlier."""
        return Clock(max(0.0, min(seconds, self.left)))
