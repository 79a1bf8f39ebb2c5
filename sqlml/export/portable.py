"""Features in SQL that many engines understand: NULL where a value is missing, and no function of DuckDB's alone."""

from collections.abc import Callable
from math import log
from typing import Any

import numpy as np

from sqlml.prep.kind import Kind, kind
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.as_is import AsIs
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.taken import reference, source
from sqlml.quote import literal


def unsaid(recipe: Recipe) -> list[str]:
    """The columns whose features cannot be said this way."""
    return list(dict.fromkeys(source(step.column).name for step in recipe.steps if _words(step, "input") is None))


def expressions(recipe: Recipe, row: str) -> list[str]:
    """SQL of each feature, DOUBLE; of a recipe that leaves nothing `unsaid`."""
    return [expression for step in recipe.steps for expression in _words(step, row) or ()]


def remarks(recipe: Recipe) -> list[str]:
    """What of the features is not to the last digit what PREDICT computes, in sentences."""
    if not any(isinstance(step, Moment | Elapsed) for step in recipe.steps):
        return []
    return ["Times count in whole seconds where the engine has no others; there is no date before or after all time."]


def _words(step: Any, row: str) -> list[str] | None:
    if any(column != source(column) for column in step.columns):
        return None
    written = _WORDS.get(type(step))
    return written(step, row) if written else None


def _number(step: Number, row: str) -> list[str] | None:
    value = step.reference(row)
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


def _boolean(step: Step, row: str) -> list[str]:
    value = step.reference(row)
    return [f"CASE WHEN {value} THEN 1e0 WHEN NOT {value} THEN 0e0 END"]


def _category(step: Category, row: str) -> list[str]:
    text = _as_text(step, row)
    codes = _looked_up(text, {level: float(code) for code, level in enumerate(step.levels)}, float(len(step.levels)))
    if not step.counts:
        return [codes]
    common = {level: round(log(count), 6) for level, count in zip(step.levels, step.counts, strict=True)}
    return [codes, _looked_up(text, common, 0.0)]


def _level_mean(step: LevelMean, row: str) -> list[str] | None:
    known = len(step.marks)
    if len(step.levels) != known:
        return None
    of_outcome = (step.means[at * known : (at + 1) * known] for at in range(len(step.outcomes)))
    return [
        _looked_up(_as_text(step, row), dict(zip(step.levels, map(_single, means), strict=True)), _single(other))
        for means, other in zip(of_outcome, step.others, strict=True)
    ]


def _single(number: float) -> float:
    """The nearest number of 32 bits, as the feature has it."""
    return float(np.float32(number))


def _as_text(step: Step, row: str) -> str:
    value = step.reference(row)
    return value if kind(step.column.type) is Kind.TEXT else f"CAST({value} AS VARCHAR)"


# Points in time without a zone: what a clock shows is what is there.
_TIMES = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS")


def _moment(step: Moment, row: str) -> list[str] | None:
    if step.column.type not in _TIMES:
        return None
    value = step.reference(row)
    # Monday is 1; before 1970 a remainder may be below zero.
    weekday = f"(MOD(MOD({_day(value)} + 3, 7) + 7, 7) + 1)"
    said = {
        "days": f"CAST(CAST({_days_since(step.column.type, value, step.centre)} AS FLOAT) AS DOUBLE)",
        "weekday": f"CAST({weekday} AS DOUBLE)",
    }
    return [said.get(part, f"CAST(EXTRACT({part} FROM {value}) AS DOUBLE)") for part in step.parts]


def _elapsed(step: Elapsed, row: str) -> list[str] | None:
    if any(column.type not in _TIMES for column in step.columns):
        return None
    start, end = (_days_since(column.type, reference(column, row), 0) for column in step.columns)
    return [f"CAST(CAST({end} - {start} AS FLOAT) AS DOUBLE)"]


def _day(value: str) -> str:
    """Whole days since 1970-01-01."""
    return f"date_diff('day', CAST('1970-01-01' AS DATE), CAST({value} AS DATE))"


def _days_since(type_: str, value: str, centre: int) -> str:
    """Days since day `centre`, DOUBLE, to the second."""
    if type_ == "DATE":
        return f"CAST({_day(value)} - {centre} AS DOUBLE)"
    clock = " + ".join(f"CAST(EXTRACT({part} FROM {value}) AS DOUBLE) * {size}" for part, size in _CLOCK)
    return f"((CAST({_day(value)} - {centre} AS DOUBLE) * 86400 + {clock}) / 86400e0)"


_CLOCK = (("hour", 3600), ("minute", 60), ("second", 1))


def _looked_up(value: str, answers: dict[str, float], other: float) -> str:
    branches = " ".join(f"WHEN {value} = {literal(level)} THEN {answer!r}e0" for level, answer in answers.items())
    return f"CASE WHEN {value} IS NULL THEN NULL {branches} ELSE {other!r}e0 END"


def _as_is(step: AsIs, row: str) -> list[str] | None:
    value = step.reference(row)
    wide = f"CAST({value} AS DOUBLE)"
    if kind(step.column.type) is Kind.BOOLEAN:
        return _boolean(step, row)
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
    LevelMean: _level_mean,
    Moment: _moment,
    Elapsed: _elapsed,
    AsIs: _as_is,
}
