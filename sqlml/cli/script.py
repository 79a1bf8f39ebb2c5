"""Running the statements of a script one by one, telling what each gives."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

import sqlml
from sqlml.cli.formats import FORMATS
from sqlml.diagnostics import Diagnostic, Severity
from sqlml.diagnostics.render import as_json, as_text
from sqlml.engine.database import Interrupted, arrived
from sqlml.engine.errors import error
from sqlml.engine.script import Part, split


@dataclass(frozen=True)
class Manner:
    """How results and diagnostics are written, and the values of `$name`."""

    rows: str = "table"
    log: str = "text"
    values: Mapping[str, str] | None = None


def run_script(db: sqlml.Connection, text: str, manner: Manner) -> None:
    """Runs the statements of `text` in order; stops at the first that fails, and raises what it raised."""
    for part in split(text):
        values = {name: value for name, value in (manner.values or {}).items() if name in part.parameters}
        with told(db, part, manner):
            FORMATS[manner.rows](db, part.text, values or None)


@contextmanager
def told(db: sqlml.Connection, part: Part, manner: Manner) -> Iterator[None]:
    """Inside, one statement runs: its notices are told, and its errors are placed in the script."""
    try:
        yield
    except sqlml.Diagnosed as diagnosed:
        diagnosed.diagnostic = _moved(diagnosed.diagnostic, part.line)
        raise
    except Interrupted:
        raise KeyboardInterrupt from None
    except RuntimeError as stopped:
        # What DuckDB makes of Ctrl-C where it is asked for rows, and not by way of the connection.
        raise KeyboardInterrupt if "interrupted" in str(stopped).lower() else stopped from None
    except sqlml.Error as refusal:
        if problem := arrived(refusal):
            raise error(problem, part.text) from None
        raise
    finally:
        for notice in db.notices:
            tell(_moved(notice, part.line), manner)
        db.notices = []


def tell(diagnostic: Diagnostic, manner: Manner) -> None:
    """Writes a diagnostic to standard error."""
    line = as_json(diagnostic) if manner.log == "json" else as_text(diagnostic, colour=is_coloured())
    click.echo(line, err=True)


def is_coloured() -> bool:
    """Whether standard error is a terminal that has colours, whose user wants them (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and not is_dumb()


def is_dumb() -> bool:
    """Whether the terminal says that it can neither move its cursor nor change colours."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def tell_error(failure: sqlml.Error, manner: Manner) -> None:
    """Writes any error of a statement to standard error; DuckDB's own keep their words."""
    if isinstance(failure, sqlml.Diagnosed):
        tell(failure.diagnostic, manner)
    elif manner.log == "json":
        tell(Diagnostic(Severity.ERROR, "42000", "query_wrong", str(failure)), manner)
    else:
        click.echo(_marked(str(failure)) if is_coloured() else str(failure), err=True)


def _marked(message: str) -> str:
    """An error of DuckDB's with its kind, which stands before the first colon, in colour."""
    kind, colon, rest = message.partition(":")
    return f"{click.style(kind, fg='red', bold=True)}{colon}{rest}" if "\n" not in kind else message


def _moved(diagnostic: Diagnostic, line: int) -> Diagnostic:
    """The diagnostic of a statement, its place counted from the script's first line."""
    place = diagnostic.place
    return replace(diagnostic, place=replace(place, line=place.line + line - 1) if place else None)
