"""What every benchmark says of its machine and its figures: medians of interleaved runs, with their spread."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version

Work = Callable[[], object]


def machine(*libraries: str) -> str:
    """The cores this process may use, how busy they are, and the versions of what runs."""
    cores = len(os.sched_getaffinity(0))
    versions = ", ".join(f"{library} {version(library)}" for library in ("sqlml", "duckdb", *libraries))
    busy = os.getloadavg()[0]
    return f"{cores} cores ({platform.machine()}), load {busy:.1f}, Python {platform.python_version()}, {versions}"


def seconds(work: Work) -> float:
    """How long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def interleaved(times: int, *works: Work) -> list[list[float]]:
    """Seconds of each work, run in turn so that a busy machine slows all; who begins changes with every turn."""
    took: list[list[float]] = [[] for _ in works]
    for turn in range(-1, times):
        for place in range(turn, turn + len(works)):
            which = place % len(works)
            passed = seconds(works[which])
            if turn >= 0:  # The turn before the first warms up.
                took[which].append(passed)
    return took


def spread(values: Sequence[float], unit: str = "s", scale: float = 1.0, signed: bool = False) -> str:
    """The median, and in brackets the tenth and the ninetieth percentile; the extremes of fewer than ten values."""
    ordered = sorted(value * scale for value in values)
    low, high = ordered[0], ordered[-1]
    if len(ordered) >= 10:
        tenths = statistics.quantiles(ordered, n=10)
        low, high = tenths[0], tenths[-1]
    form = "+.4g" if signed else ".4g"
    return f"{statistics.median(ordered):{form}} {unit} ({low:{form}} … {high:{form}})"


def added(plain: Sequence[float], ours: Sequence[float], unit: str = "s", scale: float = 1.0) -> str:
    """What the second of each pair took beyond the first, in units and in percent."""
    pairs = list(zip(plain, ours, strict=True))
    more = spread([b - a for a, b in pairs], unit, scale, signed=True)
    return f"{more}, {spread([100 * (b / a - 1) for a, b in pairs], '%', signed=True)}"
