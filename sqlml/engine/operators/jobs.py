"""SHOW JOBS and CANCEL JOB: what has become of trainings in the background."""

from sqlml.engine import job_rows
from sqlml.engine.job import COLUMNS, row
from sqlml.engine.job_problems import JobOfAnother, JobOver, JobUnknown
from sqlml.engine.job_rows import Facts
from sqlml.engine.operators.answer import Answer, typed
from sqlml.engine.scope import Scope
from sqlml.plan import CancelJob, ShowJobs

# Seconds in which a job that is cancelled is waited for.
_PATIENCE = 10.0


def show(_operator: ShowJobs, scope: Scope) -> Answer:
    """A row for each job of the attached databases, and of those that this process had."""
    return _answer([rows[2] for rows in sorted(_all(scope), key=lambda rows: rows[:2])], scope)


def cancel(operator: CancelJob, scope: Scope) -> Answer:
    """Ends a job, and returns when it has ended; its row in SHOW JOBS.

    Raises:
        JobUnknown: there is none of that number.
        JobOfAnother: it is not the client's.
    """
    number, client = operator.job, scope.around.client
    job = next((one for one in scope.around.instance.jobs.known() if one.facts.job == number), None)
    facts = job.facts if job else next((facts for _, facts in job_rows.kept(scope.host) if facts.job == number), None)
    if facts is None:
        raise JobUnknown(number, operator.place)
    if client and not client.rules and client.user != facts.user:
        raise JobOfAnother(number, facts.user, operator.place)
    if job is None or job.facts.is_over:
        shown = facts if facts.is_over else job_rows.lost(facts)
        scope.notices.append(JobOver(number, shown.state))
        return _answer([row(shown)], scope)
    job.stop()
    job.over.wait(_PATIENCE)
    return _answer([job.row()], scope)


def _all(scope: Scope) -> list[tuple[int, str, tuple[object, ...]]]:
    known = {(job.place[0], job.facts.job): job for job in scope.around.instance.jobs.known()}
    rows = [(number, database, job.row()) for (database, number), job in known.items()]
    others = [(database, facts) for database, facts in job_rows.kept(scope.host) if (database, facts.job) not in known]
    rows += [(facts.job, database, row(_settled(facts))) for database, facts in others]
    return rows


def _settled(facts: Facts) -> Facts:
    return facts if facts.is_over else job_rows.lost(facts)


def _answer(rows: list[tuple[object, ...]], scope: Scope) -> Answer:
    return Answer.of(typed(rows, COLUMNS), scope.span)
