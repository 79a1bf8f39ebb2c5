"""Columns that are taken out of another: a field of a struct, a key of JSON, a date that is spelt as text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlml.quote import identifier, literal, literals
from sqlml.schema import Column

# What is done to a value, and with what: ("field", "city").
Way = tuple[str, ...]


@dataclass(frozen=True)
class Taken(Column):
    """A column of `type` that no query returns: it is had from the column `source` by a `path` of ways.

    Its `name` is for people and for telling it from other columns. NULL where the value has no such part.
    """

    source: Column
    path: tuple[Way, ...]


def take(column: Column, name: str, type_: str, *path: Way) -> Taken:
    """What `path` makes of `column`, which may be taken out of another itself."""
    if isinstance(column, Taken):
        return Taken(name, type_, column.source, (*column.path, *path))
    return Taken(name, type_, column, path)


def source(column: Column) -> Column:
    """The column of the query that has the value."""
    return column.source if isinstance(column, Taken) else column


def reference(column: Column, row: str) -> str:
    """SQL: the column's value in `row`, a table alias or a macro's parameter."""
    if not isinstance(column, Taken):
        return f"{row}.{identifier(column.name)}"
    value = reference(column.source, row)
    for way, *arguments in column.path:
        value = WAYS[way](value, *arguments)
    return value


def column_of(data: dict[str, Any]) -> Column:
    """The column whose fields `data` has, as JSON gives them."""
    if "source" not in data:
        return Column(**data)
    path = tuple(tuple(way) for way in data["path"])
    return Taken(data["name"], data["type"], column_of(data["source"]), path)


def seen(relation: str, columns: Sequence[Column], order: str) -> str:
    """SQL: `relation` with each of `columns` under its own name; `order` is the column that numbers the rows."""
    taken = [column for column in columns if isinstance(column, Taken)]
    if not taken:
        return relation
    names = {column.name for column in taken}
    hidden = [identifier(name) for name in sorted({column.source.name for column in taken} & names)]
    rest = f"s.* EXCLUDE ({', '.join(hidden)})" if hidden else "s.*"
    values = [f"{reference(column, 's')} AS {identifier(column.name)}" for column in taken]
    return f"(SELECT {', '.join([rest, f's.{order}', *values])} FROM {relation} AS s)"


def _field(value: str, name: str) -> str:
    return f"struct_extract({value}, {literal(name)})"


def _member(value: str, name: str) -> str:
    return f"union_extract({value}, {literal(name)})"


def _entry(value: str, key: str, type_: str) -> str:
    return f"map_extract_value({value}, {literal(key)}::{type_})"


def _json(value: str, pointer: str, type_: str) -> str:
    """What is at `pointer`, which is NULL where the value is no JSON, or where what is there is no `type_`."""
    # What a file declares to be JSON nobody has checked.
    document = f"CASE WHEN json_valid({value}) THEN {value} END"
    if type_.endswith("[]"):
        return f"TRY_CAST(json_extract({document}, {literal(pointer)}) AS {type_})"
    if type_ == "JSON":
        return f"json_extract({document}, {literal(pointer)})"
    text = f"json_extract_string({document}, {literal(pointer)})"
    return text if type_ == "VARCHAR" else f"TRY_CAST({text} AS {type_})"


def _moment(value: str, type_: str, *formats: str) -> str:
    return f"CAST(try_strptime({value}, {literals(list(formats))}) AS {type_})"


def _amount(value: str, point: str) -> str:
    """The DOUBLE of a number with its currency, its percent sign, its thousands apart or in brackets."""
    digits = f"regexp_replace({value}, '[^0-9{point}]', '', 'g')"
    if point != ".":
        digits = f"replace({digits}, '{point}', '.')"
    sign = f"CASE WHEN regexp_matches({value}, '[-−(]') THEN -1 ELSE 1 END"
    return (
        f"CASE WHEN regexp_full_match({value}, {literal(AMOUNTS[point])}) THEN TRY_CAST({digits} AS DOUBLE) * {sign}"
        f" ELSE TRY_CAST({value} AS DOUBLE) END"
    )


def _amounts(point: str, apart: str) -> str:
    """The pattern of a number with a decimal `point` and thousands set apart by one of the characters `apart`."""
    number = f"([0-9]+|[0-9]{{1,3}}([{apart}][0-9]{{3}})+)([{point}][0-9]*)?|[{point}][0-9]+"
    return rf"\s*[-+−(]?\s*\p{{Sc}}?\s*[-+−]?\s*({number})\s*[\p{{Sc}}%]?\s*[)-]?\s*"


# How amounts are spelt, by their decimal point.
AMOUNTS = {".": _amounts(".", ",' \u00a0"), ",": _amounts(",", ".' \u00a0")}

WAYS: dict[str, Callable[..., str]] = {
    "field": _field,
    "member": _member,
    "entry": _entry,
    "json": _json,
    "variant": lambda value: f"TRY_CAST({value} AS JSON)",
    "size": lambda value: f"len({value})",
    "entries": lambda value: f"cardinality({value})",
    "element": lambda value, place: f"list_extract({value}, {int(place)})",
    "least": lambda value: f"list_min({value})",
    "greatest": lambda value: f"list_max({value})",
    # In its own type the sum of a list may be more than the type holds.
    "mean": lambda value: f"list_avg(TRY_CAST({value} AS DOUBLE[]))",
    "cast": lambda value, type_: f"TRY_CAST({value} AS {type_})",
    "moment": _moment,
    "amount": _amount,
}
