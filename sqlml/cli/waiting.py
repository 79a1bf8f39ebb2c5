"""Waiting for what another process holds, without keeping the machine busy."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import sqlml
from sqlml.cli.problems import DatabaseHeld, JobRunning, LockAwaited
from sqlml.diagnostics import Problem

Held = (DatabaseHeld, JobRunning)

# Seconds between two tries: few at first, as most locks are short.
_FIRST, _LONGEST, _GROWTH = 0.05, 2.0, 1.5

# Bytes that every database has once it is made, and seconds in which that is done.
_HEADER, _YOUNG = 3 * 4096, 10.0

_HELD = re.compile(r'Could not set lock on file "(.+?)"(?:.*?\(PID (\d+)\))?', re.DOTALL)

Result = TypeVar("Result")


class Patience:
    """The seconds that a job waits in all, and whoever is told of it, once."""

    def __init__(self, seconds: float, on_notice: Callable[[Problem], None]) -> None:
        self._seconds = self._left = seconds
        self._on_notice = on_notice
        self._is_told = False

    def until(self, attempt: Callable[[], Result]) -> Result:
        """What `attempt` comes to, tried again and again while another process holds what it needs.

        Raises:
            DatabaseHeld, JobRunning: it is held still.
        """
        pause = _FIRST
        while True:
            try:
                return attempt()
            except Held as held:
                if self._left <= 0:
                    raise
                self._tell(held)
            pause = min(pause, self._left)
            time.sleep(pause)
            self._left -= pause
            pause = min(pause * _GROWTH, _LONGEST)

    def _tell(self, held: Problem) -> None:
        if not self._is_told:
            self._on_notice(LockAwaited(held, self._seconds))
            self._is_told = True


def is_held(error: sqlml.Error) -> DatabaseHeld | None:
    """The problem where DuckDB refuses a database that another process holds."""
    found = _HELD.search(str(error)) if isinstance(error, sqlml.OperationalError) else None
    return DatabaseHeld(found[1], found[2]) if found else None


def opened(database: str) -> sqlml.Connection:
    """The database, opened for writing.

    Raises:
        DatabaseHeld: another process has it.
        sqlml.Error: DuckDB cannot open it.
    """
    try:
        return sqlml.connect(database)
    except sqlml.Error as refusal:
        if "not a valid DuckDB database file" in str(refusal) and _is_being_made(Path(database)):
            raise DatabaseHeld(database, None) from None
        raise is_held(refusal) or refusal from None


def _is_being_made(file: Path) -> bool:
    """Whether another process seems to be making the database just now: its file is there, and has no header yet."""
    with suppress(OSError):
        made = file.stat()
        return made.st_size < _HEADER and abs(time.time() - made.st_mtime) < _YOUNG
    return False
