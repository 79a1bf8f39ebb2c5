"""Time that a piece of work may take, and how far the work is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event


@dataclass(frozen=True)
class Clock:
    """A limit of `seconds` that runs from `start`, a reading of `time.monotonic()`, or until `enough` is set.

    `planned` are the seconds of a plain machine to plan work for, where they are not simply those of the limit. `told`
    is called with how far the work is, from 0 to 1, by whichever thread does it. Where trials are `counted`, nothing
    may depend on how long anything takes, unless the clock ends it. `whole` is the clock that this one is a part of.
    """

    seconds: float
    start: float = field(default_factory=time.monotonic)
    planned: float | None = None
    counted: bool = False
    enough: Event = field(default_factory=Event, compare=False)
    told: Callable[[float], None] | None = field(default=None, compare=False)
    whole: "Clock | None" = field(default=None, compare=False)

    @property
    def passed(self) -> float:
        return time.monotonic() - self.start

    @property
    def left(self) -> float:
        """Seconds left; negative when the limit is overrun."""
        left = self.seconds - self.passed
        return min(0.0, left) if self.enough.is_set() else left

    @property
    def work(self) -> float:
        """How much work to plan for, in seconds of a plain machine."""
        return self.seconds if self.planned is None else self.planned

    def part(self, seconds: float, planned: float | None = None) -> "Clock":
        """A clock that starts now and ends after `seconds`, or with this one if that is earlier."""
        limit = max(0.0, min(seconds, self.left))
        return replace(self, seconds=limit, start=time.monotonic(), planned=planned, whole=self)

    def more(self, seconds: float) -> "Clock":
        """The same clock with so many seconds more, as far as the whole has them: what took these is of use to all."""
        return replace(self.whole.part(self.left + seconds, self.planned), told=self.told) if self.whole else self

    def telling(self, told: Callable[[float], None]) -> "Clock":
        """The same clock, whose work tells another how far it is."""
        return replace(self, told=told)

    def shares(self, count: int) -> "list[Clock]":
        """The same clock for each of several pieces of work, of which each is as large a part of the whole."""
        done = [0.0] * count

        def tell(place: int, share: float) -> None:
            done[place] = share
            self.tick(sum(done) / count)

        return [self.telling(partial(tell, place)) for place in range(count)]

    def tick(self, done: float) -> None:
        """Says how far the work is, from 0 to 1."""
        if self.told:
            self.told(done)
