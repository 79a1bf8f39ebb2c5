"""A truth value as 0 or 1."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.step import Step, present
from sqlml.schema import Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.step import Read


@dataclass(frozen=True)
class Boolean(Step):
    """FALSE is 0, TRUE is 1."""

    name = "boolean"

    def features(self) -> list[Feature]:
        return [Feature(self.column.name, self.column.name)]

    def expressions(self, row: str) -> list[str]:
        return [present(self.reference(row))]

    def unheld(self, row: str) -> str:
        return f"CAST({self.reference(row)} AS FLOAT)"

    def drawn(self, read: "Read") -> "list[Value]":
        given = read(self.column)
        return [given.feature(given.value)]
