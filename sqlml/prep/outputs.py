"""The columns of a prediction, from a model's scores, in the target's own type."""

from typing import TYPE_CHECKING

from sqlml.prep.kind import Kind, decimal_shape, integer_range, kind
from sqlml.quote import identifier, literals
from sqlml.schema import Column

if TYPE_CHECKING:
    from sqlml.model.draft import Value

# Relative room below a type's limit: more than a DOUBLE's rounding, less than anybody sees.
_ROOM = 1e-15
# So many classes are fields of a struct: each of them is an expression to plan.
_FIELDS = 100
_FLOAT_LIMIT, _BIGNUM_LIMIT = 3.4e38, 1e300


def answered(scores: str) -> str:
    """SQL: the scores, or NULL where a model could compute no number."""
    return f"CASE WHEN NOT isnan(list_sum({scores})) THEN {scores} END"


def classes(column: Column, values: tuple[str, ...], scores: str, threshold: str | None = None) -> str:
    """A struct of the likeliest class (the first, where several are), its probability and all probabilities.

    Where `threshold`, SQL of a DOUBLE, is not NULL, the second of two classes is predicted instead where its
    probability is at least that, and else the first.
    """
    typed = f"CAST({literals(list(values))} AS {column.type}[])"
    place, probability = f"list_position({scores}, list_max({scores}))", f"list_max({scores})"
    if threshold is not None:
        place = f"CASE WHEN {threshold} IS NULL THEN {place} WHEN {scores}[2] >= {threshold} THEN 2 ELSE 1 END"
        probability = f"{scores}[{place}]"
    name = f"predicted_{column.name}"
    return (
        f"struct_pack({identifier(name)} := {typed}[{place}], {identifier(f'{name}_probability')} := {probability},"
        f" {identifier(f'{name}_probabilities')} := {_mapped(column, values, typed, scores)})"
    )


def _mapped(column: Column, values: tuple[str, ...], typed: str, scores: str) -> str:
    """SQL: the MAP of the classes to their scores; NULL where these are."""
    # A MAP of two lists takes 150 ns for each class of a row, since it looks for keys that are twice there; that of a
    # struct a tenth of it, as no struct has such fields. None has a field without a name, or `A` beside `a`, either.
    if len(values) > _FIELDS or "" in values or len({value.casefold() for value in values}) < len(values):
        return f"MAP({typed}, {scores})"
    fields = ", ".join(f"{identifier(value)} := {scores}[{place}]" for place, value in enumerate(values, 1))
    return f"CASE WHEN {scores} IS NOT NULL THEN CAST(struct_pack({fields}) AS MAP({column.type}, DOUBLE)) END"


def number(column: Column, scores: str) -> str:
    """A struct of the predicted number: rounded to the type, and held within it so that no cast can fail."""
    value = f"{scores}[1]"
    limits = _limits(column.type)
    if limits is not None:
        low, high = limits
        if kind(column.type) is Kind.INTEGER:
            value = f"round({value})"
        value = f"CAST(least(greatest({value}, {low!r}::DOUBLE), {high!r}::DOUBLE) AS {column.type})"
    return f"struct_pack({identifier(f'predicted_{column.name}')} := {value})"


def drawn_class(column: Column, values: tuple[str, ...], scores: "Value") -> "Value":
    """The likeliest class in a graph, (rows): a whole number or a truth where the target is one, else its text."""
    import numpy as np

    place = scores.first_greatest()
    if column.type == "BOOLEAN":
        return place.among(np.array([value == "true" for value in values]))
    if fits_in_whole(column.type):
        return place.among(np.array([int(value) for value in values], np.int64))
    return place.among(np.array(values, object))


def drawn_number(column: Column, scores: "Value") -> "Value":
    """The predicted number in a graph, (rows), rounded and held as `number` does.

    A whole number where the target is one of up to 64 bits, FLOAT where it is FLOAT, else DOUBLE.
    """
    value, limits = scores.column(0), _limits(column.type)
    if limits is None:
        return value
    low, high = limits
    if kind(column.type) is Kind.REAL:
        return value.held(low, high).single()
    if kind(column.type) is Kind.DECIMAL:
        power = 10.0 ** decimal_shape(column.type)[1]
        return (value.held(low, high) * power).rounded() / power
    # The ends lie a little within the type: to round once more finds them.
    held = value.rounded().held(low, high).rounded()
    return held.whole() if fits_in_whole(column.type) else held


def fits_in_whole(type_: str) -> bool:
    """Whether a type has whole numbers of up to 64 bits."""
    low, high = integer_range(type_) or (1, 0)
    return low <= high and low >= -(2**63) and high < 2**63


def _limits(type_: str) -> tuple[float, float] | None:
    match kind(type_):
        case Kind.REAL:
            return (-_FLOAT_LIMIT, _FLOAT_LIMIT) if type_ == "FLOAT" else None
        case Kind.DECIMAL:
            digits, scale = decimal_shape(type_)
            high = float((10**digits - 1) / 10**scale) * (1 - _ROOM)
            return -high, high
        case _:
            low, high = integer_range(type_) or (-_BIGNUM_LIMIT, _BIGNUM_LIMIT)
            return float(low) * (1 - _ROOM), float(high) * (1 - _ROOM)
