"""The time between two moments of a row."""

from dataclasses import dataclass
from typing import Any, Self

from sqlml.prep.kind import Kind, kind
from sqlml.prep.step import MISSING, Step
from sqlml.prep.steps.moment import elapsed
from sqlml.prep.taken import column_of, reference, source
from sqlml.schema import Column, Feature

_DAY = 86_400_000_000


@dataclass(frozen=True)
class Elapsed(Step):
    """Days from the date or point in time of `column` to that of `until`; missing where one of them is or is endless.

    A date begins at midnight, and a point in time with a zone is read in UTC.
    """

    name = "elapsed"
    until: Column

    @property
    def inputs(self) -> list[Column]:
        return [source(self.column), source(self.until)]

    def features(self) -> list[Feature]:
        return [Feature(f"days({self.column.name}, {self.until.name})", self.until.name)]

    def expressions(self, row: str) -> list[str]:
        between = f"{_days(self.until, row)} - {_days(self.column, row)}"
        return [f"COALESCE(CAST({between} AS FLOAT), {MISSING})"]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        return cls(column_of(data["column"]), column_of(data["until"]))


def _days(column: Column, row: str) -> str:
    """Days since 1970-01-01 as DOUBLE."""
    value = reference(column, row)
    since = elapsed(column.type, value)
    if kind(column.type) is Kind.DATE:
        return f"CASE WHEN isfinite({value}) THEN CAST({since} AS DOUBLE) END"
    return f"CAST({since} AS DOUBLE) / {_DAY}::DOUBLE"
