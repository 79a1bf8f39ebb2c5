"""How prep reads the database: one SELECT in, an Arrow table out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlml.prep.nan import WithoutNan

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow

    Numbers = npt.NDArray[np.float64]

Ask = Callable[[str], "pyarrow.Table"]
Item = TypeVar("Item")

# Planning more aggregates than this in one SELECT costs more than a second pass over the rows.
WIDTH = 250
# And of no more rows, planning aggregates costs more than to stack the values of many columns in one.
_FEW_ROWS = 20_000


def texts(ask: Ask, expressions: Iterable[str], source: str) -> list[str | None]:
    """The values, as text, of any number of aggregates over `source` (what follows FROM)."""
    values: list[str | None] = []
    for part in chunks(list(expressions), WIDTH):
        listed = ", ".join(f"CAST({expression} AS VARCHAR)" for expression in part)
        values += ask(f"SELECT [{listed}] AS facts FROM {source}").column(0)[0].as_py()
    return values


def facts(
    ask: Ask, values: Sequence[tuple[str, str]], aggregates: Sequence[str], source: str, rows: int
) -> list[list[str | None]]:
    """The same aggregates, as text, over each of any number of values: SQL over rows `r`, and what stands for its type.

    Aggregates have `{}` in the place of the value. `source` has about so many `rows`, and one at least.
    """
    if len(values) <= WIDTH or rows > _FEW_ROWS:
        answers = texts(ask, [one.format(value) for value, _ in values for one in aggregates], f"{source} AS r")
        return [list(own) for own in chunks(answers, len(aggregates))]
    listed = ", ".join(f"CAST({one.format('value')} AS VARCHAR)" for one in aggregates)
    found: list[list[str | None]] = [[] for _ in values]
    for type_ in dict.fromkeys(type_ for _, type_ in values):
        for part in chunks([place for place, (_, own) in enumerate(values) if own == type_], WIDTH):
            long = stacked([values[place][0] for place in part], f"{source} AS r")
            for row in ask(f"SELECT place, [{listed}] AS facts FROM {long} GROUP BY place").to_pylist():
                found[part[row["place"]]] = row["facts"]
    return found


def stacked(values: Sequence[str], source: str) -> str:
    """SQL: each row of `source`, what follows FROM, once for each of the values, by its `place` among them: a `value`.

    The values are of one type. Aggregates over them are planned once, and so is what leaves out NaN.
    """
    numbers = [value for value in values if isinstance(value, WithoutNan)]
    is_said_once = len(numbers) == len(values) and len({number.type for number in numbers}) == 1
    listed = ", ".join([number.number for number in numbers] if is_said_once else values)
    long = f"(SELECT unnest(range({len(values)})) AS place, unnest([{listed}]) AS value FROM {source})"
    return f"(SELECT place, {WithoutNan('value', numbers[0].type)} AS value FROM {long})" if is_said_once else long


def exact(value: str) -> str:
    """SQL: a value's text, compared letter by letter whatever collation the column or the session has."""
    return f'CAST({value} AS VARCHAR) COLLATE "binary"'


def ends(ask: Ask, numbers: Sequence[str], source: str) -> list[tuple[float, float] | None]:
    """The least and the greatest of any number of FLOAT expressions over `source`; None where all are NaN."""
    found: list[tuple[float, float] | None] = []
    for part in chunks(numbers, WIDTH):
        rows = ask(
            f"SELECT place, min(value) AS low, max(value) AS high FROM {stacked(part, source)}"
            " WHERE NOT isnan(value) GROUP BY place"
        ).to_pylist()
        pairs = {row["place"]: (row["low"], row["high"]) for row in rows}
        found += [pairs.get(place) for place in range(len(part))]
    return found


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items` in order, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def some(relation: str, rows: int, most: int, order: str) -> str:
    """SQL: of the `rows` of a relation about `most`, spread over all of it; `order` is the column that numbers them."""
    every = -(-rows // most)
    sample = f"(SELECT s.*, s.{order} FROM {relation} AS s WHERE hash(s.{order}) % {every} = 0)"
    return relation if every <= 1 else sample


def doubles(answer: "pyarrow.Table", column: str) -> "Numbers":
    """A DOUBLE column without NULLs as an array, past Arrow's own conversion, which loads a library of data frames."""
    import numpy as np

    parts = [
        np.frombuffer(part.buffers()[1] or b"", "<f8")[part.offset : part.offset + len(part)]
        for part in answer.column(column).chunks
    ]
    return np.concatenate(parts) if parts else np.zeros(0)
