"""The columns of a prediction, from a model's scores, in the target's own type."""

from sqlml.prep.kind import Kind, decimal_shape, integer_range, kind
from sqlml.quote import identifier, literals
from sqlml.schema import Column

# Relative room below a type's limit: more than a DOUBLE's rounding, less than anybody sees.
_ROOM = 1e-15
_FLOAT_LIMIT, _BIGNUM_LIMIT = 3.4e38, 1e300


def classes(column: Column, values: tuple[str, ...], scores: str) -> str:
    """A struct of the likeliest class (the first, where several are), its probability and all probabilities."""
    typed = f"CAST({literals(list(values))} AS {column.type}[])"
    likeliest = f"{typed}[list_position({scores}, list_max({scores}))]"
    name = f"predicted_{column.name}"
    return (
        f"struct_pack({identifier(name)} := {likeliest}, {identifier(f'{name}_probability')} := list_max({scores}),"
        f" {identifier(f'{name}_probabilities')} := MAP({typed}, {scores}))"
    )


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
