"""What a machine may have that this one has not."""

import time
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlml.train import device, job
from sqlml.train.learners import course


def gpu(says: str) -> None:
    """A GPU that is shown, seems to work, and `says` why it cannot go on as soon as something is computed on it."""
    device._NODE = Path("/dev/null")
    device._configure = lambda *_, **__: None
    device._tried = lambda _: device.Found("GPU", "there is one that works")
    device.payoff = lambda: 0
    seen = course.Course.seen

    def failing(run: Any) -> Any:
        if run.found.device == "GPU":
            raise RuntimeError(says)
        return seen(run)

    course.Course.seen = failing


def clock(_: str) -> None:
    """A clock on the wall that is set a day ahead or back every time somebody looks."""
    whole, days = time.time, cycle((86_400.0, -86_400.0))
    time.time = lambda: whole() + next(days)


def haste(_: str) -> None:
    """Models usually score much faster than any here."""
    job._SCORING["balanced"] = 0.01


def broken_gpu(_: str) -> None:
    """A GPU that is shown, would pay, and turns out not to work."""
    device._NODE, device._PAYS = Path("/dev/null"), 0
    device._configure = lambda *_, **__: None
    device._tried = lambda _: device.Found("CPU", "the GPU computes wrong numbers")
