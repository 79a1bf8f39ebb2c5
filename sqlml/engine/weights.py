"""The column that says how much each row counts: which rows do, and whether each weight can be counted with."""

from sqlml.diagnostics import Span
from sqlml.engine.database import Host
from sqlml.engine.problems import WeightsUnusable, WeightsZero
from sqlml.prep.ask import Ask, texts
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column


def weight(column: Column, row: str) -> str:
    """SQL: DOUBLE, the weight of `row`, a table alias; NULL where it is none."""
    return f"TRY_CAST({row}.{identifier(column.name)} AS DOUBLE)"


def leave_out(host: Host, relation: str, column: Column) -> None:
    """Takes the rows of weight 0 out of a table, unless there are no others: they are to be as if not there."""
    value = weight(column, "r")
    host.run(f"DELETE FROM {relation} AS r WHERE {value} = 0 AND (SELECT max({value}) FROM {relation} AS r) > 0")


def check(ask: Ask, relation: str, target: Target, column: Column, place: Span | None) -> None:
    """Checks the labelled rows of `relation`, which are those that count; `place` is where the column is named.

    Raises:
        WeightsUnusable: weights are NULL, negative, NaN or infinite.
        WeightsZero: no row counts at all.
    """
    value = weight(column, "r")
    is_null = f"r.{identifier(column.name)} IS NULL"
    wrong = {
        "NULL": is_null,
        "negative": f"isfinite({value}) AND {value} < 0",
        "NaN or infinite": f"NOT {is_null} AND NOT coalesce(isfinite({value}), false)",
    }
    counts = [f"count(*) FILTER ({condition})" for condition in wrong.values()]
    *found, greatest = texts(ask, [*counts, f"max({value})"], f"{relation} AS r WHERE {target.labelled('r')}")
    reasons = {reason: int(count or 0) for reason, count in zip(wrong, found, strict=True)}
    if any(reasons.values()):
        raise WeightsUnusable(column.name, reasons).at(place)
    if float(greatest or 0) == 0:
        raise WeightsZero(column.name).at(place)
