"""What the steps have in common that take a value apart into several numbers."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from sqlml.prep.step import Step
from sqlml.schema import Feature


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

    def only(self, parts: tuple[str, ...]) -> Self:
        """The same step with these parts."""
        return replace(self, parts=parts)
