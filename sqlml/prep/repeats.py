"""Columns that are the same as another in every row."""

from collections.abc import Sequence

from sqlml.prep.ask import WIDTH, Ask, chunks, texts
from sqlml.prep.kind import Kind, kind
from sqlml.quote import identifier
from sqlml.schema import Column

# Most columns differ from all others within so many rows.
_GLANCE = 1_000


def of(ask: Ask, relation: str, columns: Sequence[Column], order: str) -> list[tuple[Column, Column]]:
    """Each column that repeats another, with the first of those that it repeats; numbers may be of different types."""
    comparable = [column for column in columns if kind(column.type) is not Kind.NESTED]
    alike = {column for pair in _pairs(ask, relation, comparable, order, f"LIMIT {_GLANCE}") for column in pair}
    pairs = _pairs(ask, relation, [column for column in comparable if column in alike], order)
    answers = texts(ask, [f"bool_and({_are_same(*pair)})" for pair in pairs], f"{relation} AS r")
    return [pair for pair, answer in zip(pairs, answers, strict=True) if answer == "true"]


def _pairs(
    ask: Ask, relation: str, columns: Sequence[Column], order: str, limit: str = ""
) -> list[tuple[Column, Column]]:
    """The columns whose values, each with its row's number, come to the same as those of one before."""
    families: dict[str, list[Column]] = {}
    for column in columns:
        families.setdefault(_family(column), []).append(column)
    sums: dict[Column, int | None] = {}
    for part in (part for own in families.values() for part in chunks(own, WIDTH)):
        listed = f"[{', '.join(_value(column) for column in part)}]"
        rows = f"SELECT r.{order} AS turn, {listed} AS every FROM {relation} AS r {limit}"
        values = f"SELECT turn, unnest(range({len(part)})) AS place, unnest(every) AS value FROM ({rows})"
        # Hashed twice more, as the hash of two values alone is such that the first ones cancel out.
        summed = f"SELECT bit_xor(hash(hash(turn, hash(value)))) FROM ({values}) GROUP BY place ORDER BY place ASC"
        sums |= zip(part, ask(summed).column(0).to_pylist(), strict=True)
    first: dict[tuple[str, int | None], Column] = {}
    pairs = []
    for column in columns:
        before = first.setdefault((_family(column), sums[column]), column)
        if before is not column:
            pairs.append((column, before))
    return pairs


def _family(column: Column) -> str:
    """What the types of columns that can be compared have in common."""
    held = kind(column.type)
    return "number" if held.is_number else "text" if held is Kind.TEXT else column.type


def _are_same(one: Column, other: Column) -> str:
    if one.type == other.type:
        return f"r.{identifier(one.name)} IS NOT DISTINCT FROM r.{identifier(other.name)}"
    return f"{_value(one)} IS NOT DISTINCT FROM {_value(other)}"


def _value(column: Column) -> str:
    value = f"r.{identifier(column.name)}"
    if kind(column.type).is_number:
        return f"TRY_CAST({value} AS DOUBLE)"
    return f"CAST({value} AS VARCHAR)" if kind(column.type) is Kind.TEXT else value
