"""What running an operator leaves: SQL for the host, whose rows are the statement's answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlml.diagnostics import Span
from sqlml.engine.composed import Composed
from sqlml.engine.database import Parameters
from sqlml.quote import identifier, literal


@dataclass(frozen=True)
class Answer:
    """SQL with its parameters; places in it are known back to the statement's text."""

    composed: Composed
    parameters: Parameters = None

    @classmethod
    def of(cls, sql: str, span: Span) -> "Answer":
        """An answer of sqlml's own SQL, for the statement at `span`."""
        return cls(Composed.written(sql, span))


Cell = str | None


def table(columns: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> str:
    """A query whose rows are `rows`, every column a VARCHAR."""
    names = ", ".join(map(identifier, columns))
    empty = ", ".join(f"NULL::VARCHAR AS {identifier(name)}" for name in columns)
    if not rows:
        return f"SELECT {empty} WHERE false"
    values = ", ".join("(" + ", ".join(map(_cell, row)) + ")" for row in rows)
    return f"SELECT * FROM (VALUES {values}) AS rows({names})"


def _cell(value: Cell) -> str:
    return "NULL::VARCHAR" if value is None else literal(value)


def typed(rows: Sequence[tuple[object, ...]], columns: Mapping[str, str]) -> str:
    """A query whose rows are `rows`, their columns of these names and types."""
    cells = [", ".join(map(_written, row)) for row in rows] or [", ".join(["NULL"] * len(columns))]
    casts = ", ".join(f"{identifier(name)}::{kind} AS {identifier(name)}" for name, kind in columns.items())
    names = ", ".join(map(identifier, columns))
    values = ", ".join(f"({row})" for row in cells)
    return f"SELECT {casts} FROM (VALUES {values}) AS rows({names})" + " WHERE false" * (not rows)


def _written(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return str(value) if isinstance(value, int) else literal(str(value))
