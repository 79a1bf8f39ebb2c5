"""How a training is followed: a line on a terminal that is gone when it ends, or a line of JSON for each phase."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from threading import Event, Thread
from time import monotonic

import click

import sqlml
from sqlml.diagnostics.span import reached

Listener = Callable[[sqlml.Progress], None]

# Seconds between two drawings of the line; what is over sooner is never drawn.
_EVERY = 0.2
# Goes to the start of the line and empties it.
_ERASE = "\r\x1b[K"


def follower(log: str) -> Listener | None:
    """What to do with progress where diagnostics are written in the format `log`; None where nobody would see it."""
    if log == "json":
        return Phases()
    return Line() if sys.stderr.isatty() else None


class Phases:
    """Writes an object to standard error whenever a training begins something else, and when it is over."""

    def __init__(self) -> None:
        self._phase = ""

    def __call__(self, progress: sqlml.Progress) -> None:
        phase = "" if progress.over else progress.phase
        if phase != self._phase:
            record = {"event": "progress"} | asdict(progress) | {"seconds": round(progress.seconds, 3)}
            click.echo(json.dumps(record, ensure_ascii=False), err=True)
        self._phase = phase


class Line:
    """Keeps a line on the terminal, drawn again as time goes by; before the training's results come, it is gone."""

    def __init__(self) -> None:
        self._now: tuple[sqlml.Progress, float] | None = None
        self._over = Event()
        self._drawer: Thread | None = None

    def __call__(self, progress: sqlml.Progress) -> None:
        if progress.over:
            self._end()
            return
        self._now = progress, monotonic()
        if self._drawer is None:
            self._over.clear()
            self._drawer = Thread(target=self._draw, daemon=True)
            self._drawer.start()

    def _draw(self) -> None:
        while not self._over.wait(_EVERY):
            if self._now:
                progress, told = self._now
                text = words(progress, progress.seconds + monotonic() - told)
                width = shutil.get_terminal_size().columns - 1
                click.echo(_ERASE + text[: reached(text, width)], nl=False, err=True, color=True)

    def _end(self) -> None:
        self._over.set()
        if self._drawer:
            self._drawer.join()
            self._drawer = None
            click.echo(_ERASE, nl=False, err=True, color=True)


def words(progress: sqlml.Progress, seconds: float) -> str:
    """One line for people: `churn: trying linear models 40% · 3 trials · best roc_auc 0.812 · 14 of 60 s`."""
    parts = [f"{progress.model}: {progress.phase}" + f" {progress.done:.0%}" * (progress.done > 0)]
    if progress.trials:
        parts.append(f"{progress.trials} trial{'s' * (progress.trials != 1)}")
    if progress.best is not None:
        parts.append(f"best {progress.metric} {progress.best:.4g}")
    return " · ".join([*parts, f"{seconds:.0f} of {progress.limit:g} s"])
