"""What the columns held in the rows that were learnt from, and SQL that tells in what a row is unlike them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlml.prep.ask import Ask, chunks, exact, facts, stacked, texts
from sqlml.prep.compared import Compared, compared
from sqlml.prep.recipe import Recipe
from sqlml.prep.steps.level_mean import bucketed, mark, nested
from sqlml.quote import literal

# The levels of a column are known where they are no more than this, and those of all columns together than that.
_LEVELS, _ALL_LEVELS = 10_000, 40_000
# At most so many values of columns are looked through in one SELECT.
_VALUES = 10_000_000
_EXTREMES = ("count({})", "min({})", "max({})")


@dataclass(frozen=True)
class Limits:
    """What one column held.

    `complete` where it was never missing. A quantity has its extremes, as text; text that is one of several levels has
    the `marks` of all levels, None where they were too many.
    """

    column: str
    complete: bool
    low: str | None = None
    high: str | None = None
    marks: tuple[int, ...] | None = None


def learn(ask: Ask, relation: str, recipe: Recipe) -> list[Limits]:
    """What each column that the recipe reads held in the rows of `relation`, of which there is one at least."""
    columns = list(compared(recipe, "r"))
    rows = int(texts(ask, ["count(*)"], relation)[0] or 1)
    limits = {one.name: Limits(one.name, complete=False) for one in columns}
    quantities = [one for one in columns if one.type]
    measured = [(one.value, str(one.type)) for one in quantities]
    for one, (known, low, high) in zip(quantities, facts(ask, measured, _EXTREMES, relation, rows), strict=True):
        limits[one.name] = Limits(one.name, known == str(rows), low, high)
    others = [one for one in columns if not one.type]
    counts = texts(ask, [f"count({one.value})" for one in others], f"{relation} AS r")
    limits |= {one.name: Limits(one.name, known == str(rows)) for one, known in zip(others, counts, strict=True)}
    levelled = [one for one in columns if one.is_level]
    most = min(_LEVELS, _ALL_LEVELS // max(1, len(levelled)))
    for several in chunks(levelled, max(1, _VALUES // rows)):
        for row in ask(_levels(relation, several, most)).to_pylist():
            name = several[row["place"]].name
            limits[name] = replace(limits[name], marks=tuple(row["marks"]))
    return list(limits.values())


def flags(learnt: Sequence[tuple[Recipe, Sequence[Limits]]], row: str) -> str:
    """SQL: VARCHAR[], in what a row is unlike those learnt from, by recipes and what their columns held.

    `row` is a table alias or a macro's parameter. A column that several recipes read is compared by the first.
    """
    flagged: dict[str, str] = {}
    for recipe, limits in learnt:
        columns = {one.name: one for one in compared(recipe, row)}
        flagged = {one.column: _flag(one, columns[one.column]) for one in limits} | flagged
    return f"list_filter([{', '.join(flagged.values())}]::VARCHAR[], lambda flag: flag IS NOT NULL)"


def to_json(limits: Sequence[Limits]) -> str:
    """Limits as text that `from_json` reads."""
    return json.dumps([asdict(one) for one in limits], ensure_ascii=False)


def from_json(text: str) -> list[Limits]:
    """The limits that `to_json` wrote."""
    return [Limits(**data) for data in json.loads(text)]


def _levels(relation: str, columns: Sequence[Compared], most: int) -> str:
    """SQL: of each column, by its place, the marks of its levels, unless they are more than that."""
    long = stacked([one.value for one in columns], f"{relation} AS r")
    return (
        f"SELECT place, list({mark('level')} ORDER BY level) AS marks FROM (SELECT DISTINCT place, {exact('value')} AS"
        f" level FROM {long} WHERE value IS NOT NULL) GROUP BY place HAVING count(*) <= {most}"
    )


def _flag(limits: Limits, column: Compared) -> str:
    """SQL: in what the value is unlike those learnt from, NULL where it is like them."""
    value, name = column.value, column.name
    missing = literal(f"missing: {name}") if limits.complete else "NULL"
    cases = [f"WHEN {value} IS NULL THEN {missing}"]
    if limits.low is not None and limits.high is not None:
        low, high = (f"{literal(limit)}::{column.type}" for limit in (limits.low, limits.high))
        cases.append(f"WHEN {value} < {low} OR {value} > {high} THEN {literal(f'out of range: {name}')}")
    if limits.marks is not None:
        cases.append(f"WHEN NOT {_is_among(limits.marks, value)} THEN {literal(f'unseen category: {name}')}")
    return f"CASE {' '.join(cases)} END"


def _is_among(marks: Sequence[int], text: str) -> str:
    buckets = bucketed(marks)
    known = nested([[marks[at] for at in bucket] for bucket in buckets], "UINTEGER")
    found = f"list_contains(list_extract({known}, level % {len(buckets)} + 1), level)"
    return f"list_transform([{mark(text)}], lambda level: {found})[1]"
