"""What a step of a recipe is: data that gives SQL expressions over one column."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlml.prep.taken import column_of, reference, source
from sqlml.schema import Column, Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.entry import Given

    Read = Callable[[Column], Given]

MISSING = "'NaN'::FLOAT"
# Beyond this a number is not told apart: it leaves room below the greatest FLOAT for rounding.
GREATEST = "3.4e38"


@dataclass(frozen=True)
class Step(ABC):
    """One column's way to its features.

    `features()` and `expressions(row)` go in pairs. Each expression is FLOAT, never NULL (missing is NaN), fails for
    no value of the column's type, and depends on its own row alone, not on any setting of the session.
    """

    name: ClassVar[str]
    column: Column

    @property
    def columns(self) -> list[Column]:
        """What the expressions read: columns of a row, or what is taken out of them."""
        return [self.column]

    @property
    def inputs(self) -> list[Column]:
        """The columns of a row that the expressions read."""
        return [source(column) for column in self.columns]

    @abstractmethod
    def features(self) -> list[Feature]: ...

    @abstractmethod
    def expressions(self, row: str) -> list[str]: ...

    def training(self, row: str, part: str) -> list[str]:  # noqa: ARG002
        """The expressions for a row to learn from, where `part` is SQL of its part's number.

        They differ from `expressions` where the target was used: a row's own part has no say in its statistics.
        """
        return self.expressions(row)

    def array(self, row: str) -> str | None:  # noqa: ARG002
        """All of `expressions` as one FLOAT[], where that costs less than one after the other."""
        return None

    def training_array(self, row: str, part: str) -> str | None:  # noqa: ARG002
        """All of `training` as one FLOAT[], where that costs less than one after the other."""
        return None

    def unclamped(self, row: str) -> str | None:  # noqa: ARG002
        """SQL: the DOUBLE that is the step's only feature as soon as it is `clamped`; None where it has no such one."""
        return None

    def unheld(self, row: str) -> str | None:  # noqa: ARG002
        """SQL: the FLOAT that is the step's only feature once NULL is missing and it is held; None where there is none.

        Whoever takes features all at once does both for less than SQL does it one by one.
        """
        return None

    @property
    def obstacle(self) -> str | None:
        """Why no graph can compute the features, as the end of a sentence; None where one can."""
        return None

    def drawn(self, read: "Read") -> "list[Value]":
        """The features as a graph computes them, FLOAT (rows, 1): what `expressions` are, to the last bit.

        `read` gives the value of a column. Not to be called where there is an `obstacle`.
        """
        raise NotImplementedError

    def measured(self, row: str) -> tuple[str, str] | None:  # noqa: ARG002
        """SQL of the value whose range tells a row unlike those learnt from, NULL where it is missing; and its type."""
        return None

    def level(self, row: str) -> str | None:  # noqa: ARG002
        """SQL of the text whose levels tell a row unlike those learnt from, NULL where it is missing."""
        return None

    def reference(self, row: str) -> str:
        """The column's value in `row`, a table alias or a macro's parameter."""
        return reference(self.column, row)

    def data(self) -> dict[str, Any]:
        """The step as JSON can hold it."""
        return {"step": self.name, **asdict(self)}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """The step that `data()` was taken from."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items() if name != "step"
        }
        return cls(**fields | {"column": column_of(data["column"])})


def clamped(value: str) -> str:
    """A DOUBLE expression as FLOAT, infinities and overflow at the ends, NULL and NaN as missing."""
    # NaN sorts above all numbers, so one comparison finds it and NULL; with AND, planning thousands of these is slow.
    held = f"least(greatest({value}, -{GREATEST}), {GREATEST})"
    return f"CASE WHEN {value} < 'NaN'::DOUBLE THEN CAST({held} AS FLOAT) ELSE {MISSING} END"


def clamped_together(values: Sequence[str]) -> str:
    """SQL: FLOAT[] of DOUBLE expressions, each as `clamped` has it.

    Said once for all: 20 of them take 0.8 ms to plan, and 3.7 one by one. Nearly all numbers leave by the short way.
    """
    is_held = f"number BETWEEN -{GREATEST} AND {GREATEST}"
    one = f"CASE WHEN {is_held} THEN CAST(number AS FLOAT) ELSE {clamped('number')} END"
    return f"list_transform([{', '.join(values)}]::DOUBLE[], lambda number: {one})"


def clamped_value(value: "Value") -> "Value":
    """What `clamped` is in SQL: 64 bits, NaN where missing."""
    end = float(GREATEST)
    return value.is_nan().chosen(value, value.held(-end, end)).single()


def present(value: str) -> str:
    """A finite or NULL number expression as FLOAT, NULL as missing."""
    return f"COALESCE(CAST({value} AS FLOAT), {MISSING})"
