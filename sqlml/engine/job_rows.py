"""The jobs of a database, a row each in its table `sqlml.jobs`, for any DuckDB client to read."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlml.engine.job_problems import JobLost
from sqlml.quote import identifier

if TYPE_CHECKING:
    from sqlml.engine.database import Host


class State(StrEnum):
    """Where a job is on its way."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Facts:
    """What is kept of a job; times are UTC.

    `version` is that of the model which came of it, and `message` what is to be said of its end; `condition` and
    `reference` are those of what ended it.
    """

    job: int
    model: str
    statement: str
    user: str | None
    queued_at: datetime
    state: State = State.QUEUED
    started_at: datetime | None = None
    ended_at: datetime | None = None
    version: int | None = None
    message: str | None = None
    condition: str | None = None
    reference: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.state not in (State.QUEUED, State.RUNNING)


_TYPES = {"job": "INTEGER", "version": "INTEGER", "notices": "VARCHAR[]"}
_TYPES |= dict.fromkeys(("queued_at", "started_at", "ended_at"), "TIMESTAMP")
_NAMES = tuple(field.name for field in fields(Facts))
_TYPED = ", ".join(f"{identifier(name)} {_TYPES.get(name, 'VARCHAR')}" for name in _NAMES)
TABLE = f"CREATE TABLE IF NOT EXISTS {{home}}.jobs ({_TYPED})"
"""In a schema `home`. While a job goes on, `ended_at` is NULL; so it stays where its process was killed."""

# Somebody else's table of that name has other columns.
_HOMES = f"""
SELECT database_name FROM duckdb_columns() WHERE schema_name = 'sqlml' AND table_name = 'jobs'
GROUP BY ALL HAVING list_sort(list(column_name)) = {sorted(_NAMES)} ORDER BY ALL
"""
_LOCKED = "SELECT database_name FROM duckdb_databases() WHERE readonly"
# So many of the latest are kept.
_MOST = 10_000


def now() -> datetime:
    """UTC without saying so, as everywhere in the catalog; to the second, as nobody waits for a millisecond of it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def kept(host: "Host") -> Iterator[tuple[str, Facts]]:
    """What is kept of every job of the attached databases, each with its database."""
    columns = ", ".join(map(identifier, _NAMES))
    for (database,) in host.rows(_HOMES):
        for row in host.rows(f"SELECT {columns} FROM {identifier(database)}.sqlml.jobs"):
            found = dict(zip(_NAMES, row, strict=True))
            yield database, Facts(**found | {"state": State(found["state"]), "notices": tuple(found["notices"] or ())})


def latest(host: "Host") -> int:
    """The number of the latest job of the attached databases; 0 where there is none."""
    numbers = [
        host.rows(f"SELECT max(job) FROM {identifier(database)}.sqlml.jobs")[0][0] for (database,) in host.rows(_HOMES)
    ]
    return max((number for number in numbers if number is not None), default=0)


def lost(facts: Facts) -> Facts:
    """What is to be said of a job that is not over, where the process that had it is."""
    problem = JobLost()
    return replace(facts, state=State.FAILED, message=problem.message, condition=problem.condition())


def add(host: "Host", database: str, facts: Facts) -> None:
    """Adds the row of a job."""
    table = f"{identifier(database)}.sqlml.jobs"
    host.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(_NAMES))})", _values(facts))
    host.run(f"DELETE FROM {table} WHERE job <= {facts.job - _MOST}")


def update(host: "Host", database: str, facts: Facts) -> None:
    """Writes what is known of a job now."""
    columns = ", ".join(f"{identifier(name)} = ?" for name in _NAMES)
    host.run(f"UPDATE {identifier(database)}.sqlml.jobs SET {columns} WHERE job = {facts.job}", _values(facts))


def settle(host: "Host", own: Iterable[int]) -> None:
    """Says of the jobs that are not over and not this process's `own` that they were lost.

    A file is open to one process at a time: whatever else is said to be going on in it was killed. One of our own that
    ends just now may still be said to be going on in what this transaction sees.
    """
    others, locked = set(own), {name for (name,) in host.rows(_LOCKED)}
    for database, facts in list(kept(host)):
        if not facts.is_over and facts.job not in others and database not in locked:
            update(host, database, lost(facts))


def _values(facts: Facts) -> list[object]:
    return [list(value) if isinstance(value, tuple) else value for value in astuple(facts)]
