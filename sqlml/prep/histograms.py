"""How the values of each column were spread over the rows that were learnt from, and how others are spread."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from sqlml.prep.ask import Ask, chunks, exact, some, texts
from sqlml.prep.compared import Compared, compared
from sqlml.prep.kind import Kind, kind
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target
from sqlml.quote import identifier, literal

# A quantity falls into ten bins of about as many rows each; of levels, the commonest have a bin each.
_TENTHS = [tenth / 10 for tenth in range(1, 10)]
_LEVELS, _LONGEST = 10, 200
# So many rows tell how the values are spread.
_ROWS = 100_000
# At most so many values of columns are grouped in one SELECT.
_VALUES = 10_000_000


@dataclass(frozen=True)
class Histogram:
    """How many rows each bin of a column has.

    The bins of a quantity are up to each of the `edges`, as text, and beyond the last; those of text are each of the
    `levels`, and any other. The last bin has the rows without a value; of other columns, the first has all with one.
    """

    column: str
    edges: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def bins(self) -> int:
        return len(self.edges) + len(self.levels) + 2


def learn(ask: Ask, relation: str, recipe: Recipe, target: Target, order: str) -> list[Histogram]:
    """The histograms of the columns that the recipe reads, and last that of the target, over the rows of `relation`.

    Of many rows a part is looked at; `order` is the column that numbers them.
    """
    source = some(relation, target.rows, _ROWS, order)
    columns = list(_columns(recipe, target))
    quantities = [one for one in columns if one.type]
    asked = [f"quantile_disc({one.value}, {_TENTHS})::VARCHAR[]" for one in quantities]
    found = {one.name: Histogram(one.name) for one in columns}
    for several in chunks(list(zip(quantities, asked, strict=True)), 50):
        answers = ask(f"SELECT [{', '.join(sql for _, sql in several)}] AS edges FROM {source} AS r").column(0)[0]
        for (one, _), edges in zip(several, answers.as_py(), strict=True):
            found[one.name] = replace(found[one.name], edges=tuple(dict.fromkeys(edges or ())))
    levelled = [one for one in columns if one.is_level]
    for part in chunks(levelled, _VALUES // _ROWS):
        for row in ask(_commonest(source, part)).to_pylist():
            name = part[row["place"]].name
            found[name] = replace(found[name], levels=tuple(row["levels"]))
    known = list(found.values())
    return counted(known, texts(ask, counters(recipe, target, known), f"{source} AS r"))


def counters(recipe: Recipe, target: Target, known: Sequence[Histogram]) -> list[str]:
    """SQL of aggregates over rows `r`, as text that `counted` reads: how many fall into each bin of what is `known`."""
    values = {one.name: one for one in _columns(recipe, target)}
    return [f"CAST(histogram({_bin(values[one.column], one)}) AS VARCHAR)" for one in known]


def counted(known: Sequence[Histogram], answers: Sequence[str | None]) -> list[Histogram]:
    """Histograms with the bins of those that are `known`, and the counts that aggregates have given."""
    found = []
    for one, answer in zip(known, answers, strict=True):
        pairs = (pair.split("=") for pair in answer.strip("{}").split(", ")) if answer else ()
        counts = {int(at): int(number) for at, number in pairs}
        found.append(replace(one, counts=tuple(counts.get(at, 0) for at in range(one.bins))))
    return found


def to_json(histograms: Sequence[Histogram]) -> str:
    """Histograms as text that `from_json` reads."""
    return json.dumps([asdict(one) for one in histograms], ensure_ascii=False)


def from_json(text: str) -> list[Histogram]:
    """The histograms that `to_json` wrote."""
    lists = ("edges", "levels", "counts")
    return [Histogram(data["column"], *(tuple(data[name]) for name in lists)) for data in json.loads(text)]


def _columns(recipe: Recipe, target: Target) -> Iterator[Compared]:
    truths = {step.column.name for step in recipe.steps if kind(step.column.type) is Kind.BOOLEAN}
    for one in compared(recipe, "r"):
        is_truth = one.name in truths and one.type is None and not one.is_level
        yield replace(one, value=f"CAST({one.value} AS VARCHAR)", is_level=True) if is_truth else one
    label = f"r.{identifier(target.column.name)}"
    if target.task.classifies:
        yield Compared(target.column.name, f"CAST({label} AS VARCHAR)", is_level=True)
    else:
        yield Compared(target.column.name, target.label("r"), "DOUBLE")


def _commonest(relation: str, columns: Sequence[Compared]) -> str:
    """SQL: the commonest levels of each column, by its place, ties by text."""
    values = ", ".join(one.value for one in columns)
    return (
        "SELECT place, list(level ORDER BY n DESC, level ASC) AS levels FROM (SELECT place, level, count(*) AS n FROM"
        f" (SELECT place, {exact('value')} AS level FROM (SELECT unnest(range({len(columns)})) AS place,"
        f" unnest([{values}]) AS value FROM {relation} AS r)) WHERE length(level) <= {_LONGEST} GROUP BY place, level"
        f" QUALIFY row_number() OVER (PARTITION BY place ORDER BY n DESC, level ASC) <= {_LEVELS}) GROUP BY place"
    )


def _bin(column: Compared, histogram: Histogram) -> str:
    """SQL: the number of the value's bin."""
    bins, value = histogram.bins, column.value
    cases = [f"WHEN {value} IS NULL THEN {bins - 1}"]
    for at, edge in enumerate(histogram.edges):
        cases.append(f"WHEN {value} <= {literal(edge)}::{column.type} THEN {at}")
    for at, level in enumerate(histogram.levels):
        cases.append(f"WHEN {exact(value)} = {literal(level)} THEN {at}")
    return f"CASE {' '.join(cases)} ELSE {bins - 2} END"
