"""The time between two moments of a row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from sqlml.prep.kind import Kind, kind
from sqlml.prep.step import MISSING, Step
from sqlml.prep.steps.moment import elapsed, is_endless
from sqlml.prep.taken import column_of, reference
from sqlml.schema import Column, Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.step import Read

_DAY = 86_400_000_000


@dataclass(frozen=True)
class Elapsed(Step):
    """Days from the date or point in time of `column` to that of `until`; missing where one of them is or is endless.

    A date begins at midnight, and a point in time with a zone is read in UTC.
    """

    name = "elapsed"
    until: Column

    @property
    def columns(self) -> list[Column]:
        return [self.column, self.until]

    def features(self) -> list[Feature]:
        return [Feature(f"days({self.column.name}, {self.until.name})", self.until.name)]

    def expressions(self, row: str) -> list[str]:
        between = f"{_days(self.until, row)} - {_days(self.column, row)}"
        return [f"COALESCE(CAST({between} AS FLOAT), {MISSING})"]

    def drawn(self, read: "Read") -> "list[Value]":
        start, end = read(self.column), read(self.until)
        missing = start.missing | end.missing
        missing |= is_endless(self.column.type, start.value) | is_endless(self.until.type, end.value)
        between = _days_of(self.until.type, end.value) - _days_of(self.column.type, start.value)
        return [between.single().missing_where(missing)]

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


def _days_of(type_: str, value: "Value") -> "Value":
    return value.double() if kind(type_) is Kind.DATE else value.double() / float(_DAY)
