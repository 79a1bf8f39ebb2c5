"""What of the target can be averaged: a class or several as shares, a number as its distance from the mean."""

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from sqlml.prep.ask import Ask, doubles, texts
from sqlml.prep.target import Target
from sqlml.schema import Task

if TYPE_CHECKING:
    import pyarrow

    from sqlml.prep.ask import Numbers

# Of a target of many classes each has a part of the rows: the commonest say most.
_CLASSES = 8
# A number is summed in steps of its greatest distance from the mean over this: whole numbers, whose squares fit
# BIGINT, and whose sum is the same in any order.
_STEPS = 2**30


@dataclass(frozen=True)
class Outcomes:
    """The quantities of a target: their `names` (one that needs none is called ``), and SQL of each in a row `r`.

    The SQL gives whole numbers, which are a class's share as 0 or 1, and else the distance from the mean in units of
    which `spread` make a standard deviation.
    """

    names: tuple[str, ...]
    sql: tuple[str, ...]
    classifies: bool
    spread: float = 1.0

    @property
    def listed(self) -> str:
        """SQL: each in a row `r`, as `o0`, `o1` and so on."""
        return ", ".join(f"{sql} AS o{at}" for at, sql in enumerate(self.sql))

    @property
    def sums(self) -> str:
        """SQL: the sum of each over rows that have them as `o0`, `o1` and so on, DOUBLE, under the same names."""
        return ", ".join(f"CAST(sum(o{at}) AS DOUBLE) AS o{at}" for at in range(len(self.sql)))

    def table(self, answer: "pyarrow.Table") -> "Numbers":
        """The sums in an answer, an array of (rows, outcomes): how many rows, or standard deviations from the mean."""
        import numpy as np

        return np.stack([doubles(answer, f"o{at}") for at in range(len(self.sql))], axis=1) / self.spread


def outcomes(ask: Ask, relation: str, target: Target) -> Outcomes | None:
    """The quantities of `target`, or None where its numbers are too far apart to be added up."""
    label = target.label("r")
    match target.task:
        case Task.BINARY:
            return Outcomes(("",), (f"CAST({label} = 1 AS BIGINT)",), True)
        case Task.MULTICLASS:
            names = target.classes[:_CLASSES]
            return Outcomes(names, tuple(f"CAST({label} = {at} AS BIGINT)" for at in range(len(names))), True)
        case _:
            return _distance(ask, relation, target)


def _distance(ask: Ask, relation: str, target: Target) -> Outcomes | None:
    distance = f"({target.label('r')} - {target.prior[0]!r}::DOUBLE)"
    farthest = float(texts(ask, [f"max(abs({distance}))"], f"{relation} AS r")[0] or 0)
    step = farthest / _STEPS
    if not isfinite(step) or not step > 0:
        return None
    whole = f"CAST(round({distance} / {step!r}::DOUBLE) AS BIGINT)"
    squares = texts(ask, [f"sum({whole} * {whole})", "count(*)"], f"{relation} AS r")
    spread = (int(squares[0] or 0) / max(1, int(squares[1] or 0))) ** 0.5
    return Outcomes(("",), (whole,), False, spread) if spread > 0 else None
