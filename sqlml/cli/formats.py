"""How rows are written to standard output."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import click

import sqlml
from sqlml.engine.script import rule


@dataclass(frozen=True)
class Answer:
    """What a statement gave: its rows, or those that it changed, None where they were not counted; the first of them.

    A table shows the first rows of a long result, and the others are not even computed: such rows are not counted.
    """

    rows: int | None = 0
    first: Mapping[str, Any] = field(default_factory=dict)


Values = Mapping[str, str] | None
Rows = Iterator[tuple[Any, ...]]
Table = Iterable[tuple[Any, ...]]
Format = Callable[[sqlml.Connection, str, Values], Answer]
Write = Callable[[list[str], Table], None]

# Rows in memory at a time, while a result is written.
_PAGE = 1024

# What DuckDB answers to a statement that has no rows of its own.
_ACKNOWLEDGED = (["Success"], ["Count"])
_READS = frozenset("SELECT FROM WITH VALUES TABLE PIVOT UNPIVOT".split())


def as_table(db: sqlml.Connection, sql: str, values: Values) -> Answer:
    """DuckDB's own boxes, as wide as the terminal; where there is none, wide enough for most."""
    relation = _begun(db, sql, values)
    if relation is None:
        return Answer()
    if _is_acknowledgement(sql, relation.columns):
        return _acknowledged(relation.columns, relation.fetchall())
    # A relation keeps no rows. What is said about models is short enough to be kept, and so to be counted.
    is_short = rule(sql) not in (None, "predict")
    # DuckDB 1 cannot: there it is computed twice.
    shown = relation.materialize() if is_short and hasattr(type(relation), "materialize") else relation
    shown.show(max_width=shutil.get_terminal_size((200, 24)).columns)
    rows = shown.fetchall() if is_short else None
    return Answer(None) if rows is None else Answer(len(rows), _first(shown.columns, rows[0] if rows else None))


def related(db: sqlml.Connection, sql: str) -> Any:
    """Runs a statement; its rows come back as a DuckDB relation, None where it has no rows of its own."""
    relation = _begun(db, sql, None)
    return None if relation is None or _is_acknowledgement(sql, relation.columns) else relation


def _begun(db: sqlml.Connection, sql: str, values: Values) -> Any:
    try:
        return db.sql(sql, params=values)
    except sqlml.ProgrammingError as error:
        if not isinstance(error, sqlml.Diagnosed) or error.diagnostic.condition == "query_wrong":
            # DuckDB refused to begin. Asked this way it also says where in the text.
            db.execute(sql, values)
        raise


def nowhere(db: sqlml.Connection, sql: str, values: Values) -> Answer:
    """Runs the statement where nobody reads its rows any more."""
    db.execute(sql, values)
    columns = [name for name, *_ in db.description or ()]
    return _acknowledged(columns, db.fetchall()) if _is_acknowledgement(sql, columns) else Answer(None)


def _as(write: Write) -> Format:
    """A format that is written from column names and rows."""

    def run(db: sqlml.Connection, sql: str, values: Values) -> Answer:
        db.execute(sql, values)
        columns = [name for name, *_ in db.description or ()]
        if not columns:
            return Answer()
        if _is_acknowledgement(sql, columns):
            return _acknowledged(columns, db.fetchall())
        rows = _Counted(_rows(db))
        write(columns, rows)
        return Answer(rows.count, _first(columns, rows.first))

    return run


class _Counted:
    """Rows, counted as they go by; the first is kept."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.count = 0
        self.first: tuple[Any, ...] | None = None

    def __iter__(self) -> Rows:
        for row in self._rows:
            self.first = row if self.count == 0 else self.first
            self.count += 1
            yield row


def _csv(columns: list[str], rows: Table) -> None:
    """Comma-separated, with a header; NULL is empty."""
    for row in chain([columns], rows):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow(row)
        click.echo(buffer.getvalue(), nl=False)


def _json(columns: list[str], rows: Table) -> None:
    """One array of objects."""
    separator = "["
    for row in rows:
        click.echo(separator + _record(columns, row), nl=False)
        separator = ",\n "
    click.echo("[]" if separator == "[" else "]")


def _jsonl(columns: list[str], rows: Table) -> None:
    """One object a line."""
    for row in rows:
        click.echo(_record(columns, row))


def _markdown(columns: list[str], rows: Table) -> None:
    """A table of pipes."""
    click.echo(_piped(columns))
    click.echo(_piped("---" for _ in columns))
    for row in rows:
        click.echo(_piped("" if value is None else str(value) for value in row))


FORMATS: dict[str, Format] = {
    "table": as_table,
    "csv": _as(_csv),
    "json": _as(_json),
    "jsonl": _as(_jsonl),
    "markdown": _as(_markdown),
}


def _is_acknowledgement(sql: str, columns: list[str]) -> bool:
    return columns in _ACKNOWLEDGED and sql.split(None, 1)[0].upper() not in _READS


def _acknowledged(columns: list[str], rows: list[tuple[Any, ...]]) -> Answer:
    return Answer(rows[0][0] if columns == ["Count"] and rows else 0)


def _first(columns: list[str], row: tuple[Any, ...] | None) -> dict[str, Any]:
    return dict(zip(columns, row, strict=True)) if row else {}


def _rows(db: sqlml.Connection) -> Rows:
    while page := db.fetchmany(_PAGE):
        yield from page


def _record(columns: list[str], row: tuple[Any, ...]) -> str:
    return json.dumps(dict(zip(columns, map(_plain, row), strict=True)), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value of DuckDB's as JSON can hold it; what JSON lacks becomes text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _piped(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"
