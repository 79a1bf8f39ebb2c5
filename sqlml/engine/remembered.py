"""What is remembered of the rows of a training: which they were, how those held out scored, how values were spread.

A stored model has learnt from every labelled row, those held out too: only the fits that measured it have not seen
these. So another version can be compared with it on rows that are new since, and on those that were held out then, by
what these fits said of them. A row is known by its values. Of rows that are alike, as many are unseen as there are more
of them today than were learnt from.
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
from sqlml.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa

# Of more rows, so many are remembered: they take 1 MB.
_ROWS = 250_000
# Another release of the database may hash values in another way: then nothing is known of which rows there were.
_PROBE = "hash('sqlml', 42, 0.5, DATE '2000-01-01', NULL::VARCHAR)"
_MARK, _HELD, _THEN, _NOW = '"__sqlml_mark"', '"__sqlml_held"', '"__sqlml_then"', '"__sqlml_now"'


@dataclass(frozen=True)
class Known:
    """Of the rows to learn from, by a `mark`, how many (`n`) are alike, of one mark in `every`; and all histograms."""

    every: int
    marks: "pa.Table"
    histograms: Sequence[Histogram]


@dataclass(frozen=True)
class Memory:
    """What is known of the rows learnt from; and `scores` of those held out, by the `mark` of what a model reads."""

    known: Known
    held_out: "pa.Table"


def known(ask: Ask, split: Split, recipe: Recipe, target: Target) -> Known:
    """What there is to remember of the rows of a split that are to be learnt from."""
    every = -(-split.count_known() // _ROWS) or 1
    mark = _mark([*_read(recipe.inputs, "r"), f"r.{identifier(target.column.name)}"])
    alike = f"SELECT {mark} AS mark, count(*) AS n FROM {split.known} AS r WHERE {mark} % {every} = 0 GROUP BY 1"
    return Known(every, ask(alike), histograms.learn(ask, split.known, recipe, target, split.order))


def held_out(ask: Ask, split: Split, recipe: Recipe) -> "pa.Table":
    """The marks and scores of the rows of a split that were held out and have been measured."""
    scored = f"any_value(r.{split.scores}) AS scores FROM {split.measured} AS r"
    return ask(f"SELECT {_mark(_read(recipe.inputs, 'r'))} AS mark, {scored} GROUP BY 1")


def keep(host: Host, model: Model, memories: Iterable[Memory]) -> None:
    """Stores what is remembered of the training of each part of a model."""
    home = catalog.home(model.database)
    for part, memory in zip(model.parts, memories, strict=True):
        seen, artifact = memory.known, literal(part.artifact)
        told = literal(histograms.to_json(seen.histograms))
        with host.registered(seen.marks) as marks, host.registered(memory.held_out) as held:
            listed = f"list(mark ORDER BY mark), list(n ORDER BY mark) FROM {marks}"
            host.run(f"INSERT INTO {home}.learnt SELECT {artifact}, {told}, {_PROBE}, {seen.every}, {listed}")
            host.run(f"INSERT INTO {home}.held_out SELECT {artifact}, mark, scores FROM {held}")


def spread(host: Host, model: Model) -> list[list[Histogram]]:
    """The histograms of the training of each part of a model; none of a part that an older release has trained."""
    there = f"database_name = {literal(model.database)} AND schema_name = 'sqlml' AND table_name = 'learnt'"
    if not host.rows(f"SELECT 1 FROM duckdb_tables() WHERE {there}"):
        return [[] for _ in model.parts]
    found = dict(host.rows(f"SELECT artifact, histograms FROM {catalog.home(model.database)}.learnt"))
    return [histograms.from_json(found.get(part.artifact) or "[]") for part in model.parts]


def today(ask: Ask, part: Part, casts: Casts, split: Split) -> "pa.Table":
    """How many (`n`) of the rows of a split that are to be learnt from are alike to a part of a stored model."""
    mark = _mark([*_inputs(part, "r", casts), f"r.{identifier(part.target.name)}"])
    return ask(f"SELECT {mark} AS mark, count(*) AS n FROM {split.known} AS r GROUP BY 1")


@dataclass(frozen=True)
class Unseen:
    """SQL of joins to rows that are held out, of the share of each that a model has not seen, and of its scores.

    The share is NULL of a row of which that is not known.
    """

    joins: str
    share: str
    scores: str


def unseen(host: Host, model: Model, part: Part, row: str, casts: Casts, scores: str, others: str) -> Unseen | None:
    """How much rows `row` are unseen by a part of a stored model, and what it would say of them if they are.

    `scores` is SQL of what the part says of a row, `others` the name of a table of what `today` found. None where
    nothing is known of the rows of its training, as another release has trained it.
    """
    home, own = catalog.home(model.database), f"artifact = {literal(part.artifact)}"
    found = host.rows(f"SELECT every FROM {home}.learnt WHERE {own} AND probe = {_PROBE}")
    if not found:
        return None
    values = _inputs(part, row, casts)
    mark, whole = _mark(values), _mark([*values, f"{row}.{identifier(part.target.name)}"])
    held = f"(SELECT mark AS {_MARK}, any_value(scores) AS {_HELD} FROM {home}.held_out WHERE {own} GROUP BY mark)"
    then = f"(SELECT unnest(marks) AS {_MARK}, unnest(counts) AS {_THEN} FROM {home}.learnt WHERE {own})"
    now = f"(SELECT mark AS {_MARK}, n AS {_NOW} FROM {others})"
    alike = f"(coalesce({_NOW}, 0) + count(*) OVER (PARTITION BY {whole}))"
    more = f"greatest(0, {alike} - coalesce({_THEN}, 0))"
    return Unseen(
        f"LEFT JOIN {held} AS held ON held.{_MARK} = {mark} LEFT JOIN {then} AS learnt ON learnt.{_MARK} = {whole}"
        f" LEFT JOIN {now} AS others ON others.{_MARK} = {whole}",
        f"CASE WHEN {whole} % {found[0][0]} = 0 THEN {more} / {alike} END",
        f"CASE WHEN held.{_MARK} IS NULL THEN {scores} ELSE {_HELD} END",
    )


def _inputs(part: Part, row: str, casts: Casts) -> list[str]:
    """SQL of what a part of a stored model reads of a row."""
    made = dict(casts)
    return [made.get(column.name, value) for column, value in zip(part.inputs, _read(part.inputs, row), strict=True)]


def _read(columns: Sequence[Column], row: str) -> list[str]:
    return [f"{row}.{identifier(column.name)}" for column in columns]


def _mark(values: Sequence[str]) -> str:
    """SQL: UINTEGER, a number that two rows with different values hardly ever share."""
    return f"(hash({', '.join(values)}) >> 32)::UINTEGER"
