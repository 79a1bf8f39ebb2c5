"""What is remembered of the rows that a version has learnt from: which they were, and how their values were spread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.engine import catalog
from sqlml.engine.database import Host
from sqlml.engine.scoring import Casts
from sqlml.engine.stage import Split
from sqlml.plan import Model, Part
from sqlml.prep import histograms
from sqlml.prep.ask import Ask
from sqlml.prep.histograms import Histogram
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target
from sqlml.quote import identifier, literal

if TYPE_CHECKING:
    import pyarrow as pa

# Of more rows, so many are remembered: a million of them take 4 MB.
_ROWS = 250_000
# Another release of the database may hash values in another way: then nothing is known of which rows there were.
_PROBE = "hash('sqlml', 42, 0.5, DATE '2000-01-01', NULL::VARCHAR)"


# Where fewer of the rows are different ones, those that are new are exceptions, and tell nothing of the others.
_DIFFERENT = 0.9


@dataclass(frozen=True)
class Memory:
    """Of the rows that were learnt from one in `every`, each by a column `mark` of `marks`, and all histograms.

    Without `marks`, many rows are alike, so that nobody can tell which of them were learnt from.
    """

    every: int
    marks: "pa.Table | None"
    histograms: Sequence[Histogram]


def of(ask: Ask, split: Split, recipe: Recipe, target: Target) -> Memory:
    """What there is to remember of the rows of a split that are to be learnt from."""
    rows = split.count_known()
    every = -(-rows // _ROWS) or 1
    mark = _mark([f"r.{identifier(column.name)}" for column in recipe.inputs])
    marks = ask(f"SELECT DISTINCT {mark} AS mark FROM {split.known} AS r WHERE {mark} % {every} = 0")
    told_apart = marks.num_rows * every >= _DIFFERENT * rows
    return Memory(every, marks if told_apart else None, histograms.learn(ask, split.known, recipe, target, split.order))


def keep(host: Host, model: Model, memories: Iterable[Memory]) -> None:
    """Stores what is remembered of the training of each part of a model."""
    at = f"{catalog.home(model.database)}.learnt"
    for part, memory in zip(model.parts, memories, strict=True):
        known = [part.artifact, histograms.to_json(memory.histograms)]
        if memory.marks is None:
            host.run(f"INSERT INTO {at} BY NAME SELECT ? AS artifact, ? AS histograms", known)
            continue
        with host.registered(memory.marks) as marks:
            listed = f"(SELECT list(mark ORDER BY mark) FROM {marks})"
            host.run(f"INSERT INTO {at} SELECT ?, ?, {_PROBE}, {memory.every}, {listed}", known)


def spread(host: Host, model: Model) -> list[list[Histogram]]:
    """The histograms of the training of each part of a model; none of a part that an older release has trained."""
    home = catalog.home(model.database)
    found = dict(host.rows(f"SELECT artifact, histograms FROM {home}.learnt"))
    return [histograms.from_json(found.get(part.artifact) or "[]") for part in model.parts]


def fresh(host: Host, model: Model, part: Part, row: str, casts: Casts) -> str | None:
    """SQL: whether a part of the model did not learn from `row`, NULL where that is not known of the row.

    None where it is known of no row. Rows are the same where all that the part reads is: their targets do not count, as
    among rows that are alike those that are new would be the exceptions.
    """
    home, own = catalog.home(model.database), f"artifact = {literal(part.artifact)}"
    found = host.rows(f"SELECT every FROM {home}.learnt WHERE {own} AND probe = {_PROBE}")
    if not found:
        return None
    made = dict(casts)
    values = [made.get(column.name, f"{row}.{identifier(column.name)}") for column in part.inputs]
    mark = _mark(values)
    learnt = f"(SELECT unnest(marks) FROM {home}.learnt WHERE {own})"
    return f"CASE WHEN {mark} % {found[0][0]} = 0 THEN {mark} NOT IN {learnt} END"


def _mark(values: Sequence[str]) -> str:
    """SQL: UINTEGER, a number that two rows with different values hardly ever share."""
    return f"(hash({', '.join(values)}) >> 32)::UINTEGER"
