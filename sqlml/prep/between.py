"""Which pairs of dates a row has that may tell by the time between them."""

from collections.abc import Sequence
from itertools import islice

from sqlml.prep.ask import Ask, ends
from sqlml.prep.kind import Kind, kind
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.schema import Column

# Columns that stand next to each other come first: `ordered_on`, `delivered_on`.
_MOST_PAIRS = 10


def between(ask: Ask, relation: str, columns: Sequence[Column]) -> list[Elapsed]:
    """A step for each pair of dates or points in time, of at most ten pairs, whose distance varies from row to row."""
    moments = [column for column in columns if kind(column.type) in (Kind.DATE, Kind.MOMENT)]
    pairs = ((first, first + apart) for apart in range(1, len(moments)) for first in range(len(moments) - apart))
    steps = [Elapsed(moments[first], moments[second]) for first, second in islice(pairs, _MOST_PAIRS)]
    if not steps:
        return []
    found = ends(ask, [value for step in steps for value in step.expressions("r")], f"{relation} AS r")
    return [step for step, pair in zip(steps, found, strict=True) if pair and pair[0] != pair[1]]
