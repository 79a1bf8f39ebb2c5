"""Features in SQL that many engines understand: NULL where a value is missing, and no function of DuckDB's alone."""

from collections.abc import Callable
from math import log
from typing import Any

from sqlml.prep.kind import Kind, kind
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.as_is import AsIs
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.number import Number
from sqlml.prep.taken import source
from sqlml.quote import literal


def unsaid(recipe: Recipe) -> list[str]:
    """The columns whose features cannot be said this way."""
    return list(dict.fromkeys(source(step.column).name for step in recipe.steps if _words(step, "input") is None))


def expressions(recipe: Recipe, row: str) -> list[str]:
    """SQL of each feature, DOUBLE; of a recipe that leaves nothing `unsaid`."""
    return [expression for step in recipe.steps for expression in _words(step, row) or ()]


def _words(step: Any, row: str) -> list[str] | None:
    if step.column != source(step.column):
        return None
    written = _WORDS.get(type(step))
    return written(step, step.reference(row)) if written else None


def _number(step: Number, value: str) -> list[str] | None:
    match kind(step.column.type):
        case Kind.INTEGER | Kind.DECIMAL:
            exact = f"({value} - {step.centre})" if step.centre is not None else value
            return [f"CAST(CAST({exact} AS FLOAT) AS DOUBLE)"]
        case Kind.REAL:
            wide = f"CAST({value} AS DOUBLE)"
            exact = f"({wide} - {float(step.centre)!r})" if step.centre is not None else wide
            held = f"CAST(CAST(LEAST(GREATEST({exact}, -3.4e38), 3.4e38) AS FLOAT) AS DOUBLE)"
            return [f"CASE WHEN {value} IS NULL OR ISNAN({value}) THEN NULL ELSE {held} END"]
        case _:
            return None


def _boolean(_step: Step, value: str) -> list[str]:
    return [f"CASE WHEN {value} THEN 1e0 WHEN NOT {value} THEN 0e0 END"]


def _category(step: Category, value: str) -> list[str]:
    text = value if kind(step.column.type) is Kind.TEXT else f"CAST({value} AS VARCHAR)"
    codes = _looked_up(text, {level: float(code) for code, level in enumerate(step.levels)}, float(len(step.levels)))
    if not step.counts:
        return [codes]
    common = {level: round(log(count), 6) for level, count in zip(step.levels, step.counts, strict=True)}
    return [codes, _looked_up(text, common, 0.0)]


def _looked_up(value: str, answers: dict[str, float], other: float) -> str:
    branches = " ".join(f"WHEN {value} = {literal(level)} THEN {answer!r}e0" for level, answer in answers.items())
    return f"CASE WHEN {value} IS NULL THEN NULL {branches} ELSE {other!r}e0 END"


def _as_is(step: AsIs, value: str) -> list[str] | None:
    wide = f"CAST({value} AS DOUBLE)"
    if kind(step.column.type) is Kind.BOOLEAN:
        return _boolean(step, value)
    if kind(step.column.type) is Kind.REAL:
        wide = f"CASE WHEN NOT ISNAN({value}) THEN {wide} END"
    match step.carried:
        case "exact":
            # No 32 bits to lose digits in: the first of the three features has them all.
            return [wide, "0e0", "0e0"]
        case "single":
            return [f"CAST(CAST({wide} AS FLOAT) AS DOUBLE)"]
    return None


_WORDS: dict[type, Callable[[Any, str], list[str] | None]] = {
    Number: _number,
    Boolean: _boolean,
    Category: _category,
    AsIs: _as_is,
}
