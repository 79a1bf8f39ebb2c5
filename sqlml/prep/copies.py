"""Columns that repeat the target: equal to it, or with a name of their own for each of its classes."""

from collections.abc import Sequence

from sqlml.prep.ask import Ask, chunks, texts
from sqlml.prep.kind import kind
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column

# Most columns are told from the target by so many rows, so that few need all of them.
_GLANCE = 1000
_WIDTH = 200


def of(ask: Ask, relation: str, columns: Sequence[Column], target: Target) -> set[Column]:
    """The columns that give every row's target away."""
    glance = f"(SELECT * FROM {relation} LIMIT {_GLANCE})"
    if target.task.classifies:
        return set(_renamed(ask, relation, _renamed(ask, glance, columns, target), target))
    comparable = [column for column in columns if kind(column.type).is_number or column.type == "VARCHAR"]
    return set(_equal(ask, relation, _equal(ask, glance, comparable, target), target))


def _equal(ask: Ask, relation: str, columns: Sequence[Column], target: Target) -> list[Column]:
    label = target.label("r")
    same = [f"bool_and(TRY_CAST(r.{identifier(c.name)} AS DOUBLE) IS NOT DISTINCT FROM {label})" for c in columns]
    answers = texts(ask, same, f"{relation} AS r")
    return [column for column, answer in zip(columns, answers, strict=True) if answer == "true"]


def _renamed(ask: Ask, relation: str, columns: Sequence[Column], target: Target) -> list[Column]:
    """The columns that have one value, or NULL, in all rows of a class, and another in each class."""
    return [
        column
        for some in chunks(columns, _WIDTH)
        for column, names in zip(some, _names(ask, relation, some, target), strict=True)
        if None not in names and len(set(names)) == len(names)
    ]


def _names(ask: Ask, relation: str, columns: Sequence[Column], target: Target) -> list[list[str | None]]:
    """For each column, what each class is called in it: None where that differs among the class's rows."""
    called = ", ".join(_name(f"CAST(r.{identifier(column.name)} AS VARCHAR)") for column in columns)
    table = ask(f"SELECT [{called}] AS names FROM {relation} AS r GROUP BY {target.label('r')}")
    return [list(names) for names in zip(*table.column(0).to_pylist(), strict=True)]


def _name(value: str) -> str:
    return (
        f"CASE WHEN count({value}) = 0 THEN '' WHEN count({value}) = count(*) AND min({value}) = max({value})"
        f" THEN md5(min({value})) END"
    )
