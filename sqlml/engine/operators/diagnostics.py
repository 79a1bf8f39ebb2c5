"""SHOW DIAGNOSTICS: what statements were told of late."""

from sqlml.engine.operators.answer import Answer, Cell, table
from sqlml.engine.record import NAMES, TYPES
from sqlml.engine.scope import Scope
from sqlml.plan import ShowDiagnostics

# Of the newest so many; the table `sqlml.diagnostics` has those before.
_SHOWN = 100


def show(_operator: ShowDiagnostics, scope: Scope) -> Answer:
    """A row for each of the latest diagnostics, the newest first."""
    rows = [tuple(map(_cell, row)) for row in scope.record.latest(_SHOWN)]
    typed = ", ".join(f"{name}::{kind} AS {name}" for name, kind in TYPES.items())
    return Answer.of(f"SELECT * REPLACE ({typed}) FROM ({table(NAMES, rows)})", scope.span)


def _cell(value: object) -> Cell:
    return None if value is None else str(value)
