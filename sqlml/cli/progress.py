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
from sqlml.cli.script import is_dumb
from sqlml.diagnostics.span import reached, width

Listener = Callable[[sqlml.Progress], None]

# Seconds between two drawings of the line; what is over sooner is never drawn.
_EVERY = 0.2
# Goes to the start of the line and empties it.
_ERASE = "\r\x1b[K"


def follower(log: str, keys: str = "") -> Listener | None:
    """What to do with progress where diagnostics are written in the format `log`; None where nobody would see it.

    `keys` says what keys do while a model is trained; it is written once there is something for them to do.
    """
    if log == "json":
        return Phases()
    if not sys.stderr.isatty():
        return None
    return Steps() if is_dumb() else Line(keys)


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


class Steps:
    """Writes a line whenever a training begins something else, on a terminal that cannot take a line back."""

    def __init__(self) -> None:
        self._phase = ""

    def __call__(self, progress: sqlml.Progress) -> None:
        if progress.phase != self._phase and not progress.over:
            click.echo(words(progress, progress.seconds), err=True)
        self._phase = "" if progress.over else progress.phase


class Line:
    """Keeps a line on the terminal, drawn again as time goes by; before the training's results come, it is gone."""

    def __init__(self, keys: str = "") -> None:
        self._keys = keys
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
        keys = self._keys
        while not self._over.wait(_EVERY):
            if self._now:
                if keys and self._now[0].best is not None:
                    click.echo(f"{_ERASE}{keys}", err=True, color=True)
                    keys = ""
                progress, told = self._now
                room = shutil.get_terminal_size().columns - 1
                text = words(progress, progress.seconds + monotonic() - told, room)
                click.echo(_ERASE + text, nl=False, err=True, color=True)

    def _end(self) -> None:
        self._over.set()
        if self._drawer:
            self._drawer.join()
            self._drawer = None
            click.echo(_ERASE, nl=False, err=True, color=True)


def words(progress: sqlml.Progress, seconds: float, room: int = sys.maxsize) -> str:
    """One line for people: `churn: trying linear models 40% · 900 rows · 3 trials · best roc_auc 0.812 · 14 of 60 s`.

    Where there is no room for all of it, what matters least is left out.
    """
    best, known = progress.best, progress.baseline
    # Each with how much it matters, beginning with what matters most.
    parts = [
        (0, f"{progress.model}: {progress.phase}" + f" {progress.done:.0%}" * (progress.done > 0)),
        (5, f"{progress.rows:,} rows" * (progress.rows > 0)),
        (4, f"{progress.trials} trial{'s' * (progress.trials != 1)}" * (progress.trials > 0)),
        (1, "" if best is None else f"best {progress.metric} {best:.4g}"),
        (3, "" if known is None or best is None else f"{known:.4g} without a model"),
        (2, f"{seconds:.0f} of {progress.limit:g} s"),
        (6, f"{progress.threads} thread{'s' * (progress.threads != 1)}, {progress.device}" * (progress.threads > 0)),
    ]
    line = ""
    for least in range(len(parts), -1, -1):
        line = " · ".join(part for place, part in parts if part and place <= least)
        if width(line) <= room:
            break
    return line[: reached(line, room)]
