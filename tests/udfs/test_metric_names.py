"""No name that a user gives a column or a table is mistaken for one of a metric's own."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from conftest import FILES

USUAL = [
    "actual",
    "score",
    "predicted",
    "probabilities",
    "weight",
    "errors",
    "tbl",
    "rows",
    "value",
    "lower",
    "upper",
    "truth",
]
# What stands beside `actual` in each kind of metric, and what a row of it looks like.
BESIDE = {
    "score": ("BOOLEAN", "i % 3 = 0", "DOUBLE", "i / 7.0e0"),
    "predicted": ("BOOLEAN", "i % 3 = 0", "BOOLEAN", "i % 2 = 0"),
    "probabilities": ("BOOLEAN", "i % 3 = 0", "MAP(BOOLEAN, DOUBLE)", "MAP {true: i / 7.0e0, false: 1 - i / 7.0e0}"),
}


def inner_names(file: Path) -> list[str]:
    """Returns the names that the macro gives to its own columns, tables and windows."""
    body = file.read_text(encoding="utf-8").partition("AS TABLE")[2]
    listed = re.findall(r"^WITH \w+\((.*)\) AS", body, re.MULTILINE)
    return [*", ".join(listed).split(", "), *re.findall(r"\bAS ([a-z]\w*)", body), *inner_tables(file)]


def inner_tables(file: Path) -> list[str]:
    """Returns the names of the macro's own CTEs."""
    return re.findall(
        r"^(?:WITH )?(\w+)(?:\(.*\))? AS (?:MATERIALIZED )?\($", file.read_text(encoding="utf-8"), re.MULTILINE
    )


def beside(file: Path) -> str:
    found = re.search(r"\(tbl, actual, (\w+), weight := 1, errors := [0-9.]+\)", file.read_text(encoding="utf-8"))
    assert found
    return found[1]


@pytest.fixture
def fresh(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection to the same macros whose tables go when the test ends."""
    cursor = connection.cursor()
    cursor.begin()
    yield cursor
    cursor.rollback()


def test_columns_may_have_any_name(file: Path, fresh: duckdb.DuckDBPyConnection) -> None:
    names = sorted({*USUAL, *inner_names(file)})
    actual_type, actual, other_type, other = BESIDE[beside(file)]
    row = f"SELECT ({actual})::{actual_type} AS x1, ({other})::{other_type} AS x2, i + 0.5 AS x3 FROM range(7) r(i)"
    fresh.execute(f"CREATE TABLE plain AS {row}")
    expected = fresh.execute(f'FROM "{file.stem}"(plain, x1, x2, weight := x3)').fetchall()
    for i, name in enumerate(names):
        trio = [f'"{name}"', f'"{names[i - 1]}"', f'"{names[i - 2]}"']
        fresh.execute(f"CREATE OR REPLACE TABLE named({', '.join(trio)}) AS FROM plain")
        arguments = f"{trio[0]}, {trio[1]}, weight := {trio[2]}"
        assert fresh.execute(f'FROM "{file.stem}"(named, {arguments})').fetchall() == expected, trio


def test_tables_may_have_any_name(file: Path, fresh: duckdb.DuckDBPyConnection) -> None:
    actual_type, actual, other_type, other = BESIDE[beside(file)]
    row = f"SELECT ({actual})::{actual_type} AS x1, ({other})::{other_type} AS x2 FROM range(7) r(i)"
    fresh.execute(f"CREATE TABLE plain AS {row}")
    expected = fresh.execute(f'FROM "{file.stem}"(plain, x1, x2)').fetchall()
    for name in ["tbl", "actual", *inner_tables(file)]:
        assert fresh.execute(f'WITH "{name}" AS ({row}) FROM "{file.stem}"("{name}", x1, x2)').fetchall() == expected
        fresh.execute(f'CREATE TABLE "{name}" AS FROM plain')
        assert fresh.execute(f'FROM "{file.stem}"("{name}", x1, x2)').fetchall() == expected, name
        inner = f'FROM "{file.stem}"(plain, x1, x2, weight := (SELECT 1 FROM "{name}" WHERE x1 LIMIT 1))'
        assert fresh.execute(inner).fetchall() == expected, name


def test_arguments_may_be_expressions_and_tables_of_any_kind(fresh: duckdb.DuckDBPyConnection) -> None:
    fresh.execute("""CREATE TABLE customers AS
        SELECT CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END AS churned, i % 5 AS score FROM range(20) r(i)""")
    fresh.execute("CREATE VIEW everybody AS FROM customers")
    expected = fresh.execute("FROM roc_auc(customers, churned = 'yes', score / 10.0)").fetchall()
    named = "actual := churned = 'yes', score := score / 10.0, weight := 2"
    for table in ("customers", "everybody", "'customers'", "memory.main.customers"):
        assert fresh.execute(f"FROM roc_auc({table}, {named})").fetchall() == expected
    ranked = "FROM roc_auc(customers, churned = 'yes', rank() OVER (ORDER BY score))"
    assert fresh.execute(ranked).fetchall() == expected


def test_every_metric_can_be_called_from_another_schema(fresh: duckdb.DuckDBPyConnection) -> None:
    fresh.execute("CREATE SCHEMA elsewhere")
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        fresh.execute(text.replace(f"MACRO {file.stem}(", f"MACRO elsewhere.{file.stem}(", 1))
    fresh.execute("CREATE TABLE plain AS SELECT true AS x")
    assert fresh.execute('FROM elsewhere."precision"(plain, x, x)').fetchall()[0][0] == 1
