"""Trainings in the background, as the command hears of them that has begun them."""

from collections.abc import Sequence

import sqlml
from sqlml.cli.problems import BackgroundDone
from sqlml.diagnostics import Diagnostic
from sqlml.engine.job import Job
from sqlml.engine.job_rows import State


class Background:
    """Those of one connection and its cursors, each of which is told of once when it has ended."""

    def __init__(self, db: sqlml.Connection) -> None:
        self._db = db
        self._told: set[int] = set()

    def all(self) -> Sequence[Job]:
        """Those that were begun, in the order of their turns."""
        return [job for job in self._db.instance.jobs.known() if job.root is self._db]

    def live(self) -> list[Job]:
        """Those that have not ended."""
        return [job for job in self.all() if not job.over.is_set()]

    def ended(self) -> list[Job]:
        """Those that have ended since this was last asked."""
        found = [job for job in self.all() if job.over.is_set() and job.facts.job not in self._told]
        self._told |= {job.facts.job for job in found}
        return found


def notices(job: Job) -> list[Diagnostic]:
    """What is to be said of a job that has ended, besides its failure."""
    done = [BackgroundDone(job.facts).diagnostic()] if job.facts.state is State.DONE else []
    return [*job.told, *done]
