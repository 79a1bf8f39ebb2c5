"""The trainings in the background of one database, one after the other: each has all threads."""

from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import TYPE_CHECKING
from weakref import WeakSet

from sqlml.diagnostics import Problem
from sqlml.engine import catalog, job_rows
from sqlml.engine.database import Parameters
from sqlml.engine.job import Job
from sqlml.engine.job_problems import JobLeft, JobsWaiting
from sqlml.engine.job_rows import Facts, State

if TYPE_CHECKING:
    from sqlml.engine.connection import Connection

# So many may wait for their turn.
_MOST_WAITING = 100
# Of those that are over, so many are known without asking the database.
_REMEMBERED = 1000
# Seconds that one has to end when its program does: it is killed then.
_PATIENCE = 10.0


class Jobs:
    """Those of a database, by number. `on_end` is called with each that has ended."""

    def __init__(self) -> None:
        self.on_end: Callable[[Job], None] | None = None
        self._beginning, self._lock = Lock(), Lock()
        self._known: dict[int, Job] = {}
        self._worker: Thread | None = None
        _EVERY.add(self)

    def begin(
        self, statement: str, place: tuple[str, str, str], db: "Connection", root: "Connection", given: Parameters
    ) -> Job:
        """Puts a statement, which makes a model in that database and schema, behind those that wait.

        Raises:
            JobsWaiting: too many do.
        """
        with self._beginning:
            if sum(job.facts.state is State.QUEUED for job in self.live()) >= _MOST_WAITING:
                raise JobsWaiting(_MOST_WAITING)
            host, database = db.host(), place[0]
            with host.transaction():
                catalog.prepare(host, database)
                job_rows.settle(host, [job.facts.job for job in self.known()])
                number = 1 + max([job_rows.latest(host), *self._known])
                facts = Facts(number, place[2], statement, db.client.user if db.client else None, job_rows.now())
                job_rows.add(host, database, facts)
            job = Job(facts, place, db, root, given)
            self._put(job)
        return job

    def live(self) -> list[Job]:
        """Those that are not over, in the order of their turns."""
        return [job for job in self.known() if not job.facts.is_over]

    def known(self) -> Sequence[Job]:
        """Those that this process has had, the latest of them."""
        with self._lock:
            return list(self._known.values())

    def settle(self, db: "Connection") -> None:
        """Says of jobs that other processes have had, and that are not over, that they were lost."""
        job_rows.settle(db.host(), [job.facts.job for job in self.known()])

    def leave(self, root: "Connection", reason: Callable[[], Problem] = JobLeft, grace: float = 0.0) -> None:
        """Ends what was begun by a connection that is going to be closed; what runs has a `grace` of seconds to end."""
        own, worker = [job for job in self.live() if job.root is root], self._worker
        # Those that wait first, so that none gets its turn.
        for job in own:
            if job.facts.state is State.QUEUED:
                job.stop(reason)
        for job in own:
            job.over.wait(grace)
            job.stop(reason)
            job.over.wait(_PATIENCE)
        if worker and not self.live():
            # Where the program ends now, nothing of it may still be at work.
            worker.join(_PATIENCE)
        with self._lock:
            self._known = {number: job for number, job in self._known.items() if job.root is not root}

    def _put(self, job: Job) -> None:
        with self._lock:
            self._known[job.facts.job] = job
            for number in [n for n, one in self._known.items() if one.facts.is_over][:-_REMEMBERED]:
                del self._known[number]
            if self._worker is None:
                self._worker = Thread(target=self._work, name="jobs", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        while job := self._next():
            job.run()

    def _next(self) -> Job | None:
        with self._lock:
            found = next((job for job in self._known.values() if job.facts.state is State.QUEUED), None)
            if found is None:
                self._worker = None
            return found


_EVERY: "WeakSet[Jobs]" = WeakSet()


def end_all() -> None:
    """Ends every job, as the program does."""
    for jobs in list(_EVERY):
        for root in {job.root for job in jobs.live()}:
            jobs.leave(root)
