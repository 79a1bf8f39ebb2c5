"""A stored model as the formats take it, and the files that they make of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlml.diagnostics import Problem
from sqlml.prep.ask import Ask
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target


@dataclass(frozen=True)
class Stored:
    """What predicts one target: `mark` tells its files from another target's, and is empty where there is one."""

    target: Target
    recipe: Recipe
    graph: bytes
    mark: str = ""


@dataclass(frozen=True)
class File:
    """A file to be written, and in a few words what it holds."""

    name: str
    content: bytes
    holds: str


Rows = Callable[[str], list[tuple[Any, ...]]]
"""The rows of a query, from the database that holds the model."""


@dataclass(frozen=True)
class Exported:
    """A model to be written: its name, its parts, one a target, and the dialect asked for, if any.

    `translated` puts a query into the words of the dialect. `query` is the text that the model was trained on, empty
    where it was imported, and `weight` its column that weighs the rows. `predicted` gives SQL, for after FROM, of some
    of its rows, or of made ones, with what PREDICT adds to them; None where the query no longer runs. What is decided
    is to be told to `tell`.
    """

    name: str
    version: int
    parts: Sequence[Stored]
    rows: Rows
    ask: Ask
    query: str
    weight: str | None
    predicted: Callable[[], str | None]
    tell: Callable[[Problem], None]
    translated: Callable[[str], str]
    dialect: str | None = None
