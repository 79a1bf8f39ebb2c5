"""Running the statements of a script one by one, telling what each gives."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

import click

import sqlml
from sqlml.cli.formats import FORMATS
from sqlml.diagnostics import Diagnostic, Severity
from sqlml.diagnostics.render import as_json, as_text
from sqlml.engine.database import Interrupted, arrived
from sqlml.engine.errors import error
from sqlml.engine.script import split


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
        try:
            FORMATS[manner.rows](db, part.text, values or None)
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
    line = as_json(diagnostic) if manner.log == "json" else as_text(diagnostic, colour=sys.stderr.isatty())
    click.echo(line, err=True)


def tell_error(failure: sqlml.Error, manner: Manner) -> None:
    """Writes any error of a statement to standard error; DuckDB's own keep their words."""
    if isinstance(failure, sqlml.Diagnosed):
        tell(failure.diagnostic, manner)
    elif manner.log == "json":
        tell(Diagnostic(Severity.ERROR, "42000", "query_wrong", str(failure)), manner)
    else:
        click.echo(str(failure), err=True)


def _moved(diagnostic: Diagnostic, line: int) -> Diagnostic:
    """The diagnostic of a statement, its place counted from the script's first line."""
    place = diagnostic.place
    return replace(diagnostic, place=replace(place, line=place.line + line - 1) if place else None)
