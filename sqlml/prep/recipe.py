"""The recipe of a model: from the columns of a row to its features, as data and as SQL."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sqlml.prep.step import Step, clamped_together
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
from sqlml.schema import Column, Feature

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlml.model.draft import Value
    from sqlml.prep.step import Read

STEPS: dict[str, type[Step]] = {
    step.name: step
    for step in (Boolean, Number, Category, LevelMean, Shape, Text, Tags, Moment, Elapsed, Duration, AsIs)
}


@dataclass(frozen=True)
class Recipe:
    """Steps in the order of their features; everything that training and scoring share of a query's columns."""

    steps: tuple[Step, ...]

    @property
    def inputs(self) -> list[Column]:
        """The columns that a row must have, with the types that the expressions are written for."""
        return list(dict.fromkeys(column for step in self.steps for column in step.inputs))

    @property
    def columns(self) -> list[Column]:
        """What the expressions read: columns of a row, or what is taken out of them."""
        return list(dict.fromkeys(column for step in self.steps for column in step.columns))

    @property
    def features(self) -> list[Feature]:
        return [feature for step in self.steps for feature in step.features()]

    def expressions(self, row: str) -> list[str]:
        """One SQL expression a feature, FLOAT and never NULL; `row` is a table alias or a macro's parameter."""
        return [expression for step in self.steps for expression in step.expressions(row)]

    def array(self, row: str) -> str:
        """The features of a row as one SQL expression, FLOAT[]."""
        return self._array(row, lambda step: step.array(row) or step.expressions(row))

    def unheld_array(self, row: str) -> str | None:
        """The same for who takes NULL for missing and holds what is infinite or beyond; None where it costs no less."""
        if not any(step.unheld(row) for step in self.steps):
            return None
        return self._array(row, lambda step: step.array(row) or step.expressions(row), lambda step: step.unheld(row))

    def training_array(self, row: str, part: str) -> str:
        """The features of a row to learn from as one SQL expression, FLOAT[]; `part` is SQL of its part's number."""
        return self._array(row, lambda step: step.training_array(row, part) or step.training(row, part))

    def _array(
        self,
        row: str,
        features: "Callable[[Step], list[str] | str]",
        unheld: "Callable[[Step], str | None]" = lambda _: None,
    ) -> str:
        parts: list[list[str] | str] = []
        single = [unheld(step) for step in self.steps]
        double = [None if one else step.unclamped(row) for one, step in zip(single, self.steps, strict=True)]
        for is_double, group in groupby(zip(self.steps, single, double, strict=True), lambda each: each[2] is not None):
            own = list(group)
            together = [each for *_, each in own if each is not None]
            if is_double and len(together) > 1:
                parts.append(clamped_together(together))
            else:
                parts += [[one] if one else features(step) for step, one, _ in own]
        return _joined(parts)

    def drawn(self, read: "Read") -> "list[Value]":
        """The features of a row as a graph computes them; `read` gives the value of one of `columns`."""
        return [value for step in self.steps for value in step.drawn(read)]

    def to_json(self) -> str:
        return json.dumps([step.data() for step in self.steps], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """The recipe that `to_json` wrote."""
        return cls(tuple(STEPS[data["step"]].of(data) for data in json.loads(text)))


def _joined(parts: list[list[str] | str]) -> str:
    """SQL: one FLOAT[] of lists of expressions and of expressions that are a FLOAT[]."""
    lists: list[str] = []
    expressions: list[str] = []
    for part in [*parts, ""]:
        if isinstance(part, list):
            expressions += part
            continue
        if expressions:
            lists.append(f"[{', '.join(expressions)}]::FLOAT[]")
            expressions = []
        if part:
            lists.append(part)
    return lists[0] if len(lists) == 1 else f"flatten([{', '.join(lists)}])"
