"""Columns that alone tell nearly every row's target: they may have been written after it."""

from collections.abc import Sequence

from sqlml.prep.ask import WIDTH, Ask, chunks
from sqlml.prep.kind import Kind, kind
from sqlml.prep.steps.moment import days
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column

# A first look at few rows lets all but suspects go, the second decides. What is left of the errors, or of the variance,
# that one makes without the column must be less than this.
_LOOKS = ((2_000, 0.03), (20_000, 0.005))
_VARIANCE_LEFT = 0.001
# At most so many values are looked at at once: of thousands of columns, fewer rows.
_VALUES = 2_000_000
_BINS = 50
# Rarer texts are one level together.
_COMMON = 10
# Of fewer rows, or with fewer that are not of the commonest class, one may well tell them all.
_LEAST_ROWS, _LEAST_OTHERS = 500, 60


def of(ask: Ask, relation: str, columns: Sequence[Column], target: Target, order: str) -> list[Column]:
    """The columns from which, of one half of the rows, the target could be read that the others with such a value have.

    For a class that is the commonest one at the same text, or the one at the nearest number. For a number it is the
    mean at the same text, or a line through each of fifty bins of numbers. A missing value is a value, too.
    """
    others = target.rows * (1 - max(target.prior)) if target.task.classifies else target.rows
    if target.rows < _LEAST_ROWS or others < _LEAST_OTHERS:
        return []
    suspects = [column for column in columns if kind(column.type) is not Kind.NESTED]
    for most, errors in _LOOKS:
        rows = max(_LEAST_ROWS, min(most, _VALUES // max(1, len(suspects))))
        sample = f"{relation} AS r WHERE hash(r.{order}) % {-(-target.rows // rows)} = 0"
        left = errors if target.task.classifies else _VARIANCE_LEFT
        suspects = [
            part[place]
            for part in chunks(suspects, WIDTH)
            for place in ask(_telling(sample, part, target, order, left)).column(0).to_pylist()
        ]
    return suspects


def _telling(source: str, columns: Sequence[Column], target: Target, order: str, left: float) -> str:
    """SQL: the places of the columns that leave no more than this share of the errors."""
    numbers = ", ".join(_number(column) for column in columns)
    levels = ", ".join(_level(column) for column in columns)
    judged = _classes(left * (1 - max(target.prior))) if target.task.classifies else _residuals(left)
    return (
        f"WITH given AS (SELECT unnest(range({len(columns)})) AS place, CAST(unnest([{numbers}]) AS DOUBLE) AS number,"
        f" unnest([{levels}]) AS level, {target.label('r')} AS label, hash(hash(r.{order}, 7)) % 2 = 0 AS is_known,"
        f" r.{order} AS turn FROM {source}), values AS (SELECT * REPLACE (CASE WHEN isfinite(number) THEN number END"
        " AS number, CASE WHEN level IS NOT NULL AND count(*)"
        f" OVER (PARTITION BY place, level) < {_COMMON} THEN 0 ELSE level END AS level) FROM given), {judged}"
        " ORDER BY place ASC"
    )


def _number(column: Column) -> str:
    value = f"r.{identifier(column.name)}"
    match kind(column.type):
        case Kind.TEXT | Kind.BOOLEAN:
            return "NULL::DOUBLE"
        case Kind.DATE | Kind.MOMENT:
            value = f"CASE WHEN isfinite({value}) THEN {days(column.type, value)} END"
        case Kind.TIME | Kind.INTERVAL:
            value = f"epoch({value})"
        case Kind.REAL:
            return value
        case _:
            pass
    return f"TRY_CAST({value} AS DOUBLE)"


def _level(column: Column) -> str:
    value = f"r.{identifier(column.name)}"
    if kind(column.type) not in (Kind.TEXT, Kind.BOOLEAN):
        return "NULL::UBIGINT"
    return f"CASE WHEN {value} IS NOT NULL THEN hash(CAST({value} AS VARCHAR)) END"


def _classes(most: float) -> str:
    """By the class of the nearest number, or the commonest at the level; wrong in this share of the rows at most."""
    known = "CASE WHEN is_known THEN struct_pack(number := number, label := label) END IGNORE NULLS"
    ordered = "OVER (PARTITION BY place ORDER BY number ASC, turn ASC ROWS BETWEEN"
    return (
        f"near AS (SELECT *, last_value({known}) {ordered} UNBOUNDED PRECEDING AND 1 PRECEDING) AS below,"
        f" first_value({known}) {ordered} 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS above"
        " FROM values WHERE number IS NOT NULL),"
        " counted AS (SELECT place, level, label, count(*) AS n, sum(CAST(is_known AS INTEGER)) AS known FROM values"
        " WHERE number IS NULL GROUP BY place, level, label),"
        " told AS (SELECT place, 1 AS n, CAST(label = CASE WHEN above IS NULL OR number - below.number <="
        " above.number - number THEN below.label ELSE above.label END AS INTEGER) AS hits"
        " FROM near WHERE NOT is_known UNION ALL"
        " SELECT place, sum(n - known), coalesce(arg_max(n - known, known) FILTER (known > 0), 0) FROM counted"
        " GROUP BY place, level)"
        f" SELECT place FROM told GROUP BY place HAVING sum(n) - sum(coalesce(hits, 0)) <= {most!r} * sum(n)"
    )


def _residuals(left: float) -> str:
    """By the line through each bin of numbers, or the mean at the level."""
    return (
        "binned AS (SELECT *, CASE WHEN level IS NOT NULL THEN level WHEN number IS NOT NULL THEN ((rank() OVER"
        f" (PARTITION BY place ORDER BY number ASC) - 1) * {_BINS} // count(*) OVER (PARTITION BY place))::UBIGINT END"
        " AS bin FROM values),"
        " lines AS (SELECT place, bin, avg(label) AS middle, avg(number) AS centre,"
        " CASE WHEN stddev_pop(number) > 0 THEN regr_slope(label, number) ELSE 0 END AS slope"
        " FROM binned WHERE is_known GROUP BY place, bin),"
        " means AS (SELECT place, avg(label) AS mean FROM binned GROUP BY place),"
        " told AS (SELECT place, label - mean AS spread,"
        " label - coalesce(middle + coalesce(slope * (number - centre), 0), mean) AS rest"
        " FROM binned JOIN means USING (place) LEFT JOIN lines ON binned.place = lines.place"
        " AND binned.bin IS NOT DISTINCT FROM lines.bin WHERE NOT is_known)"
        f" SELECT place FROM told GROUP BY place HAVING sum(rest * rest) <= {left!r} * sum(spread * spread)"
    )
