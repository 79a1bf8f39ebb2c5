"""What is remembered of the rows of a training: which they were, how those held out scored, how values were spread.

A stored model has learnt from every labelled row, those held out too: only the fits that measured it have not seen
these. So another version can be compared with it on rows that are new since, by what the model says of them, and on
those that were held out then, by what these fits said of them.
"""

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

# Of more rows, so many are remembered: they take 1 MB.
_ROWS = 250_000
# Where fewer of the rows are different ones, nobody can tell by its values whether a row is new.
_DIFFERENT = 0.5
# Another release of the database may hash values in another way: then nothing is known of which rows there were.
_PROBE = "hash('sqlml', 42, 0.5, DATE '2000-01-01', NULL::VARCHAR)"
_MARK, _HELD = '"__sqlml_mark"', '"__sqlml_held"'


@dataclass(frozen=True)
class Known:
    """Of the rows to learn from one in `every`, each by a column `mark` of `marks`; and all histograms.

    `told_apart` where rows are so different that a new one can be known by its mark.
    """

    every: int
    marks: "pa.Table"
    histograms: Sequence[Histogram]
    told_apart: bool


@dataclass(frozen=True)
class Memory:
    """What is known of the rows learnt from, and of those held out, each by its `mark` and its `scores`."""

    known: Known
    held_out: "pa.Table"


def known(ask: Ask, split: Split, recipe: Recipe, target: Target) -> Known:
    """What there is to remember of the rows of a split that are to be learnt from."""
    rows, mark = split.count_known(), _mark_of(recipe)
    every = -(-rows // _ROWS) or 1
    marks = ask(f"SELECT DISTINCT {mark} AS mark FROM {split.known} AS r WHERE {mark} % {every} = 0")
    spread = histograms.learn(ask, split.known, recipe, target, split.order)
    return Known(every, marks, spread, told_apart=marks.num_rows * every >= _DIFFERENT * rows)


def held_out(ask: Ask, split: Split, recipe: Recipe) -> "pa.Table":
    """The marks and scores of the rows of a split that were held out and have been measured."""
    scored = f"any_value(r.{split.scores}) AS scores FROM {split.measured} AS r"
    return ask(f"SELECT {_mark_of(recipe)} AS mark, {scored} GROUP BY 1")


def keep(host: Host, model: Model, memories: Iterable[Memory]) -> None:
    """Stores what is remembered of the training of each part of a model."""
    home = catalog.home(model.database)
    for part, memory in zip(model.parts, memories, strict=True):
        seen, artifact = memory.known, literal(part.artifact)
        told = literal(histograms.to_json(seen.histograms))
        if not seen.told_apart:
            host.run(f"INSERT INTO {home}.learnt BY NAME SELECT {artifact} AS artifact, {told} AS histograms")
            continue
        with host.registered(seen.marks) as marks, host.registered(memory.held_out) as held:
            listed = f"(SELECT list(mark ORDER BY mark) FROM {marks})"
            host.run(f"INSERT INTO {home}.learnt SELECT {artifact}, {told}, {_PROBE}, {seen.every}, {listed}")
            host.run(f"INSERT INTO {home}.held_out SELECT {artifact}, mark, scores FROM {held}")


def spread(host: Host, model: Model) -> list[list[Histogram]]:
    """The histograms of the training of each part of a model; none of a part that an older release has trained."""
    found = dict(host.rows(f"SELECT artifact, histograms FROM {catalog.home(model.database)}.learnt"))
    return [histograms.from_json(found.get(part.artifact) or "[]") for part in model.parts]


@dataclass(frozen=True)
class Unseen:
    """SQL of a join to rows, and of the scores of those of them that a model has not seen; NULL of the others."""

    join: str
    scores: str


def unseen(host: Host, model: Model, part: Part, row: str, casts: Casts, scores: str) -> Unseen | None:
    """The scores of rows `row` by what has not seen them; `scores` is SQL of what the part itself says of one.

    None where its rows cannot be told by their values. Rows are the same where all that the part reads is: their
    targets do not count, as among rows that are alike those that are new would be the exceptions.

    Raises:
        LookupError: another release has trained it, and nothing is known.
    """
    home, own = catalog.home(model.database), f"artifact = {literal(part.artifact)}"
    found = host.rows(f"SELECT probe IS NULL, probe = {_PROBE}, every FROM {home}.learnt WHERE {own}")
    if not found or found[0][1] is False:
        raise LookupError(part.artifact)
    if found[0][0]:
        return None
    made = dict(casts)
    mark = _mark([made.get(column.name, f"{row}.{identifier(column.name)}") for column in part.inputs])
    held = f"(SELECT mark AS {_MARK}, any_value(scores) AS {_HELD} FROM {home}.held_out WHERE {own} GROUP BY mark)"
    is_new = f"{mark} % {found[0][2]} = 0 AND {mark} NOT IN (SELECT unnest(marks) FROM {home}.learnt WHERE {own})"
    return Unseen(
        f"LEFT JOIN {held} AS held ON held.{_MARK} = {mark}",
        f"CASE WHEN held.{_MARK} IS NOT NULL THEN held.{_HELD} WHEN {is_new} THEN {scores} END",
    )


def _mark_of(recipe: Recipe) -> str:
    return _mark([f"r.{identifier(column.name)}" for column in recipe.inputs])


def _mark(values: Sequence[str]) -> str:
    """SQL: UINTEGER, a number that two rows with different values hardly ever share."""
    return f"(hash({', '.join(values)}) >> 32)::UINTEGER"
