"""Clocks that are parts of others, by a time that the tests set."""

from types import SimpleNamespace

import pytest

from sqlml.train import clock
from sqlml.train.clock import Clock


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the clocks read: `now`, in seconds."""
    found = SimpleNamespace(now=0.0)
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: found.now))
    return found


def at(now: float, seconds: float) -> Clock:
    return Clock(seconds, start=now)


def test_a_part_ends_with_the_whole_at_the_latest(time: SimpleNamespace) -> None:
    whole = at(0.0, 10.0)
    time.now = 4.0
    assert whole.part(3.0).left == 3.0
    assert whole.part(30.0).left == 6.0


def test_a_part_is_given_more_as_far_as_the_whole_has_it(time: SimpleNamespace) -> None:
    told: list[float] = []
    whole = at(0.0, 10.0)
    part = whole.part(3.0, planned=2.0).telling(told.append)
    time.now = 2.0
    more = part.more(2.0)
    assert (more.left, more.work) == (3.0, 2.0)
    assert part.more(20.0).left == 8.0
    more.tick(0.5)
    assert told == [0.5]


def test_what_is_no_part_is_given_nothing(time: SimpleNamespace) -> None:
    whole = at(0.0, 10.0)
    time.now = 4.0
    assert whole.more(2.0).left == 6.0
