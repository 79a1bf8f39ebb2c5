"""A number as a model that was made elsewhere takes it: as itself, to the last digit."""

from dataclasses import dataclass

from sqlml.model.foreign.found import SHIFT
from sqlml.prep.step import GREATEST, MISSING, Step
from sqlml.schema import Feature


@dataclass(frozen=True)
class AsIs(Step):
    """The value of a column of numbers or truths, as `carried` says.

    `exact`: three features that make up the DOUBLE, since one of 32 bits could lie on the other side of a threshold of
    64. `single`: the nearest FLOAT. `code`: a whole number, cut towards zero. Infinity stays infinite; a finite number
    beyond FLOAT is the greatest one if it is `exact`, else infinite.
    """

    name = "as_is"
    carried: str

    @property
    def obstacle(self) -> str | None:
        return "it was imported with the model, whose file is there already"

    def features(self) -> list[Feature]:
        name = self.column.name
        names = [name, f"{name} (2)", f"{name} (3)"] if self.carried == "exact" else [name]
        return [Feature(each, name) for each in names]

    def expressions(self, row: str) -> list[str]:
        value = f"CAST({self.reference(row)} AS DOUBLE)"
        if self.carried == "exact":
            return _exact(value)
        return [_single(f"trunc({value})" if self.carried == "code" else value)]


def _single(value: str) -> str:
    beyond = f"CASE WHEN {value} > 0 THEN 'inf'::FLOAT WHEN {value} < 0 THEN '-inf'::FLOAT ELSE {MISSING} END"
    return f"coalesce(TRY_CAST({value} AS FLOAT), {beyond})"


def _exact(value: str) -> list[str]:
    beyond = f"CASE WHEN {value} > 0 THEN {GREATEST} WHEN {value} < 0 THEN -{GREATEST} ELSE 'NaN' END::FLOAT"
    first = f"coalesce(TRY_CAST({value} AS FLOAT), {beyond})"
    second = _rest(f"({value} - {first}::DOUBLE) * {SHIFT!r}", value)
    return [first, second, _rest(f"(({value} - {first}::DOUBLE) * {SHIFT!r} - {second}::DOUBLE) * {SHIFT!r}", value)]


def _rest(difference: str, value: str) -> str:
    """What the features before could not hold; nothing where the value is no finite number, or beyond them."""
    return f"coalesce(CASE WHEN abs({value}) <= {GREATEST} THEN TRY_CAST({difference} AS FLOAT) END, 0::FLOAT)"
