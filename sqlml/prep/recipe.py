"""The recipe of a model: from the columns of a row to its features, as data and as SQL."""

import json
from dataclasses import dataclass

from sqlml.prep.step import Step
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from sqlml.schema import Column, Feature

STEPS: dict[str, type[Step]] = {step.name: step for step in (Boolean, Number, Category, Shape, Moment, Duration)}


@dataclass(frozen=True)
class Recipe:
    """Steps in the order of their features; everything that training and scoring share of a query's columns."""

    steps: tuple[Step, ...]

    @property
    def inputs(self) -> list[Column]:
        """The columns that a row must have, with the types that the expressions are written for."""
        return list(dict.fromkeys(step.column for step in self.steps))

    @property
    def features(self) -> list[Feature]:
        return [feature for step in self.steps for feature in step.features()]

    def expressions(self, row: str) -> list[str]:
        """One SQL expression a feature, FLOAT and never NULL; `row` is a table alias or a macro's parameter."""
        return [expression for step in self.steps for expression in step.expressions(row)]

    def array(self, row: str) -> str:
        """The features of a row as one SQL expression, FLOAT[]."""
        return f"[{', '.join(self.expressions(row))}]::FLOAT[]"

    def to_json(self) -> str:
        return json.dumps([step.data() for step in self.steps], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """The recipe that `to_json` wrote."""
        return cls(tuple(STEPS[data["step"]].of(data) for data in json.loads(text)))
