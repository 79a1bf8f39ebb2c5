"""What the steps have in common that take a value apart into several numbers."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from sqlml.prep.step import Step
from sqlml.schema import Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.entry import Given
    from sqlml.prep.step import Read


@dataclass(frozen=True)
class Parts(Step):
    """A step with one quantity for each of its `parts`, which are names out of `all_parts`."""

    all_parts: ClassVar[tuple[str, ...]]
    parts: tuple[str, ...]

    def features(self) -> list[Feature]:
        return [Feature(f"{part}({self.column.name})", self.column.name) for part in self.parts]

    def expressions(self, row: str) -> list[str]:
        return [self.part(name, self.reference(row)) for name in self.parts]

    def part(self, name: str, value: str) -> str:
        """The expression of one part of `value`."""
        raise NotImplementedError

    def drawn(self, read: "Read") -> "list[Value]":
        given = read(self.column)
        return [self.drawn_part(name, given) for name in self.parts]

    def drawn_part(self, name: str, given: "Given") -> "Value":
        """One part as a graph computes it."""
        raise NotImplementedError

    def only(self, parts: tuple[str, ...]) -> Self:
        """The same step with these parts."""
        return replace(self, parts=parts)
