"""Time that a piece of work may take."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clock:
    """A limit of `seconds` that runs from `start`, a reading of `time.monotonic()`.

    `planned` are the seconds of a plain machine to plan work for, where they are not simply those of the limit.
    """

    seconds: float
    start: float = field(default_factory=time.monotonic)
    planned: float | None = None

    @property
    def passed(self) -> float:
        return time.monotonic() - self.start

    @property
    def left(self) -> float:
        """Seconds left; negative when the limit is overrun."""
        return self.seconds - self.passed

    @property
    def work(self) -> float:
        """How much work to plan for, in seconds of a plain machine."""
        return self.seconds if self.planned is None else self.planned

    def part(self, seconds: float, planned: float | None = None) -> "Clock":
        """A clock that starts now and ends after `seconds`, or with this one if that is earlier."""
        return Clock(max(0.0, min(seconds, self.left)), planned=planned)
