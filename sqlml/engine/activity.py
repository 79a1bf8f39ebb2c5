"""What runs now: a row a statement in `sqlml.running`, for every connection to the same database in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from time import perf_counter
from typing import Any

from sqlml.engine.client import Client
from sqlml.engine.operators.answer import typed
from sqlml.engine.progress import Progress

# Longer texts are cut, as in `sqlml.diagnostics`.
_LONGEST = 4_000
# The columns with their types; times are UTC.
_COLUMNS = {
    "user": "VARCHAR",
    "session": "VARCHAR",
    "job": "INTEGER",
    "statement": "VARCHAR",
    "model": "VARCHAR",
    "started_at": "TIMESTAMP",
    "seconds": "DOUBLE",
    "phase": "VARCHAR",
    "progress": "DOUBLE",
    "rows": "BIGINT",
    "trials": "INTEGER",
    "metric": "VARCHAR",
    "best": "DOUBLE",
    "baseline": "DOUBLE",
    "threads": "INTEGER",
    "device": "VARCHAR",
}


class Activity:
    """One statement that runs, on behalf of a client if it is a server's, as a job if it is one."""

    def __init__(self, statement: str, client: Client | None, job: int | None) -> None:
        self._statement, self._client, self._job = statement[:_LONGEST], client, job
        self._started_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        self._begun = perf_counter()
        self._phase: str | None = None
        self.is_outlasting = False
        self._training: Progress | None = None

    def hear(self, progress: Progress) -> None:
        """Takes note of how a training goes."""
        self._training = None if progress.over else progress

    def outlasts(self, phase: str) -> None:
        """Takes note of what it does from now on, and that it goes on when the call that began it is over."""
        self._phase, self.is_outlasting = phase, True

    def row(self) -> tuple[Any, ...]:
        """What is known of it, in the order of the columns."""
        client, training = self._client, self._training
        who = (client.user, client.session) if client else (None, None)
        since = (self._started_at, round(perf_counter() - self._begun, 3))
        if training is None:
            return (*who, self._job, self._statement, None, *since, self._phase, *[None] * 8)
        found = (training.metric, training.best, training.baseline)
        learns = (training.threads or None, training.device or None)
        how = (training.phase, training.done, training.rows or None, training.trials, *found, *learns)
        return (*who, self._job, self._statement, training.model, *since, *how)


# The statement that this thread is about; what runs for its sake is part of it.
_CURRENT: ContextVar[Activity | None] = ContextVar("activity", default=None)


class Activities:
    """The statements that run on one database."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: list[Activity] = []

    @contextmanager
    def doing(self, statement: str, client: Client | None = None, job: int | None = None) -> Iterator[Activity]:
        """Inside, a statement runs, and what it runs itself is no other one."""
        if current := _CURRENT.get():
            yield current
            return
        activity = Activity(statement, client, job)
        with self._lock:
            self._running.append(activity)
        before = _CURRENT.set(activity)
        try:
            yield activity
        finally:
            _CURRENT.reset(before)
            if not activity.is_outlasting:
                self.end(activity)

    def outlasting(self, phase: str) -> Activity | None:
        """The statement that runs in this thread, which goes on until its `end` is told."""
        if current := _CURRENT.get():
            current.outlasts(phase)
        return current

    def end(self, activity: Activity | None) -> None:
        """Says that something no longer runs."""
        with self._lock:
            self._running = [one for one in self._running if one is not activity]

    def sql(self) -> str:
        """A table of what runs now, without the statement that asks."""
        with self._lock:
            others = [activity for activity in self._running if activity is not _CURRENT.get()]
        return typed([one.row() for one in others], _COLUMNS)
