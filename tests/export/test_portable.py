"""Features in the words of other engines are those of DuckDB: read back by the translator, and in a PostgreSQL."""

import math
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import sqlglot

from sqlml.dialect.transpile import from_duckdb
from sqlml.export import portable
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import Tags
from sqlml.prep.taken import take
from sqlml.schema import Column
from tests.export.postgres import Postgres, serving

TEXTS = [
    *(
        "",
        " ",
        "x",
        "1",
        " 12 ",
        "\t-7.5\n",
        "+5",
        "1.",
        ".5",
        ".",
        "1e5",
        "1.e5",
        "-1E-5",
        "1e",
        "e5",
        "1 2",
        "0x1F",
        "NaN",
    ),
    *(
        "inf",
        "+inf",
        "-Infinity",
        "INF ",
        "infinit",
        "1e999",
        "-1e999",
        "1e-999",
        "1e308",
        "4.9e-324",
        "3.5e38",
        "-0",
        "1,5",
    ),
    *(
        "1\n",
        "12€",
        "1d",
        "٣",
        "1" * 150,
        "é😀 b  c",
        "a|b|a",
        " a | b||",
        "|",
        "||| ",
        "a b|.*|\\\\",
        "tag\n|tag",
        "x|tags",
    ),
    *("\u00a0é😀|é😀\u3000", "^]|[", "a;b", "\ta|a", 'it\'s|"q"', "{1}|(2)|$|?|+", "new\nline|b", "-", "%|_"),
]
TAGS = ("a", "é😀", "a b", ".*", "\\\\", "tag", "^]", "[", "it's", "{1}", "(2)", "$", "?", "%", "new\nline", "a|b")
text, moment = Column("t", "VARCHAR"), Column("z", "TIMESTAMP WITH TIME ZONE")
STEPS: dict[str, Step] = {
    "shape": Shape(text, Shape.all_parts),
    "number": Number(text),
    "number less a centre": Number(text, "12.25"),
    "number among blanks": Number(take(text, "t", "DOUBLE", ("cast", "DOUBLE"))),
    "tags": Tags(text, "|", TAGS),
    "other tags": Tags(text, ";", ("a", "b")),
    "list": Tags(Column("l", "VARCHAR[]"), "", TAGS),
    "moment": Moment(moment, Moment.all_parts, 18_000),
    "elapsed": Elapsed(moment, Column("d", "DATE")),
}
# What only the engine itself can tell.
NOT_READ_BACK = {("spark", "moment"), ("spark", "elapsed")}


@pytest.fixture(scope="module")
def db() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute("SET TimeZone = 'Asia/Kathmandu'; CREATE TABLE given (t VARCHAR, z TIMESTAMPTZ, d DATE, l VARCHAR[])")
    moments = "TIMESTAMPTZ '2024-03-30 23:59:59+00' + INTERVAL (i * 5e6) SECOND - INTERVAL (i % 2 * 60) YEAR"
    for at, one in enumerate([*TEXTS, None]):
        row = f"$1, {moments}, DATE '1999-12-31' + i::INTEGER, CASE WHEN i % 9 > 0 THEN [$1, NULL, ' a', 'tag'] END"
        db.execute(f"INSERT INTO given SELECT {row} FROM (SELECT {at} AS i)", [one])
    db.execute("INSERT INTO given VALUES (NULL, NULL, NULL, []), ('1', '1600-02-29 23:59:59+00', NULL, [''])")
    return db


@pytest.fixture(scope="module")
def postgres(db: duckdb.DuckDBPyConnection) -> Iterator[Postgres]:
    with serving() as server:
        types = [("t", "VARCHAR"), ("z", "TIMESTAMP WITH TIME ZONE"), ("d", "DATE"), ("l", "VARCHAR[]")]
        server.load(
            "given", types, db.execute("SELECT t, (z AT TIME ZONE 'UTC')::VARCHAR || '+00', d, l FROM given").fetchall()
        )
        yield server


def features(db: duckdb.DuckDBPyConnection, listed: str) -> list[list[float]]:
    return [list(map(number, row)) for row in db.execute(f"SELECT {listed} FROM given AS input").fetchall()]


def number(value: Any) -> float:
    return math.nan if value in (None, "") else float(value)


@pytest.mark.parametrize("dialect", ["postgres", "snowflake", "bigquery", "spark"])
@pytest.mark.parametrize("name", STEPS)
def test_features_are_the_same_when_they_are_read_back(db: duckdb.DuckDBPyConnection, name: str, dialect: str) -> None:
    if (dialect, name) in NOT_READ_BACK:
        pytest.skip("the translator does not read this back")
    query = from_duckdb(f"SELECT {listed(name)} FROM given AS input", dialect)
    back = sqlglot.transpile(query, read=dialect, write="duckdb")[0]
    found = [list(map(number, row)) for row in db.execute(back).fetchall()]
    assert found == [pytest.approx(row, nan_ok=True, rel=1e-6) for row in expected(db, name)]


@pytest.mark.parametrize("name", STEPS)
def test_postgres_makes_the_same_features(db: duckdb.DuckDBPyConnection, postgres: Postgres, name: str) -> None:
    query = from_duckdb(f"SELECT {listed(name)} FROM given AS input ORDER BY row_", "postgres")
    found = [list(map(number, line.split("|"))) for line in postgres.ask(query)]
    assert found == [pytest.approx(row, nan_ok=True, rel=0) for row in expected(db, name)]


def listed(name: str) -> str:
    return ", ".join(portable.expressions(Recipe((STEPS[name],)), "input"))


def expected(db: duckdb.DuckDBPyConnection, name: str) -> list[list[float]]:
    return features(db, ", ".join(STEPS[name].expressions("input")))
