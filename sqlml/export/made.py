"""Rows to compare predictions on where none of a training are known: of every size, and with every level."""

from sqlml.prep.recipe import Recipe
from sqlml.prep.steps.category import Category
from sqlml.prep.taken import source
from sqlml.quote import identifier, literals
from sqlml.schema import Column

# So many rows, of which so many hundredths miss each value; numbers are below a power of ten that is drawn as well.
_ROWS, _MISSING, _POWERS = 2_000, 5, 7


def rows(recipe: Recipe) -> str:
    """A query of made rows that have the columns of a recipe's rows, the same each time."""
    levels = {source(step.column): step.levels for step in recipe.steps if isinstance(step, Category)}
    made = [
        f"{_value(column, levels.get(column, ()), at)} AS {identifier(column.name)}"
        for at, column in enumerate(recipe.inputs)
    ]
    return f"SELECT {', '.join(made)} FROM range({_ROWS}) AS made(i)"


def _value(column: Column, levels: tuple[str, ...], at: int) -> str:
    """SQL: a value of the column at that place, in row `i`."""
    drawn = f"(hash(i, {at}) / 18446744073709551616)"
    value = f"(hash(i, {at}, 1) / 9223372036854775808 - 1) * 10 ** (hash(i, {at}, 2) % {_POWERS})"
    if levels:
        known = [*levels, "never"]
        value = f"({literals(known)})[CAST(1 + hash(i, {at}, 1) % {len(known)} AS BIGINT)]"
    elif column.type == "BOOLEAN":
        value = f"hash(i, {at}, 1) % 2 = 0"
    return f"CASE WHEN {drawn} * 100 >= {_MISSING} THEN TRY_CAST({value} AS {column.type}) END"
