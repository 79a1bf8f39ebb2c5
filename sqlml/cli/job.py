"""A job from its start to its end: its statements in order, and whatever may come between."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import sqlml
from sqlml.cli.background import Background, notices
from sqlml.cli.dry_run import Checks
from sqlml.cli.events import Events
from sqlml.cli.formats import FORMATS, Answer, nowhere
from sqlml.cli.interrupts import Heard, heard
from sqlml.cli.lock import is_file, locked, unlocked
from sqlml.cli.problems import BackgroundAwaited, JobTimedOut, RunNotRecorded, TransactionLeftOpen
from sqlml.cli.progress import follower
from sqlml.cli.script import Manner, diagnosed, run_part, tell, tell_error
from sqlml.cli.statuses import DONE, said, status_of, worse
from sqlml.cli.waiting import Patience, is_held, opened
from sqlml.diagnostics import Diagnostic, Problem
from sqlml.engine.dry_run import DryRun
from sqlml.engine.errors import error
from sqlml.engine.runs import Runs, Tally
from sqlml.engine.script import Part, split
from sqlml.faults import of_system
from sqlml.faults.problems import IoError, QueryCanceled
from sqlml.quote import identifier

# Whoever ends a job, or closes its terminal, ends its statement as Ctrl-C does; so does its own clock.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)

# Seconds between two looks at whether a training in the background has ended.
_LOOK = 0.2

# Seconds after which the clock asks again: a statement that was just about to begin did not hear it.
_AGAIN = 2.0

# Runs a statement, or checks it; what it is told besides goes to the second argument.
Step = Callable[[Part, Callable[[Diagnostic], None]], Answer]


@dataclass(frozen=True)
class Job:
    """What is to be run, where and how; times are in seconds."""

    database: str
    scripts: Sequence[str]
    manner: Manner
    name: str | None = None
    goes_on: bool = False
    timeout: float | None = None
    lock_wait: float = 0.0
    dry: bool = False


def run_job(job: Job) -> int:
    """Runs a job, and gives its exit status; whatever goes wrong is told."""
    run = Run(job)
    # Whoever has started this may have ignored its clock.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with heard(run, _ENDING) as stop:
        return run.through(stop)


class Run:
    """One run of a job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._id = token_hex(8)
        self._events = Events(job.manner.log, self._id, job.name)
        self._form = FORMATS[job.manner.rows]
        self._tally = Tally()
        self._status = DONE
        self._stop = Heard()
        self._db: sqlml.Connection | None = None
        self._runs: Runs | None = None

    def interrupt(self) -> None:
        """Ends the statement that is running."""
        if self._db:
            self._db.interrupt()

    def through(self, stop: Heard) -> int:
        """Runs the job from its start to its end, and gives its exit status; `stop` hears who wants it to end."""
        started, self._stop = time.monotonic(), stop
        parts = [part for script in self._job.scripts for part in split(script)]
        self._events.started(self._job.database, len(parts), dry_run=self._job.dry)
        if self._job.timeout:
            signal.setitimer(signal.ITIMER_REAL, self._job.timeout, _AGAIN)
        patience = Patience(self._job.lock_wait, self._notice)
        with ExitStack() as open_:
            # Whoever ends the job may do so between two statements too.
            if failure := self._failure(lambda: self._all(self._open(patience, open_), parts, patience)):
                self._tell(failure)
            stop.over = True
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._end()
        self._events.ended(self._said, self._status, time.monotonic() - started, self._tally)
        return self._status

    def _all(self, db: sqlml.Connection, parts: Sequence[Part], patience: Patience) -> None:
        """Runs the statements in order, or checks them."""
        if not self._job.dry:
            self._each(parts, lambda part, hear: patience.until(lambda: self._written(db, part, hear)))
            if not self._stop.over:
                self._finish(Background(db))
            return
        with DryRun(db) as run:
            checks = Checks(run, self._job.manner)
            self._each(parts, checks.check)
        checks.write(db)
        sys.stdout.flush()

    def _finish(self, background: Background) -> None:
        """Waits for trainings in the background; what goes wrong with one is the run's failure too."""
        if live := background.live():
            self._notice(BackgroundAwaited([job.facts.job for job in live]))
        for job in background.all():
            # A signal ends the waiting.
            while not job.over.wait(_LOOK):
                continue
            for notice in notices(job):
                tell(notice, self._job.manner)
            if job.failure:
                self._tally.failed += 1
                self._tell(job.failure)

    def _each(self, parts: Sequence[Part], take: Step) -> None:
        for number, part in enumerate(parts, 1):
            if not self._statement(number, part, take):
                return

    def _open(self, patience: Patience, open_: ExitStack) -> sqlml.Connection:
        """Takes the job's lock and its database, and says in the database that it has begun."""
        name, database = self._job.name, self._job.database
        if name and not self._job.dry:
            open_.callback(unlocked, patience.until(lambda: locked(name, database)), name, database)
        is_new = self._job.dry and is_file(database) and not os.path.lexists(database)
        self._db = db = open_.enter_context(patience.until(lambda: opened(":memory:" if is_new else database)))
        if is_new:
            # A file is not made to be looked at: what will be there is called the same.
            called = identifier(Path(database).stem)
            db.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {called}; USE {called}")
        db.execute("SET enable_progress_bar = false")
        db.on_progress = follower(self._job.manner.log)
        for variable, value in (self._job.manner.values or {}).items():
            db.execute(f"SET VARIABLE {identifier(variable)} = ?", [value])
        if not self._job.dry:
            self._begin(Runs(db, self._id))
        return db

    def _begin(self, runs: Runs) -> None:
        """Says in the database that the run has begun."""
        name = self._job.name
        if runs.is_lasting:
            self._runs = runs if self._recording(lambda: runs.begin(name)) else None
        elif name:
            self._notice(RunNotRecorded())

    def _statement(self, number: int, part: Part, take: Step) -> bool:
        """Takes a statement; whether the job goes on."""
        begun, answers, told = time.monotonic(), list[Answer](), list[Diagnostic]()

        def hear(notice: Diagnostic) -> None:
            told.append(notice)
            tell(notice, self._job.manner)

        failure = self._failure(lambda: answers.append(take(part, hear)))
        answer = answers[0] if answers else Answer(0 if failure else None)
        self._tally.statements += 1
        self._tally.rows += answer.rows or 0
        if failure:
            self._tally.failed += 1
            told.append(self._tell(failure))
        self._events.statement(number, part, time.monotonic() - begun, answer, told)
        return failure is None or ((self._job.goes_on or self._job.dry) and not self._stop.over)

    def _written(self, db: sqlml.Connection, part: Part, hear: Callable[[Diagnostic], None]) -> Answer:
        """Runs a statement and writes its rows, if anybody reads them."""
        try:
            answer = run_part(db, part, self._job.manner, self._form, hear)
            if self._form is not nowhere:
                sys.stdout.flush()
        except sqlml.Error as refusal:
            raise is_held(refusal) or refusal from None
        return answer

    def _failure(self, do: Callable[[], object]) -> sqlml.Error | None:
        """What goes wrong while something is done, None if nothing does."""
        try:
            do()
        except KeyboardInterrupt:
            return self._stopped()
        except Problem as problem:
            return error(problem, None)
        except sqlml.Error as failure:
            is_stopped = self._stop.by or diagnosed(failure).condition == QueryCanceled.condition()
            return self._stopped() if is_stopped else failure
        except BrokenPipeError:
            # Whoever read our output has seen enough; what is to be done is done all the same.
            sys.stdout, self._form = None, nowhere
        except OSError as cause:
            return error(of_system(cause) or IoError(), None)
        return None

    def _stopped(self) -> sqlml.Error:
        self._stop.over = True
        is_late = self._stop.by == signal.SIGALRM and self._job.timeout
        return error(JobTimedOut(self._job.timeout or 0) if is_late else QueryCanceled(), None)

    def _tell(self, failure: sqlml.Error) -> Diagnostic:
        """Tells why a statement or the job has failed, and lets the job's status be that of its worst failure."""
        status, told = status_of(failure), diagnosed(failure)
        if self._tally.failure is None or worse(self._status, status) != self._status:
            self._tally.failure = told
        self._status = worse(self._status, status)
        tell_error(failure, self._job.manner)
        return told

    def _notice(self, problem: Problem) -> None:
        tell(problem.diagnostic(), self._job.manner)

    def _end(self) -> None:
        """Undoes what is in no transaction that was ended, and says in the database how the run has ended."""
        if self._db is None:
            return
        if _left_open(self._db):
            self._notice(TransactionLeftOpen())
        if runs := self._runs:
            self._recording(lambda: runs.end(self._said, self._status, self._tally))

    def _recording(self, write: Callable[[], None]) -> bool:
        """Writes to `sqlml.runs`; whether that could be done. The job does not depend on it."""
        try:
            write()
        except sqlml.Error as refusal:
            self._notice(RunNotRecorded(diagnosed(refusal).message))
            return False
        return True

    @property
    def _said(self) -> str:
        """How the job ends, in a word or two."""
        is_late = self._tally.failure and self._tally.failure.condition == JobTimedOut.condition()
        return "timed out" if is_late else said(self._status)


def _left_open(db: sqlml.Connection) -> bool:
    """Ends the transaction that a script has left open, if it has; whether anything was lost by that."""
    try:
        is_open = db.host().in_transaction()
    except Problem:
        # It was aborted, of which its statements were told.
        is_open = False
    with suppress(sqlml.Error):
        db.rollback()
    return is_open
