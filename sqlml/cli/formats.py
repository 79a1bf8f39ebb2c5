"""How rows are written to standard output."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import click

import sqlml

Values = Mapping[str, str] | None
Rows = Iterator[tuple[Any, ...]]
Format = Callable[[sqlml.Connection, str, Values], None]
Write = Callable[[list[str], Rows], None]

# Rows in memory at a time, while a result is written.
_PAGE = 1024

# What DuckDB answers to a statement that has no rows of its own.
_ACKNOWLEDGED = (["Success"], ["Count"])
_READS = frozenset("SELECT FROM WITH VALUES TABLE PIVOT UNPIVOT".split())


def as_table(db: sqlml.Connection, sql: str, values: Values) -> None:
    """DuckDB's own boxes, as wide as the terminal; where there is none, wide enough for most."""
    relation = related(db, sql, values)
    if relation is not None:
        relation.show(max_width=shutil.get_terminal_size((200, 24)).columns)


def related(db: sqlml.Connection, sql: str, values: Values = None) -> Any:
    """Runs a statement; its rows come back as a DuckDB relation, None where it has no rows of its own."""
    try:
        relation = db.sql(sql, params=values)
    except sqlml.ProgrammingError as error:
        if not isinstance(error, sqlml.Diagnosed) or error.diagnostic.condition == "query_wrong":
            # DuckDB refused to begin. Asked this way it also says where in the text.
            db.execute(sql, values)
        raise
    return None if relation is None or _is_acknowledgement(sql, relation.columns) else relation


def _as(write: Write) -> Format:
    """A format that is written from column names and rows."""

    def run(db: sqlml.Connection, sql: str, values: Values) -> None:
        db.execute(sql, values)
        columns = [name for name, *_ in db.description or ()]
        if columns and not _is_acknowledgement(sql, columns):
            write(columns, _rows(db))

    return run


def _csv(columns: list[str], rows: Rows) -> None:
    """Comma-separated, with a header; NULL is empty."""
    for row in chain([columns], rows):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow(row)
        click.echo(buffer.getvalue(), nl=False)


def _json(columns: list[str], rows: Rows) -> None:
    """One array of objects."""
    separator = "["
    for row in rows:
        click.echo(separator + _record(columns, row), nl=False)
        separator = ",\n "
    click.echo("[]" if separator == "[" else "]")


def _jsonl(columns: list[str], rows: Rows) -> None:
    """One object a line."""
    for row in rows:
        click.echo(_record(columns, row))


def _markdown(columns: list[str], rows: Rows) -> None:
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
