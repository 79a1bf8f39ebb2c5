"""Statements at work: so many at once, each stopped when its client leaves or its time is over."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event, Lock
from time import monotonic
from typing import Protocol, TypeVar

import sqlml
from sqlml.faults.problems import QueryCanceled, TimedOut
from sqlml.serve.limits import Limits
from sqlml.serve.problems import ServerStopping, TooBusy

Done = TypeVar("Done")

# Seconds between two looks at whether the client is still there.
_LOOK = 0.05


class Caller(Protocol):
    """The call that waits for a statement."""

    def is_cancelled(self) -> bool:
        """Whether its client no longer waits."""


class Run:
    """One statement on its way. It is stopped by interrupting the connection that it has, and no longer has after.

    `kind` is what it is, once that is known, and `seconds` what it may take.
    """

    def __init__(self, seconds: float) -> None:
        self.kind: str | None = None
        self.seconds = seconds
        self.stopped: Callable[[], Exception] | None = None
        self._lock = Lock()
        self._db: sqlml.Connection | None = None

    def on(self, db: sqlml.Connection | None) -> None:
        """Tells which connection the statement uses now.

        Raises:
            Whatever it was stopped for, where that was before it began.
        """
        with self._lock:
            self._db = db
            if db is not None and self.stopped is not None:
                raise self.stopped()

    def stop(self, reason: Callable[[], Exception]) -> None:
        """Interrupts the statement, which then ends for this reason. May be said again until it has ended."""
        with self._lock:
            self.stopped = self.stopped or reason
            if self._db is not None:
                self._db.interrupt()


class Runner:
    """Runs statements in threads of its own, while the calls that asked for them watch their clients.

    Only the thread of a call ever asks whether its client is there: the call may not be touched after its end.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.statements, thread_name_prefix="statement")
        self._lock = Lock()
        self._runs: set[Run] = set()
        self.is_stopping = False

    def begin(self) -> Run:
        """A statement that has yet to run."""
        return Run(self._limits.statement_seconds)

    def run(self, caller: Caller, work: Callable[[Run], Done], run: Run | None = None) -> Done:
        """Does `work`, and stops it when the caller leaves or its time is over.

        Raises:
            TooBusy, ServerStopping: it was not begun.
            QueryCanceled, TimedOut: it was stopped.
        """
        run = run or self.begin()
        with self._lock:
            if self.is_stopping:
                raise ServerStopping
            if len(self._runs) >= self._limits.statements + self._limits.waiting:
                raise TooBusy("statements", self._limits.statements + self._limits.waiting)
            self._runs.add(run)
        try:
            return self._waited(caller, run, self._pool.submit(work, run))
        finally:
            with self._lock:
                self._runs.discard(run)

    def running(self) -> int:
        """How many statements run or wait."""
        with self._lock:
            return len(self._runs)

    def stop(self, grace: float) -> None:
        """Begins nothing more, and stops what has not ended by itself within the grace."""
        with self._lock:
            self.is_stopping = True
        until = monotonic() + grace
        while True:
            with self._lock:
                runs = list(self._runs)
            if not runs:
                break
            for run in runs if monotonic() > until else ():
                run.stop(ServerStopping)
            Event().wait(_LOOK)
        self._pool.shutdown(wait=True)

    def _waited(self, caller: Caller, run: Run, future: "Future[Done]") -> Done:
        begun = monotonic()
        try:
            while not wait((future,), _LOOK).done:
                if caller.is_cancelled():
                    run.stop(QueryCanceled)
                elif monotonic() - begun > run.seconds:
                    run.stop(TimedOut)
                if run.stopped is not None:
                    run.stop(run.stopped)
                    future.cancel()
            return future.result()
        except Exception:
            # What was interrupted ends for the reason that it was interrupted for.
            if run.stopped is not None:
                raise run.stopped() from None
            raise
        finally:
            # An error holds the calls that it went through, and with them the connection: they must not hold it.
            del future
