"""What is found in a file: the columns that a model reads, what it predicts, and its graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlml.diagnostics import Problem
from sqlml.schema import Task

Carried = Literal["exact", "single", "code", "level"]
"""How a column's value gets to a graph as features, which are FLOAT.

`exact`: as three that make up the DOUBLE: each holds what those before it could not, times `SHIFT`. `single`: as one,
rounded to FLOAT. `code`: as one, a whole number cut towards zero. `level`: as the place of its text among the `levels`,
one more for every other text. Missing is NaN.
"""

# As many bits as a FLOAT has.
SHIFT = 2.0**24

# Whole numbers up to this one are told apart by a FLOAT.
LARGEST_CODE = 2**24


@dataclass(frozen=True)
class Input:
    """A column that a model reads, of a `type` as DuckDB spells it."""

    name: str
    type: str
    carried: Carried = "exact"
    levels: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many features carry it."""
        return 3 if self.carried == "exact" else 1


@dataclass(frozen=True)
class Found:
    """A model as it is stored here.

    `classes` are texts of values of `type`, in the order of the scores; none of a regression. `learner` and `detail`
    say in plain words what it is, `scoring` how fast. The graph is that of any other model, from the features of
    `inputs`.
    """

    inputs: tuple[Input, ...]
    task: Task
    classes: tuple[str, ...]
    type: str
    learner: str
    detail: str
    graph: bytes
    notices: tuple[Problem, ...] = ()
    scoring: str = ""


def places(inputs: Sequence[Input]) -> list[int]:
    """Where the features of each input begin."""
    found, at = [], 0
    for one in inputs:
        found.append(at)
        at += one.width
    return found
