"""What is taken out of a column, as another engine has it: a value nested in one of its own types, or in JSON."""

from dataclasses import dataclass

from sqlml.export.portable.documents import is_document, path
from sqlml.export.portable.sheet import Sheet
from sqlml.prep.kind import Kind, kind
from sqlml.prep.steps import numerals
from sqlml.prep.taken import Taken, Way, reference
from sqlml.quote import literal
from sqlml.schema import Column

# What is read in a text, by the last of the ways to it; and how a value of a kind is read where it stands in JSON.
_READ = [("cast", type_) for type_ in ("DATE", "DOUBLE", "TIME", "TIMESTAMP")]
_AS_TEXT: dict[Kind, tuple[Way, ...]] = {
    Kind.INTEGER: (("cast", "DOUBLE"),),
    Kind.DECIMAL: (("cast", "DOUBLE"),),
    Kind.REAL: (("cast", "DOUBLE"),),
    Kind.DATE: (("cast", "TIMESTAMP"), ("cast", "DATE")),
    Kind.MOMENT: (("cast", "TIMESTAMP"),),
    Kind.TIME: (("cast", "TIME"),),
}
_TRUE, _FALSE = "('true', 't', 'yes', 'y', '1')", "('false', 'f', 'no', 'n', '0')"
# What a list comes to, as the call of an idiom.
_OF_LIST = {"size": "HOW_MANY", "least": "LEAST_OF", "greatest": "GREATEST_OF", "mean": "MEAN_OF"}


@dataclass(frozen=True)
class _Part:
    """SQL of a value on the way; or of a document, and the `keys` under which the value is there."""

    value: str
    keys: tuple[str | int, ...] | None = None

    def under(self, *keys: str | int) -> "_Part":
        return _Part(self.value, (*(self.keys or ()), *keys))


def spelling(column: Column, dialect: str) -> tuple[Column, tuple[Way, ...]]:
    """The column of a text that spells a value, and the ways in which it is read; none where it spells nothing."""
    if not isinstance(column, Taken):
        return column, ()
    at = len(column.path)
    while at and (column.path[at - 1][0] in ("amount", "moment") or column.path[at - 1] in _READ):
        at -= 1
    before, ways = column.path[:at], column.path[at:]
    if not ways and "TIME ZONE" not in column.type and _is_in_json(column, dialect):
        ways = _AS_TEXT.get(kind(column.type), ())
    if not ways:
        return column, ()
    if before and before[-1][0] == "json":
        before = (*before[:-1], (*before[-1][:2], "VARCHAR"))
    return (Taken(column.name, "VARCHAR", column.source, before) if before else column.source), ways


def valued(column: Column, sheet: Sheet) -> str | None:
    """SQL of a column's value; None where the engine has no words for what it is taken out of."""
    if not isinstance(column, Taken):
        return reference(column, sheet.row)
    part: _Part | None = _root(column, sheet.row, sheet.dialect)
    for way in column.path:
        part = _followed(part, way, column, sheet.dialect) if part else None
    value = _finished(part, column, sheet) if part else None
    return sheet.keep(value) if value else None


def is_text_in_json(column: Column, dialect: str) -> bool:
    """Whether it is a text that stands in a document, which may have something else there."""
    return isinstance(column, Taken) and kind(column.type) is Kind.TEXT and _is_in_json(column, dialect)


def _root(column: Taken, row: str, dialect: str) -> _Part:
    value, type_ = reference(column.source, row), column.source.type
    if type_ == "VARCHAR":
        value = f"DOCUMENT({value})"
    elif type_ == "VARIANT" and dialect == "spark":
        value = f"TO_JSON({value})"
    return _Part(value, () if is_document(type_, dialect) else None)


def _is_in_json(column: Taken, dialect: str) -> bool:
    """Whether the value stands in a document, where it has no type but JSON's."""
    part: _Part | None = _root(column, "", dialect)
    for way in column.path:
        part = _followed(part, way, column, dialect) if part else None
    return part is not None and part.keys is not None


def _followed(part: _Part, way: Way, column: Taken, dialect: str) -> _Part | None:
    is_in_json = part.keys is not None
    match way:
        case ("variant",):
            return part.under()
        case ("json", pointer, type_):
            keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
            return _list(part.under(*keys), dialect, type_ == "DOUBLE[]") if type_.endswith("]") else part.under(*keys)
        case ("field", name):
            return part.under(name) if is_in_json else _field(part, name)
        case ("entry", key, _) if is_in_json or dialect == "bigquery":
            return part.under(key)
        case ("entry", key, type_):
            known = f"TRY_ELEMENT_AT({part.value}, CAST({literal(key)} AS {type_}))"
            return _field(part, key) if dialect == "snowflake" else _Part(known)
        case ("entries",):
            return _entries(part, dialect)
        case ("element", place):
            return part.under(int(place) - 1) if is_in_json else _Part(f"ELEMENT({part.value}, {place})")
        case ("cast", "VARCHAR[]"):
            return _list(part, dialect) if is_in_json else part
        case (of_list,) if of_list in _OF_LIST:
            held = _list(part, dialect, of_list != "size") if is_in_json else part
            if held is None or (of_list != "size" and not _is_compared(column, is_in_json, dialect)):
                return None
            return _Part(f"{_OF_LIST[of_list]}({held.value})")
    return None


def _is_compared(column: Taken, is_in_json: bool, dialect: str) -> bool:
    """Whether the engine tells which of the values in a list is the least."""
    held = kind(column.type)
    return held.is_number if is_in_json else (held is not Kind.BOOLEAN or dialect != "postgres")


def _field(part: _Part, name: str) -> _Part | None:
    return None if "`" in name else _Part(f"FIELD({part.value}, {literal(name)})")


def _entries(part: _Part, dialect: str) -> _Part | None:
    if part.keys is None and dialect != "bigquery":
        return _Part(f"ENTRIES({part.value})")
    place = _place(part, dialect)
    return _Part(f"JSON_ENTRIES({place})") if place else None


def _list(part: _Part, dialect: str, of_numbers: bool = False) -> _Part | None:
    """A list that stands in a document, of texts or of the numbers that these spell."""
    place = _place(part, dialect)
    if place is None:
        return None
    texts = f"JSON_LIST({place})"
    return _Part(f"NUMBERS({texts}, {literal(f'^({numerals.PLAIN})$')})" if of_numbers else texts)


def _place(part: _Part, dialect: str) -> str | None:
    """SQL of a document and of the place in it, as two arguments."""
    if dialect == "snowflake" and not part.keys:
        # No path is that of the document itself.
        return f"ARRAY_CONSTRUCT({part.value}), '[0]'"
    place = path(part.keys or (), dialect)
    return f"{part.value}, {place}" if place else None


def _finished(part: _Part, column: Taken, sheet: Sheet) -> str | None:
    held = kind(column.type)
    if part.keys is None:
        if sheet.dialect != "snowflake" or held in (Kind.NESTED, Kind.INTERVAL):
            return part.value
        # What is in a value is of no type of its own there.
        return f"CAST({part.value} AS {'DECIMAL(38, 0)' if held is Kind.INTEGER else column.type})"
    place = _place(part, sheet.dialect)
    if place is None or held not in (Kind.TEXT, Kind.BOOLEAN):
        return None
    if held is Kind.TEXT:
        return f"JSON_TEXT({place})"
    text = f"LOWER({sheet.keep(f'JSON_TEXT({place})')})"
    return f"CASE WHEN {text} IN {_TRUE} THEN TRUE WHEN {text} IN {_FALSE} THEN FALSE END"
