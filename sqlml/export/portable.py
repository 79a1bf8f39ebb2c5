"""Features in SQL that many engines understand: NULL where a value is missing, and no function of DuckDB's alone."""

from collections.abc import Callable
from math import log
from typing import Any

import numpy as np

from sqlml.prep.kind import Kind, kind
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps import numerals
from sqlml.prep.steps.as_is import AsIs
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import BETWEEN, Tags
from sqlml.prep.taken import Taken, reference, source
from sqlml.quote import literal
from sqlml.schema import Column


def unsaid(recipe: Recipe) -> list[str]:
    """The columns whose features cannot be said this way."""
    return list(dict.fromkeys(source(step.column).name for step in recipe.steps if _words(step, "input") is None))


def expressions(recipe: Recipe, row: str) -> list[str]:
    """SQL of each feature, DOUBLE; of a recipe that leaves nothing `unsaid`."""
    return [expression for step in recipe.steps for expression in _words(step, row) or ()]


def remarks(recipe: Recipe) -> list[str]:
    """What of the features is not to the last digit what PREDICT computes, in sentences."""
    said = []
    if any(isinstance(step, Moment | Elapsed) for step in recipe.steps):
        said.append(
            "Times count in whole seconds where the engine has no others; there is no date before or after all time."
        )
    if any(isinstance(step, Number) and _spelt(step) is not None for step in recipe.steps):
        said.append("Text that is read as a number is missing where `_` parts its digits or more than 200 follow.")
    return said


def _words(step: Any, row: str) -> list[str] | None:
    if any(column != source(column) for column in step.columns) and not (
        isinstance(step, Number) and _spelt(step) is not None
    ):
        return None
    written = _WORDS.get(type(step))
    return written(step, row) if written else None


def _spelt(step: Number) -> Column | None:
    """The column of text that spells the numbers of a step, if there is one."""
    column = step.column
    if isinstance(column, Taken):
        return column.source if column.path == (("cast", "DOUBLE"),) and column.source.type == "VARCHAR" else None
    return column if column.type == "VARCHAR" else None


def _number(step: Number, row: str) -> list[str] | None:
    spelt = _spelt(step)
    if spelt is not None:
        return [_numeral(reference(spelt, row), step.centre)]
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


def _numeral(text: str, centre: str | None) -> str:
    """The feature of a text that spells a number, an end of all features where it is beyond, and NULL of any other."""
    # Only what is sure to be a number is cast: an engine may take anything else for an error.
    exact = f"TRY_CAST({text} AS DOUBLE)"
    exact = f"({exact} - {float(centre)!r})" if centre is not None else exact
    branches = [(numerals.PLAIN, f"LEAST(GREATEST({exact}, -3.4e38), 3.4e38)")]
    zero = repr(-float(centre or 0))
    branches += [(pattern, _END.get(number, zero)) for pattern, number in numerals.BEYOND.items()]
    found = " ".join(f"WHEN REGEXP_MATCHES({text}, {literal(f'^({pattern})$')}) THEN {so}" for pattern, so in branches)
    return f"CAST(CAST(CASE {found} END AS FLOAT) AS DOUBLE)"


_END = {"inf": "3.4e38", "-inf": "-3.4e38"}


def _shape(step: Shape, row: str) -> list[str]:
    text = _as_text(step, row)
    others = text
    for digit in "0123456789":
        others = f"REPLACE({others}, '{digit}', '')"
    said = {
        "length": f"CAST(LENGTH({text}) AS DOUBLE)",
        "words": f"CAST(LENGTH({text}) - LENGTH(REPLACE({text}, ' ', '')) + 1 AS DOUBLE)",
        "digits": f"CAST(CAST(1 - CAST(LENGTH({others}) AS DOUBLE) / GREATEST(LENGTH({text}), 1) AS FLOAT) AS DOUBLE)",
    }
    missing = f"CASE WHEN {step.reference(row)} IS NULL THEN NULL ELSE"
    return [f"{missing} {said[part]} END" for part in step.parts]


def _tags(step: Tags, row: str) -> list[str]:
    value, sign = step.reference(row), step.separator or BETWEEN
    text = value if step.separator else f"ARRAY_TO_STRING({value}, {literal(BETWEEN)})"
    held = f"{literal(sign)} || {text} || {literal(sign)}"
    # What is the same after each tag is taken out of it does not have the tag: no engine reads a match otherwise.
    has = [
        f"CASE WHEN REGEXP_REPLACE({held}, {literal(_between(tag, sign))}, '') <> {held} THEN 1e0 ELSE 0e0 END"
        if sign not in tag
        else "0e0"
        for tag in step.tags
    ]
    different = f"CAST(DIFFERENT_TAGS({text}, {literal(sign)}, {literal(SPACES)}) AS DOUBLE)"
    return [f"CASE WHEN {value} IS NULL THEN NULL ELSE {one} END" for one in (different, *has)]


# What the database trims.
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def _between(tag: str, sign: str) -> str:
    """The pattern of a tag between two signs, in every engine's kind of regular expressions."""
    plain = "".join(f"[{letter}]" if letter in ".*+?()|{}$[" else _ESCAPED.get(letter, letter) for letter in tag)
    parts = f"[{sign}]"
    return f"{parts}[{SPACES}]*{plain}[{SPACES}]*{parts}"


_ESCAPED = {"\\": r"\\", "^": r"\^", "]": r"\]"}


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
_ZONED = "TIMESTAMP WITH TIME ZONE"


def _clock(column: Column, row: str) -> str:
    """What a clock shows, in UTC where it could show another zone's time."""
    value = reference(column, row)
    return f"({value} AT TIME ZONE 'UTC')" if column.type == _ZONED else value


def _moment(step: Moment, row: str) -> list[str] | None:
    if step.column.type not in (*_TIMES, _ZONED):
        return None
    value = _clock(step.column, row)
    # Monday is 1; before 1970 a remainder may be below zero.
    weekday = f"(MOD(MOD({_day(value)} + 3, 7) + 7, 7) + 1)"
    said = {
        "days": f"CAST(CAST({_days_since(step.column.type, value, step.centre)} AS FLOAT) AS DOUBLE)",
        "weekday": f"CAST({weekday} AS DOUBLE)",
    }
    return [said.get(part, f"CAST(EXTRACT({part} FROM {value}) AS DOUBLE)") for part in step.parts]


def _elapsed(step: Elapsed, row: str) -> list[str] | None:
    if any(column.type not in (*_TIMES, _ZONED) for column in step.columns):
        return None
    start, end = (_days_since(column.type, _clock(column, row), 0) for column in step.columns)
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
    Shape: _shape,
    Tags: _tags,
    Moment: _moment,
    Elapsed: _elapsed,
    AsIs: _as_is,
}
