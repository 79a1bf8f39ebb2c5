"""The runs of jobs, a row each in the table `sqlml.runs` of the job's database, for any DuckDB client to read."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from sqlml.diagnostics import Diagnostic
from sqlml.engine.connection import Connection
from sqlml.quote import identifier

# Times are UTC. While a run goes on, `ended_at` is NULL; so it stays where the run was killed.
_TABLE = """
CREATE TABLE IF NOT EXISTS {home}.runs (
    id VARCHAR, job VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP, status VARCHAR, exit_status INTEGER,
    statements INTEGER, failed INTEGER, rows BIGINT, condition VARCHAR, message VARCHAR, reference VARCHAR,
    sqlml_version VARCHAR)
"""
# A file is open to one process at a time: whatever else is said to be running in it was killed.
_KILLED = "UPDATE {home}.runs SET status = 'killed' WHERE status = 'running'"
_BEGUN = "INSERT INTO {home}.runs (id, job, started_at, status, sqlml_version) VALUES (?, ?, ?, 'running', ?)"
_ENDED = """
UPDATE {home}.runs SET ended_at = ?, status = ?, exit_status = ?, statements = ?, failed = ?, rows = ?, condition = ?,
    message = ?, reference = ? WHERE id = ?
"""
# So many of the latest runs are kept.
_MOST = 10_000
_OLD = f"DELETE FROM {{home}}.runs WHERE id IN (SELECT id FROM {{home}}.runs ORDER BY started_at DESC OFFSET {_MOST})"


@dataclass
class Tally:
    """What has come of a job so far: statements that were run, those that failed, and rows that are known of."""

    statements: int = 0
    failed: int = 0
    rows: int = 0
    failure: Diagnostic | None = None


class Runs:
    """The row of one run, written by transactions of its own, so that it stays whatever becomes of the job's.

    It lies in the database that is current when this is made.
    """

    def __init__(self, db: Connection, run: str) -> None:
        self._db = db
        self._run = run
        found = "SELECT database_name, path FROM duckdb_databases() WHERE database_name = current_database()"
        self._database, path = db.execute(found).fetchall()[0]
        self.is_lasting = path is not None
        """Whether the database is there when the run is over: in memory, it is not."""

    def begin(self, job: str | None) -> None:
        """Says that the run has begun, and of those that were killed that they were.

        Raises:
            sqlml.Error: the database cannot be written to, or has another table of that name.
        """
        for sql in ("CREATE SCHEMA IF NOT EXISTS {home}", _TABLE, _KILLED, _OLD):
            self._write(sql, [])
        self._write(_BEGUN, [self._run, job, _now(), version("sqlml")])

    def end(self, said: str, status: int, tally: Tally) -> None:
        """Says how the run has ended.

        Raises:
            sqlml.Error: the database cannot be written to.
        """
        failure = tally.failure
        why = [failure.condition, failure.message, failure.reference] if failure else [None, None, None]
        figures = [tally.statements, tally.failed, tally.rows]
        self._write(_ENDED, [_now(), said, status, *figures, *why, self._run])

    def _write(self, sql: str, values: list[object]) -> None:
        with closing(self._db.cursor()) as beside:
            beside.execute(sql.format(home=f"{identifier(self._database)}.sqlml"), values)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
