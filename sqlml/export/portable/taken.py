"""What is taken out of a column, as another engine has it."""

from sqlml.export.portable.sheet import Sheet
from sqlml.prep.taken import Taken, Way, reference
from sqlml.schema import Column

# What is read in a text, by the last of the ways to it.
_READ = [("cast", type_) for type_ in ("DATE", "DOUBLE", "TIME", "TIMESTAMP")]


def spelling(column: Column) -> tuple[Column, tuple[Way, ...]]:
    """The column of a text that spells a value, and the ways in which it is read; none where it spells nothing."""
    if not isinstance(column, Taken):
        return column, ()
    path = column.path
    at = len(path)
    while at and (path[at - 1][0] in ("amount", "moment") or path[at - 1] in _READ):
        at -= 1
    if at == len(path):
        return column, ()
    return Taken(column.name, "VARCHAR", column.source, path[:at]) if at else column.source, path[at:]


def valued(column: Column, sheet: Sheet) -> str | None:
    """SQL of a column's value; None where the engine has no words for what it is taken out of."""
    if not isinstance(column, Taken) or not column.path:
        return reference(column, sheet.row)
    return None
