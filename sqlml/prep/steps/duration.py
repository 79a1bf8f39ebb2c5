"""A time of day or an interval as seconds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.step import Step, present
from sqlml.schema import Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.step import Read


@dataclass(frozen=True)
class Duration(Step):
    """Seconds since midnight, or from an interval's start to its end (a month counts as DuckDB's `epoch` has it)."""

    name = "duration"

    def features(self) -> list[Feature]:
        return [Feature(self.column.name, self.column.name)]

    def measured(self, row: str) -> tuple[str, str]:
        return self.reference(row), self.column.type

    def expressions(self, row: str) -> list[str]:
        return [present(f"epoch({self.reference(row)})")]

    def drawn(self, read: "Read") -> "list[Value]":
        given = read(self.column)
        return [given.feature(given.value)]
