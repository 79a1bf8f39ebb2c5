"""Which rows are a log in time."""

import pytest

from sqlml.prep.time_order import in_time_order
from tests.prep.bench import Bench

LOG = "DATE '2020-01-01' + (i // 4)::INTEGER"


@pytest.mark.parametrize(
    ("day", "y", "rows", "is_log"),
    [
        (LOG, "sqrt(i)", 400, True),
        (f"({LOG})::TIMESTAMPTZ", "sqrt(i)", 400, True),
        (f"CASE WHEN i % 200 > 0 THEN {LOG} END", "sqrt(i)", 400, True),
        (LOG, "i % 3 = 0", 400, True),
        (LOG, "i > 350", 400, False),
        (LOG, "sqrt(i)", 99, False),
        (f"CASE WHEN i % 20 > 0 THEN {LOG} END", "sqrt(i)", 400, False),
        ("DATE '2020-01-01' + (i // 40)::INTEGER", "sqrt(i)", 400, False),
        ("DATE '2020-01-01' - i::INTEGER", "sqrt(i)", 400, False),
        ("DATE '2020-01-01' + (CASE WHEN i = 1999 THEN 0 ELSE i END)::INTEGER", "sqrt(i)", 2000, False),
        ("i", "sqrt(i)", 400, False),
    ],
)
def test_a_log_is_told_by_a_moment_that_never_falls(day: str, y: str, rows: int, is_log: bool, bench: Bench) -> None:
    columns = bench.table(f"SELECT sin(i) AS a, {day} AS day, {y} AS y FROM range({rows}) r(i)")
    target, _ = bench.examine("FROM t")
    found = in_time_order(bench.ask, "t", columns, target)
    assert [column.name for column in found] == ["day"] * is_log


# Two rows a day from the first of November 2020 on.
DAY = "(DATE '2020-11-01' + (i // 2)::INTEGER)"
YEAR, MONTH = f"year({DAY})", f"month({DAY})"


@pytest.mark.parametrize(
    ("columns", "rows", "time"),
    [
        # Fourteen months are a handful; their days are not.
        (f"{YEAR} AS year, {MONTH} AS month, i % 2 AS day", 800, []),
        (f"{YEAR} AS year, {MONTH} AS month, day({DAY}) AS day", 800, ["year", "month", "day"]),
        (f"day({DAY}) AS day, {MONTH} AS month, {YEAR} AS year", 800, ["year", "month", "day"]),
        (f'{YEAR} % 100 AS "Order Yr", {MONTH} AS "OrderMonth"', 1600, ["Order Yr", "OrderMonth"]),
        (f"{YEAR} AS année, dayofyear({DAY}) AS jour", 400, ["année", "jour"]),
        (f"2020 AS census_year, {YEAR} AS year, {MONTH} AS month", 1600, ["year", "month"]),
        ("2020 AS year, i // 40 AS month, i // 10 % 4 AS week", 400, ["year", "month", "week"]),
        # Numbers of rows, or of places within a year, are no part of it.
        ("2020 AS year, i AS id", 300, []),
        ("2020 + i // 200 AS year, i % 200 AS county", 800, []),
        ("i // 300 AS has_an_account, i % 300 AS age", 600, []),
        # Stores and their months, one store after the other.
        ("i // 40 AS store, i % 40 // 4 AS month", 400, []),
        # Years in which something was built; a year that falls once; months that are not sorted within it.
        ("1900 + i // 4 AS year_built, i % 7 AS rooms", 400, []),
        (f"CASE WHEN i = 900 THEN 2020 ELSE {YEAR} END AS year, {MONTH} AS month", 1600, []),
        (f"{YEAR} AS year, 1 + i % 12 AS month", 1600, []),
        (f"{YEAR} AS year, {MONTH} * 1000 AS month", 1600, []),
    ],
)
def test_a_year_and_what_tells_the_time_in_it_make_a_log(
    columns: str, rows: int, time: list[str], bench: Bench
) -> None:
    *given, _ = bench.table(f"SELECT sin(i) AS a, {columns}, sqrt(i) AS y FROM range({rows}) r(i)")
    target, _ = bench.examine("FROM t")
    assert [column.name for column in in_time_order(bench.ask, "t", given, target)] == time
