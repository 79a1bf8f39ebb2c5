"""How the values of each column were spread over the rows that were learnt from, and how others are spread."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

from sqlml.prep.ask import WIDTH, Ask, chunks, exact, some, stacked, texts
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
# At most so many values of columns are grouped in one SELECT, and so many listed, as takes a hundred bytes for each.
_GROUPED, _LISTED = 10_000_000, 2_000_000


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
    source, rows = some(relation, target.rows, _ROWS, order), min(target.rows, _ROWS)
    columns = list(_columns(recipe, target))
    quantities, levelled = [one for one in columns if one.type], [one for one in columns if one.is_level]
    found = {one.name: Histogram(one.name) for one in columns}
    for part in _parts(quantities, _LISTED // max(1, rows)):
        for one in _of_quantities(ask, source, part):
            found[one.column] = one
    for part in _parts(levelled, _GROUPED // max(1, rows)):
        for row in ask(_commonest(source, part)).to_pylist():
            name = part[row["place"]].name
            found[name] = replace(found[name], levels=tuple(row["levels"]))
    known = [one for one in found.values() if not one.counts]
    answers = texts(ask, counters(recipe, target, known), f"{source} AS r")
    return list((found | {one.column: one for one in counted(known, answers)}).values())


def _parts(columns: Sequence[Compared], most: int) -> Iterator[Sequence[Compared]]:
    """Columns of one type each time, at most so many at once."""
    for type_ in dict.fromkeys(one.type for one in columns):
        yield from chunks([one for one in columns if one.type == type_], min(WIDTH, most))


def _of_quantities(ask: Ask, source: str, part: Sequence[Compared]) -> Iterator[Histogram]:
    """As `counters` has them, by aggregates that are planned once for all columns of the part."""
    long = stacked([one.value for one in part], f"{source} AS r")
    quantiles = f"list_sort(list_distinct(quantile_disc(value, {_TENTHS})))"
    upto = "list_transform(edges, lambda edge: len(list_filter(own, lambda one: one <= edge)))"
    rows = ask(
        f"SELECT edges::VARCHAR[] AS edges, {upto} AS upto, known, rows FROM (SELECT place, {quantiles} AS edges,"
        f" list(value) AS own, count(value) AS known, count(*) AS rows FROM {long} GROUP BY place) ORDER BY place"
    ).to_pylist()
    for one, row in zip(part, rows, strict=True):
        own = [later - before for before, later in pairwise([0, *(row["upto"] or ())])]
        yield _with_counts(Histogram(one.name, edges=tuple(row["edges"] or ())), own, row["known"], row["rows"])


def counters(recipe: Recipe, target: Target, known: Sequence[Histogram]) -> list[str]:
    """SQL of aggregates over rows `r`, as text that `counted` reads: how many fall into each bin of what is `known`."""
    values = {one.name: one for one in _columns(recipe, target)}
    return [_counter(values[one.column], one) for one in known]


def counted(known: Sequence[Histogram], answers: Sequence[str | None]) -> list[Histogram]:
    """Histograms with the bins of those that are `known`, and the counts that aggregates have given."""
    read = (json.loads(answer or "[[], [0], [0]]") for answer in answers)
    return [_with_counts(one, own, known, rows) for one, (own, (known,), (rows,)) in zip(known, read, strict=True)]


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
        if one.type == "INTERVAL":
            # Intervals that are equal may be written in many ways.
            yield replace(one, value=f"epoch({one.value})", type="DOUBLE")
            continue
        is_truth = one.name in truths and one.type is None and not one.is_level
        yield replace(one, value=f"CAST({one.value} AS VARCHAR)", is_level=True) if is_truth else one
    label = f"r.{identifier(target.column.name)}"
    if target.task.classifies:
        yield Compared(target.column.name, f"CAST({label} AS VARCHAR)", is_level=True)
    else:
        yield Compared(target.column.name, target.label("r"), "DOUBLE")


def _commonest(relation: str, columns: Sequence[Compared]) -> str:
    """SQL: the commonest levels of each column, by its place, ties by text."""
    long = stacked([one.value for one in columns], f"{relation} AS r")
    return (
        "SELECT place, list(level ORDER BY n DESC, level ASC) AS levels FROM (SELECT place, level, count(*) AS n FROM"
        f" (SELECT place, {exact('value')} AS level FROM {long}) WHERE length(level) <= {_LONGEST}"
        " GROUP BY place, level"
        f" QUALIFY row_number() OVER (PARTITION BY place ORDER BY n DESC, level ASC) <= {_LEVELS}) GROUP BY place"
    )


def _counter(column: Compared, histogram: Histogram) -> str:
    """SQL: as JSON, the rows of each bin in the order of edges or of text; those with a value; and all of them.

    The database's own functions of a list of bins: as cases of an expression, those of many columns take minutes.
    """
    listed, known, rows = "[]", f"[count({column.value})]", "[count(*)]"
    if histogram.edges:
        edges = f"[{', '.join(map(literal, histogram.edges))}]::{column.type}[]"
        listed = f"coalesce(map_values(histogram({column.value}, {edges})), [])"
    elif histogram.levels:
        levels = f"[{', '.join(map(literal, histogram.levels))}]"
        listed = f"coalesce(map_values(histogram_exact({exact(column.value)}, {levels})), [])"
    return f"CAST([{listed}, {known}, {rows}] AS VARCHAR)"


def _with_counts(one: Histogram, own: Sequence[int], known: int, rows: int) -> Histogram:
    """With counts: of its own bins, in the order of edges or of text, of rows with a value, and of all rows."""
    places = sorted(range(len(one.levels)), key=lambda at: one.levels[at]) or range(len(one.edges))
    counts = dict(zip(places, own, strict=False))
    listed = [counts.get(at, 0) for at in range(len(places))]
    return replace(one, counts=(*listed, known - sum(listed), rows - known))
