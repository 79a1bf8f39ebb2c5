"""The shared nouns: columns, tasks, features. Imports nothing of ours."""

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """What kind of prediction a target asks for."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    @property
    def classifies(self) -> bool:
        return self is not Task.REGRESSION


@dataclass(frozen=True)
class Column:
    """A column of a query: its name, and its type as DuckDB spells it (`DECIMAL(18,3)`)."""

    name: str
    type: str


@dataclass(frozen=True)
class Feature:
    """One number that a model sees for each row.

    A `levels` of 0 marks a quantity (missing is NaN); otherwise the feature is a category code,
    a whole number in `[0, levels)`, or NaN where the value is missing.
    """

    name: str
    column: str
    levels: int = 0

    @property
    def is_category(self) -> bool:
        return self.levels > 0
