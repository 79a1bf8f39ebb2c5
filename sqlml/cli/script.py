"""Running the statements of a script one by one, telling what each gives."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import click

import sqlml
from sqlml.cli.formats import Answer, Format
from sqlml.diagnostics import Diagnostic, Severity
from sqlml.diagnostics.render import as_json, as_text
from sqlml.engine.database import Interrupted
from sqlml.engine.errors import error
from sqlml.engine.script import Part, rule
from sqlml.engine.worded import arrived

Notified = Callable[[Diagnostic], None]


@dataclass(frozen=True)
class Manner:
    """How results and diagnostics are written, and the values of `$name`."""

    rows: str = "table"
    log: str = "text"
    values: Mapping[str, str] | None = None

    def of(self, part: Part) -> dict[str, str] | None:
        """The values that a statement uses: by its text, or by that which is kept with the model that it refreshes."""
        is_kept = rule(part.text) == "refresh_model"
        return {
            name: value for name, value in (self.values or {}).items() if is_kept or name in part.parameters
        } or None


def run_part(db: sqlml.Connection, part: Part, manner: Manner, form: Format, on_notice: Notified) -> Answer:
    """Runs one statement and writes its rows. Raises what `told` does."""
    with told(db, part, on_notice):
        return form(db, part.text, manner.of(part))


@contextmanager
def told(db: sqlml.Connection, part: Part, on_notice: Notified) -> Iterator[None]:
    """Inside, one statement runs; `on_notice` gets what was decided for it, its place the script's.

    Raises:
        sqlml.Error: the statement failed; the place is the script's.
        KeyboardInterrupt: it was stopped.
    """
    try:
        yield
    except sqlml.Diagnosed as diagnosed:
        diagnosed.diagnostic = moved(diagnosed.diagnostic, part.line)
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
            on_notice(moved(notice, part.line))
        db.notices = []


def tell(diagnostic: Diagnostic, manner: Manner) -> None:
    """Writes a diagnostic to standard error, for as long as anybody reads there."""
    if manner.log == "json":
        line = json.dumps({"event": "diagnostic"} | json.loads(as_json(diagnostic)), ensure_ascii=False)
    else:
        line = as_text(diagnostic, colour=is_coloured())
    with suppress(BrokenPipeError):
        click.echo(line, err=True)


def is_coloured() -> bool:
    """Whether standard error is a terminal that has colours, whose user wants them (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and not is_dumb()


def is_dumb() -> bool:
    """Whether the terminal says that it can neither move its cursor nor change colours."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def tell_error(failure: sqlml.Error, manner: Manner) -> None:
    """Writes any error of a statement to standard error; DuckDB's own keep their words."""
    if isinstance(failure, sqlml.Diagnosed) or manner.log == "json":
        tell(diagnosed(failure), manner)
    else:
        with suppress(BrokenPipeError):
            click.echo(_marked(str(failure)) if is_coloured() else str(failure), err=True)


def _marked(message: str) -> str:
    """An error of DuckDB's with its kind, which stands before the first colon, in colour."""
    kind, colon, rest = message.partition(":")
    return f"{click.style(kind, fg='red', bold=True)}{colon}{rest}" if "\n" not in kind else message


def diagnosed(failure: sqlml.Error) -> Diagnostic:
    """Any error of a statement as a diagnostic; DuckDB's own keep their words."""
    if isinstance(failure, sqlml.Diagnosed):
        return failure.diagnostic
    return Diagnostic(Severity.ERROR, "42000", "query_wrong", str(failure))


def moved(diagnostic: Diagnostic, line: int) -> Diagnostic:
    """The diagnostic of a statement, its place counted from the script's first line."""
    place = diagnostic.place
    return replace(diagnostic, place=replace(place, line=place.line + line - 1) if place else None)
