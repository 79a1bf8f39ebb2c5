"""What statements were told, kept for later: in the database where it can be written, else while the process lives."""

import traceback
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlml.diagnostics import Problem, Severity
from sqlml.engine.database import Host, Inner, cursor_of
from sqlml.faults.problems import QueryCanceled
from sqlml.quote import identifier, literal

# The columns, those of text unless said otherwise.
NAMES = (
    "time",
    "statement",
    "model",
    "severity",
    "sqlstate",
    "condition",
    "message",
    "detail",
    "hint",
    "position",
    "retryable",
    "reference",
    "internal",
)
TYPES = {"time": "TIMESTAMP", "retryable": "BOOLEAN"}

_TYPED = ", ".join(f'"{name}" {TYPES.get(name, "VARCHAR")}' for name in NAMES)
TABLE = f"CREATE TABLE IF NOT EXISTS {{home}}.diagnostics ({_TYPED})"
"""In a schema `home`, for any DuckDB client to read."""

# Somebody else's table of that name has other columns.
_IS_THERE = f"""
SELECT 1 FROM duckdb_columns()
WHERE database_name = {{database}} AND schema_name = 'sqlml' AND table_name = 'diagnostics'
GROUP BY ALL HAVING list_sort(list(column_name)) = {sorted(NAMES)}
"""
# The table is cut to so many of the latest rows whenever it has grown by a tenth more.
_MOST = 10_000
# Longer texts are cut: a statement may hold megabytes of values, and a library repeat itself.
_LONGEST_STATEMENT, _LONGEST_INTERNAL = 4_000, 20_000

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Source:
    """The statement that was told something: its text, and the model that it names."""

    text: str
    model: str | None = None


def row(problem: Problem, text: str, source: Source) -> Row:
    """A row of `sqlml.diagnostics` for a problem of a statement of the script `text`.

    What a library raised or said goes into the last column, and nowhere else.
    """
    told, cause = problem.diagnostic(text), problem.__cause__
    internal = "".join(traceback.format_exception(cause)) if cause else None
    return (
        # UTC without saying so, as everywhere in the catalog.
        datetime.now(UTC).replace(tzinfo=None),
        source.text[:_LONGEST_STATEMENT],
        source.model,
        str(told.severity),
        told.sqlstate,
        told.condition,
        told.message,
        told.detail,
        told.hint,
        f"line {told.place.line}, column {told.place.column}" if told.place else None,
        told.retryable,
        told.reference,
        internal and internal[-_LONGEST_INTERNAL:],
    )


class Record:
    """The record of a connection and its cursors, kept in the database that is current when a statement begins.

    It is written by way of `inner`, the connection, which is open for as long as its cursors are.

    Rows are written by a transaction of their own, so that they stay when the statement's is rolled back. Where the
    database cannot be written now, they wait for the next time; where the record is not to be `lasting`, for ever. With
    `secretive`, what the machinery below said is left out: whoever may read the database must not read about the
    machine that serves it.
    """

    def __init__(self, inner: Inner, *, lasting: bool = True, secretive: bool = False) -> None:
        self._inner = inner
        self._lasting = lasting
        self._secretive = secretive
        self._lock = Lock()
        self._waiting: deque[Row] = deque(maxlen=_MOST)
        self._told: set[tuple[str, str]] = set()
        self._database: str | None = None
        self._there: set[str] = set()
        self._may_create = False

    def before(self, host: Host) -> None:
        """To be called before a statement: within the user's transaction nothing is created.

        A schema that appears beside a transaction that is open keeps it from creating its own.
        """
        try:
            self._database, _ = host.current
            self._may_create = not self._finds(host, self._database) and not host.in_transaction()
        except QueryCanceled:
            raise
        except Problem:
            # In an aborted transaction nothing can be asked, nor of a connection that is closed.
            self._may_create = False

    def keep(self, rows: Iterable[Row]) -> None:
        """Keeps what one statement was told; of what does not end it, the same is kept once."""
        with self._lock:
            fresh = [(*row[:-1], None) if self._secretive else row for row in rows if self._is_fresh(row)]
            if fresh:
                self._waiting.extend(fresh)
                self._write()

    def latest(self, count: int) -> Sequence[Row]:
        """The latest rows, the newest first."""
        with self._lock:
            kept = self._read(count)
            return sorted([*kept, *self._waiting], key=lambda row: row[0], reverse=True)[:count]

    def _is_fresh(self, row: Row) -> bool:
        _, statement, _, severity, _, _, message, *_ = row
        if severity == Severity.ERROR:
            return True
        is_fresh = (statement, message) not in self._told
        if len(self._told) >= _MOST:
            self._told.clear()
        self._told.add((statement, message))
        return is_fresh

    def _write(self) -> None:
        cursor = cursor_of(self._inner) if self._lasting else None
        if cursor is None or self._database is None:
            return
        with closing(cursor):
            host = Host(cursor)
            try:
                if self._finds(host, self._database) or self._may_create:
                    with host.transaction():
                        self._insert(host, self._database)
                    self._there.add(self._database)
                    self._waiting.clear()
            except Problem:
                # Opened for reading only, full, being changed by another transaction, or dropped: the rows wait.
                self._there.discard(self._database)

    def _finds(self, host: Host, database: str) -> bool:
        if database not in self._there and host.rows(_IS_THERE.format(database=literal(database))):
            self._there.add(database)
        return database in self._there

    def _insert(self, host: Host, database: str) -> None:
        home = f"{identifier(database)}.sqlml"
        if database not in self._there:
            host.run(f"CREATE SCHEMA IF NOT EXISTS {home}")
            host.run(TABLE.format(home=home))
        for row in self._waiting:
            host.run(f"INSERT INTO {home}.diagnostics VALUES ({', '.join('?' * len(row))})", list(row))
        ((count,),) = host.rows(f"SELECT count(*) FROM {home}.diagnostics")
        if count > 1.1 * _MOST:
            kept = f"(SELECT time FROM {home}.diagnostics ORDER BY time DESC LIMIT 1 OFFSET {_MOST - 1})"
            host.run(f"DELETE FROM {home}.diagnostics WHERE time < {kept}")

    def _read(self, count: int) -> list[Row]:
        cursor = cursor_of(self._inner)
        if cursor is None or self._database is None:
            return []
        with closing(cursor):
            host = Host(cursor)
            if not self._finds(host, self._database):
                return []
            home = f"{identifier(self._database)}.sqlml"
            return host.rows(f"FROM {home}.diagnostics ORDER BY time DESC LIMIT {count}")
