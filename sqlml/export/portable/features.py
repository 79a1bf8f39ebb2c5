"""The features of a recipe, step by step, in the words that each kind of step has."""

from collections.abc import Callable
from typing import Any

from sqlml.export.portable import levels, numbers, prose, times
from sqlml.export.portable.documents import expected
from sqlml.export.portable.sheet import Sheet
from sqlml.export.portable.taken import is_text_in_json, spelling
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.as_is import AsIs
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import Tags
from sqlml.prep.steps.text import Text
from sqlml.prep.taken import source

Words = list[tuple[Step, list[str] | None]]

_WORDS: dict[type, Callable[[Any, Sheet], list[str] | None]] = {
    Number: numbers.number,
    Boolean: numbers.boolean,
    AsIs: numbers.as_is,
    Category: levels.category,
    LevelMean: levels.level_mean,
    Shape: levels.shape,
    Tags: levels.tags,
    Text: prose.text,
    Moment: times.moment,
    Elapsed: times.elapsed,
    Duration: times.duration,
}


def written(recipe: Recipe, sheet: Sheet) -> Words:
    """Each step with SQL of its features, DOUBLE; None where they cannot be said this way."""
    return [(step, _WORDS[type(step)](step, sheet)) for step in recipe.steps]


def unsaid(words: Words) -> list[str]:
    """The columns, or what is taken out of them, with features that cannot be said."""
    return list(dict.fromkeys(column.name for step, said in words if said is None for column in step.columns))


def remarks(recipe: Recipe, dialect: str) -> list[str]:
    """What of the features is not to the last digit what PREDICT computes, in sentences."""
    said = []
    if any(isinstance(step, Moment | Elapsed) for step in recipe.steps):
        said.append(
            "Times count in whole seconds where the engine has no others; there is no date before or after all time."
        )
    if any(isinstance(step, Number) and numbers.spells(step, dialect) for step in recipe.steps):
        said.append("Text that is read as a number is missing where `_` parts its digits or more than 200 follow.")
    if any(
        spelling(column, dialect)[1] for step in recipe.steps if not isinstance(step, Number) for column in step.columns
    ):
        said.append(
            "Text that is read as a date or a time is missing before the year 0, after 99999, and where it names all"
            " time; a time of day also where a date stands before it."
        )
    if any(is_text_in_json(column, dialect) for column in recipe.columns):
        said.append(
            "What stands in JSON and is read as text is as the engine writes it where it is a number or nested, and may"
            " not be missing where the document is broken."
        )
    return said


def expectations(recipe: Recipe, dialect: str) -> list[str]:
    """Of which type columns are to be, where that is not plain, in sentences."""
    types = {source(column).name: type_ for column in recipe.columns if (type_ := expected(column, dialect))}
    told = {" ".join(name.split()): _TOLD.get(type_, type_) for name, type_ in types.items()}
    return [f"The column {name} is to be of the type {type_}." for name, type_ in told.items()]


_TOLD = {"STRING": "STRING, which holds JSON", "VARCHAR": "VARCHAR, which holds JSON"}
