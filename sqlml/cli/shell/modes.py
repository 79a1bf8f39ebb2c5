"""How the shell writes rows to standard output: each mode by its name."""

import csv
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from typing import Any

import click

import sqlml
from sqlml.cli.formats import FORMATS, related
from sqlml.cli.shell.drawing import EDGES, Row, Shown, drawn
from sqlml.cli.shell.settings import Settings
from sqlml.diagnostics.span import width

Write = Callable[[Shown, Settings], None]
Mode = Callable[[sqlml.Connection, str, Settings], None]

# Rows in memory at a time, in the modes that write each by itself.
_PAGE = 2048
_NUMBERS = frozenset(
    "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT FLOAT DOUBLE DECIMAL".split()
)
# How wide a box may be where no terminal says it.
_WIDE = 200
_EXPLAINED = ["explain_key", "explain_value"]


def _duckbox(db: sqlml.Connection, sql: str, settings: Settings) -> None:
    """DuckDB's own boxes, cut to the terminal, with a count of the rows."""
    relation = related(db, sql)
    if relation is None:
        return
    if relation.columns == _EXPLAINED:
        click.echo("\n".join(plan for _, plan in relation.fetchall()), nl=False)
        return
    box, room = io.StringIO(), settings.maxwidth or _room()
    with redirect_stdout(box):
        relation.show(max_width=room, max_rows=settings.maxrows or sys.maxsize, null_value=settings.nullvalue)
    click.echo(box.getvalue().rstrip("\n"))


def _room() -> int:
    return shutil.get_terminal_size((_WIDE, 24)).columns if sys.stdout.isatty() else _WIDE


def _typed(name: str) -> Mode:
    """A mode whose values keep their types."""

    def run(db: sqlml.Connection, sql: str, _settings: Settings) -> None:
        FORMATS[name](db, sql, None)

    return run


def _textual(write: Write) -> Mode:
    """A mode whose values are text, spelled by DuckDB."""

    def run(db: sqlml.Connection, sql: str, settings: Settings) -> None:
        relation = related(db, sql)
        if relation is not None:
            numbers = [str(kind).partition("(")[0] in _NUMBERS for kind in relation.types]
            write(Shown(relation.columns, numbers, _texts(relation, settings.nullvalue)), settings)

    return run


def _texts(relation: Any, null: str) -> Iterator[Row]:
    for batch in relation.project("CAST(COLUMNS(*) AS VARCHAR)").to_arrow_reader(_PAGE):
        columns = (column.to_pylist() for column in batch.columns)
        for row in zip(*columns, strict=True):
            yield [null if value is None else value for value in row]


def _separated(separator: str) -> Write:
    """Values with something between them, as they are."""

    def write(shown: Shown, settings: Settings) -> None:
        for row in _headed(shown, settings):
            click.echo(separator.join(row))

    return write


def _csv(shown: Shown, settings: Settings) -> None:
    """Comma-separated, in quotes where that is needed."""
    for row in _headed(shown, settings):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        click.echo(line.getvalue(), nl=False)


def _headed(shown: Shown, settings: Settings) -> Iterator[Row]:
    if settings.headers:
        yield shown.columns
    yield from shown.rows


def _line(shown: Shown, _settings: Settings) -> None:
    """A line for each value, and an empty one between two rows."""
    widest = max(map(width, shown.columns), default=0)
    for at, row in enumerate(shown.rows):
        click.echo("\n" * (at > 0), nl=False)
        for name, value in zip(shown.columns, row, strict=True):
            click.echo(f"{' ' * (widest - width(name))}{name} = {value}")


def _drawn(name: str) -> Write:
    """Columns of one width each; all rows are in memory, as each may be the widest."""

    def write(shown: Shown, settings: Settings) -> None:
        for line in drawn(shown, EDGES[name], settings):
            click.echo(line)

    return write


def _trash(shown: Shown, _settings: Settings) -> None:
    """Reads every row and writes none, for who wants the time alone."""
    for _ in shown.rows:
        pass


MODES: dict[str, Mode] = {
    "duckbox": _duckbox,
    "box": _textual(_drawn("box")),
    "table": _textual(_drawn("table")),
    "column": _textual(_drawn("column")),
    "markdown": _textual(_drawn("markdown")),
    "line": _textual(_line),
    "list": _textual(_separated("|")),
    "tabs": _textual(_separated("\t")),
    "csv": _textual(_csv),
    "json": _typed("json"),
    "jsonlines": _typed("jsonl"),
    "trash": _textual(_trash),
}
