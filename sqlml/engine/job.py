"""One training in the background: its statement, the connection that it runs on, and what comes of it."""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from threading import Event, Lock, Thread, Timer
from typing import TYPE_CHECKING, Any

from sqlml.diagnostics import Diagnostic, Problem
from sqlml.engine import job_rows
from sqlml.engine.database import Host, Parameters, Refused, cursor_of
from sqlml.engine.errors import Diagnosed, error
from sqlml.engine.job_rows import Facts, State
from sqlml.engine.progress import Progress
from sqlml.engine.worded import problem_of
from sqlml.faults.problems import InternalError, QueryCanceled, TimedOut

if TYPE_CHECKING:
    from sqlml.engine.connection import Connection

# Seconds between two tries to stop it: what was just about to begin did not hear the last one.
_AGAIN = 0.05
# The columns of SHOW JOBS, with their types.
COLUMNS = {
    "job": "INTEGER",
    "model": "VARCHAR",
    "version": "INTEGER",
    "state": "VARCHAR",
    "user": "VARCHAR",
    "queued_at": "TIMESTAMP",
    "started_at": "TIMESTAMP",
    "ended_at": "TIMESTAMP",
    "phase": "VARCHAR",
    "progress": "DOUBLE",
    "message": "VARCHAR",
    "condition": "VARCHAR",
    "reference": "VARCHAR",
    "notices": "VARCHAR[]",
    "statement": "VARCHAR",
}


class Job:
    """A statement that waits for its turn on `db`, a connection of its own beside its `root`; `place` is its model's.

    `over` is set when it has ended and what came of it is written down; `failure` is why it failed, if it did, and
    `told` what else was said.
    """

    def __init__(
        self, facts: Facts, place: tuple[str, str, str], db: "Connection", root: "Connection", parameters: Parameters
    ) -> None:
        self.facts, self.place, self.root = facts, place, root
        self.over = Event()
        self.failure: Diagnosed | None = None
        self.told: Sequence[Diagnostic] = ()
        self._db, self._parameters = db, parameters
        self._lock = Lock()
        self._progress: Progress | None = None
        self._stopped: Callable[[], Problem] | None = None
        db.job = facts.job
        db.on_progress = self._hear

    def row(self) -> tuple[Any, ...]:
        """What is known of it now, in the order of SHOW JOBS."""
        progress = None if self.facts.is_over else self._progress
        return row(self.facts, progress)

    def run(self) -> None:
        """Runs it, unless it was stopped before."""
        with self._lock:
            if self.facts.is_over:
                return
            self._note(state=State.RUNNING, started_at=job_rows.now())
        client = self._db.client
        clock = Timer(client.seconds, self.stop, [TimedOut]) if client else None
        if clock:
            clock.daemon = True
            clock.start()
        outcome = self._outcome()
        if clock:
            clock.cancel()
        self._end(outcome)

    def stop(self, reason: Callable[[], Problem] = QueryCanceled) -> None:
        """Ends it without a model, if it is not over; returns at once."""
        with self._lock:
            if self.facts.is_over:
                return
            self._stopped = self._stopped or reason
            is_waiting = self.facts.state is State.QUEUED
            if is_waiting:
                self._note(state=State.CANCELLED)
        if is_waiting:
            self._end(self._failed(error(QueryCanceled(), None)))
        else:
            Thread(target=self._insist, name="job stopping", daemon=True).start()

    def _insist(self) -> None:
        # It may be closed by now, and need no stopping.
        with suppress(Refused):
            while not self.over.wait(_AGAIN):
                self._db.interrupt()

    def _hear(self, progress: Progress) -> None:
        self._progress = progress

    def _outcome(self) -> dict[str, Any]:
        """Runs the statement; what is to be said of its end."""
        text = self.facts.statement
        try:
            found = self._db.execute(text, self._parameters).fetchall()
            names = [column[0] for column in self._db.description]
        except Diagnosed as failure:
            return self._failed(failure)
        except Refused as refusal:
            return self._failed(error(problem_of(refusal, text), text))
        except Exception as cause:
            return self._failed(error(InternalError.caused(cause), text))
        made = _made(dict(zip(names, found[0], strict=True))) if found else {}
        return {"state": State.DONE} | made

    def _failed(self, failure: Diagnosed) -> dict[str, Any]:
        if self._stopped:
            # It ends for the reason that it was stopped for; the record has it by the reference of its end.
            reason = self._stopped()
            reason.reference = failure.diagnostic.reference
            failure = error(reason, None)
        why = failure.diagnostic
        is_cancelled = self._stopped is not None and why.condition != TimedOut.condition()
        self.failure = None if is_cancelled else failure
        return {
            "state": State.CANCELLED if is_cancelled else State.FAILED,
            "message": why.message,
            "condition": why.condition,
            "reference": why.reference,
        }

    def _end(self, outcome: dict[str, Any]) -> None:
        self.told = tuple(self._db.notices)
        self._note(**outcome, notices=tuple(notice.message for notice in self.told), ended_at=job_rows.now())
        if self.root.instance.jobs.on_end:
            self.root.instance.jobs.on_end(self)
        self._db.close()
        self.over.set()

    def _note(self, **facts: Any) -> None:
        """Takes note of what has become of it, here and in the database."""
        self.facts = replace(self.facts, **facts)
        beside = cursor_of(self.root._inner)
        if beside is None:
            return
        # Where the disk is full it is known here as long as the database is open.
        with closing(beside), suppress(Problem):
            job_rows.update(Host(beside), self.place[0], self.facts)


def row(facts: Facts, progress: Progress | None = None) -> tuple[Any, ...]:
    """What is kept of a job and how it goes, in the order of SHOW JOBS."""
    known = vars(facts) | {"notices": list(facts.notices), "phase": None, "progress": None}
    if progress is not None:
        known |= {"phase": progress.phase, "progress": progress.done}
    return tuple(known[name] for name in COLUMNS)


def _made(model: dict[str, Any]) -> dict[str, Any]:
    """What a training's row says of the model that was made."""
    if "version" not in model:
        return {}
    said = model["learner"]
    if model["value"] is not None:
        said += f": {model['metric']} {model['value']:.4g}"
        said += f", {model['baseline']:.4g} without a model" if model["baseline"] is not None else ""
    return {"version": model["version"], "message": said}
