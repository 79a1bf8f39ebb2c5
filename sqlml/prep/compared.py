"""What of a row's columns is compared with the rows that were learnt from."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step


@dataclass(frozen=True)
class Compared:
    """SQL of a column's value as it is compared: a quantity of a `type`, a level, or only whether it is there."""

    name: str
    value: str
    type: str | None = None
    is_level: bool = False


def compared(recipe: Recipe, row: str) -> Iterator[Compared]:
    """Each column that the recipe reads of `row`, a table alias or a macro's parameter."""
    steps: dict[str, list[Step]] = {}
    for step in recipe.steps:
        steps.setdefault(step.column.name, []).append(step)
    for name, own in steps.items():
        quantity = next(filter(None, (step.measured(row) for step in own)), None)
        level = next(filter(None, (step.level(row) for step in own)), None)
        if quantity:
            yield Compared(name, *quantity)
        else:
            yield Compared(name, level or own[0].reference(row), is_level=level is not None)
