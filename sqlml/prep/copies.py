"""Columns that repeat the target: equal to it, or with a name of their own for each of its classes."""

from collections.abc import Sequence

from sqlml.prep.ask import WIDTH, Ask, chunks, exact, texts
from sqlml.prep.kind import kind
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column

# Most columns are told from the target by so many rows, so that few need all of them.
_GLANCE = 100


def of(ask: Ask, relation: str, columns: Sequence[Column], target: Target) -> set[Column]:
    """The columns that give every row's target away."""
    if target.task.classifies:
        return set(_renamed(ask, relation, _renamed(ask, relation, columns, target, _GLANCE), target))
    comparable = [column for column in columns if kind(column.type).is_number or column.type == "VARCHAR"]
    return set(_equal(ask, relation, _equal(ask, relation, comparable, target, _GLANCE), target))


def _equal(ask: Ask, relation: str, columns: Sequence[Column], target: Target, rows: int | None = None) -> list[Column]:
    """The columns that are the target in the first `rows`, None for all of them."""
    label, found = target.label("r"), []
    for some in chunks(columns, WIDTH):
        same = [f"bool_and(TRY_CAST(r.{identifier(c.name)} AS DOUBLE) IS NOT DISTINCT FROM {label})" for c in some]
        answers = texts(ask, same, _read(relation, some, target, rows))
        found += [column for column, answer in zip(some, answers, strict=True) if answer == "true"]
    return found


def _renamed(
    ask: Ask, relation: str, columns: Sequence[Column], target: Target, rows: int | None = None
) -> list[Column]:
    """The columns that have one value, or NULL, in all of the first `rows` of a class, and another in each class."""
    return [
        some[place]
        for some in chunks(columns, WIDTH)
        for place in ask(_renaming(_read(relation, some, target, rows), some, target)).column(0).to_pylist()
    ]


def _read(relation: str, columns: Sequence[Column], target: Target, rows: int | None) -> str:
    """What follows FROM: columns and the target, named one by one, as to expand a star of thousands takes long."""
    names = ", ".join(dict.fromkeys(identifier(column.name) for column in (*columns, target.column)))
    return f"{relation} AS r" if rows is None else f"(SELECT {names} FROM {relation} LIMIT {rows}) AS r"


def _renaming(source: str, columns: Sequence[Column], target: Target) -> str:
    values = ", ".join(f"CAST(r.{identifier(column.name)} AS VARCHAR)" for column in columns)
    return (
        "SELECT place FROM (SELECT place, CASE WHEN count(name) = 0 THEN '' WHEN count(name) = count(*) AND min(name) ="
        f" max(name) THEN md5(min(name)) END AS name FROM (SELECT label, place, {exact('value')} AS name"
        f" FROM (SELECT {target.label('r')} AS label, unnest(range({len(columns)})) AS place,"
        f" unnest([{values}]) AS value FROM {source})) GROUP BY place, label)"
        " GROUP BY place HAVING count(name) = count(*) AND count(DISTINCT name) = count(*)"
        " ORDER BY place ASC"
    )
