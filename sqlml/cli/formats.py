"""How rows are written to standard output."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable
from typing import Any

import click

# Rows in memory at a time, while a result is written.
_PAGE = 1024


def as_table(relation: Any) -> None:
    """DuckDB's own boxes, as wide as the terminal; where there is none, wide enough for most."""
    relation.show(max_width=shutil.get_terminal_size((200, 24)).columns)


def as_csv(relation: Any) -> None:
    """Comma-separated, with a header; NULL is empty."""
    _written([relation.columns])
    for page in _pages(relation):
        _written(page)


def as_json(relation: Any) -> None:
    """One array of objects."""
    separator = "["
    for record in _records(relation):
        click.echo(separator + record, nl=False)
        separator = ",\n "
    click.echo("[]" if separator == "[" else "]")


def as_jsonl(relation: Any) -> None:
    """One object a line."""
    for record in _records(relation):
        click.echo(record)


def as_markdown(relation: Any) -> None:
    """A table of pipes."""
    click.echo(_piped(relation.columns))
    click.echo(_piped("---" for _ in relation.columns))
    for page in _pages(relation):
        for row in page:
            click.echo(_piped("" if value is None else str(value) for value in row))


FORMATS: dict[str, Callable[[Any], None]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
    "jsonl": as_jsonl,
    "markdown": as_markdown,
}


def _pages(relation: Any) -> Iterable[list[tuple[Any, ...]]]:
    while page := relation.fetchmany(_PAGE):
        yield page


def _records(relation: Any) -> Iterable[str]:
    columns = relation.columns
    for page in _pages(relation):
        for row in page:
            yield json.dumps(dict(zip(columns, map(_plain, row), strict=False)), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value of DuckDB's as JSON can hold it; what JSON lacks becomes text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _written(rows: Iterable[Iterable[Any]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    click.echo(buffer.getvalue(), nl=False)


def _piped(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"
