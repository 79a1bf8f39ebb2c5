"""Connections of a session: on each, one statement runs at a time and one result can be read at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock

import sqlml
from sqlml.quote import literal
from sqlml.serve.problems import HandleUnknown, ResultSuperseded
from sqlml.serve.results import Result
from sqlml.serve.running import Run

# Seconds between two looks at whether a statement that waits for a connection is still wanted.
_LOOK = 0.05


class Lane:
    """One connection. With `passing`, it serves one statement and is closed when that and its rows are done."""

    def __init__(self, db: sqlml.Connection, *, passing: bool) -> None:
        self._db = db
        self._passing = passing
        self._lock = Lock()
        self._result: Result | None = None
        self._settings: Mapping[str, str] = {}
        self._is_reading = self._is_closed = False

    @contextmanager
    def taken(self, run: Run, settings: Mapping[str, str], *, reading: bool) -> Iterator[sqlml.Connection]:
        """The connection with these settings, for one statement. Where `reading`, it cannot write, whatever it says.

        A result that is still read from it ends.
        """
        while not self._lock.acquire(timeout=_LOOK):
            if run.stopped is not None:
                raise run.stopped()
        try:
            if self._is_closed:
                raise HandleUnknown("transaction")
            self._supersede()
            run.on(self._db)
            self._set(settings)
            if reading:
                self._db.execute("BEGIN TRANSACTION READ ONLY")
                self._is_reading = True
            yield self._db
        finally:
            # Nothing of the client's stops what tidies up.
            run.on(None)
            if self._result is None:
                self._settle()
            self._lock.release()

    @property
    def is_read(self) -> bool:
        """Whether a result is being read from the connection."""
        return self._result is not None

    def keep(self, result: Result) -> None:
        """Tells of the result that is now read from the connection."""
        self._result = result

    def ended(self) -> None:
        """Tells that nothing is read from the connection any more."""
        self._result = None
        self._settle()

    def close(self) -> None:
        """Ends what is read from the connection, and closes it: what was not committed is undone."""
        with self._lock:
            self._supersede()
            self._is_closed = True
            self._db.close()

    def _supersede(self) -> None:
        if self._result is not None:
            self._result.end(ResultSuperseded())

    def _set(self, settings: Mapping[str, str]) -> None:
        for name, value in settings.items():
            if self._settings.get(name) != value:
                self._db.execute(f"SET {name} = {literal(value)}" if value else f"RESET {name}")
        self._settings = dict(settings)

    def _settle(self) -> None:
        """Puts the connection back into the state in which the next statement finds it."""
        if self._passing:
            self._is_closed = True
            self._db.close()
        elif self._is_reading:
            with suppress(sqlml.Error):
                self._db.execute("ROLLBACK")
        self._is_reading = False
