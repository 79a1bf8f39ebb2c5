"""What is taken out of nested values, in the words of other engines, is what DuckDB takes out of them."""

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import sqlglot

from sqlml.prep.step import Step
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.tags import Tags
from sqlml.prep.taken import Way, take
from sqlml.schema import Column
from tests.export.in_engines import by_spark, expected, numbers, query, words
from tests.export.postgres import Postgres, serving

RECORD = "STRUCT(a INTEGER, r DOUBLE, t VARCHAR, b BOOLEAN, d DATE, w TIMESTAMP, n STRUCT(x VARCHAR, l DOUBLE[]),"
RECORD += ' "odd key" DECIMAL(9,2), tags VARCHAR[], c TIME, big BIGINT)'
TYPES = {
    "s": RECORD,
    "m": "MAP(VARCHAR, DOUBLE)",
    "k": "MAP(INTEGER, VARCHAR)",
    "j": "JSON",
    "x": "VARCHAR",
    "l": "DOUBLE[]",
    "i": "INTEGER[]",
    "d": "DATE[]",
    "p": "STRUCT(a INTEGER, t VARCHAR)[]",
}
ROWS = [
    """{'a': 1, 'r': 0.1, 't': 'é😀', 'b': true, 'd': DATE '2020-02-29', 'w': TIMESTAMP '1969-12-31 23:59:59.5',
     'n': {'x': 'in', 'l': [1.5, NULL, -2]}, 'odd key': 1.25, 'tags': ['a', ' b', NULL], 'c': TIME '01:02:03.5',
     'big': 5}, MAP {'one': 1.5, 'it''s "two"': -2}, MAP {1: 'a', 2: 'b'},
     '{"a": 1.5, "b": {"c": "x", "d e": true, "~/": "s"}, "l": [1, 2.5, "3", "x", null], "t": ["a", "b", "a"],
     "n": [[1], 2]}', '{"a": "12", "w": "2020-01-05T10:11:12", "b": "yes"}', [1.5, NULL, 'nan'::DOUBLE], [3, NULL, 1],
     [DATE '2020-01-01'], [{'a': 7, 't': 'x'}, NULL]""",
    """{'a': -2147483648, 'r': 'nan'::DOUBLE, 't': '', 'b': false, 'd': NULL, 'w': NULL, 'n': NULL, 'odd key': NULL,
     'tags': [], 'c': NULL, 'big': 9007199254740993}, MAP {}, MAP {2: NULL},
     '{"a": true, "b": {"c": null, "d e": "no"}, "l": [], "t": [], "n": []}', '{"a": null, "b": 1}', [], [], [], []""",
    """{'a': NULL, 'r': 'inf'::DOUBLE, 't': NULL, 'b': NULL, 'd': DATE '0001-01-01', 'w': TIMESTAMP '2024-01-01',
     'n': {'x': NULL, 'l': NULL}, 'odd key': -0.01, 'tags': NULL, 'c': TIME '23:59:59.999999', 'big': NULL},
     MAP {'one': NULL}, NULL, '[1, 2]', '[]', [0.1, 0.2, 0.3], [5], [NULL, DATE '1999-12-31'],
     [{'a': NULL, 't': 'y'}]""",
    "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    """{'a': 3, 'r': -1e150, 't': 'a"b\\', 'b': true, 'd': DATE '1600-02-29', 'w': TIMESTAMP '1600-02-29 01:00:00',
     'n': {'x': 'in', 'l': []}, 'odd key': 99.99, 'tags': ['b', 'b'], 'c': TIME '00:00', 'big': -1},
     MAP {'one': 1e-150}, MAP {1: ''}, '{"a": "2020-01-05", "b": [], "l": 5, "t": "a"}',
     '{"a": -3e2, "b": "t", "w": "?"}', ['inf'::DOUBLE, -1], [-1, 2], [DATE '2024-02-29', DATE '1970-01-01'],
     [{'a': 1, 't': NULL}, {'a': 2, 't': 'x'}]""",
]


def taken(of: str, type_: str, *ways: Way) -> Column:
    return take(Column(of, TYPES[of]), of, type_, *ways)


DAY = ("days", "year", "month", "day", "weekday")
STEPS: dict[str, Step] = {
    "integer of a record": Number(taken("s", "INTEGER", ("field", "a"))),
    "great integer of a record": Number(taken("s", "BIGINT", ("field", "big")), "1"),
    "real of a record": Number(taken("s", "DOUBLE", ("field", "r"))),
    "decimal of a record": Number(taken("s", "DECIMAL(9,2)", ("field", "odd key")), "0.25"),
    "text of a record": Category(taken("s", "VARCHAR", ("field", "t")), ("", "é😀", 'a"b\\')),
    "truth of a record": Boolean(taken("s", "BOOLEAN", ("field", "b"))),
    "day of a record": Moment(taken("s", "DATE", ("field", "d")), DAY, 100),
    "moment of a record": Moment(taken("s", "TIMESTAMP", ("field", "w")), (*DAY, "hour")),
    "clock of a record": Duration(taken("s", "TIME", ("field", "c"))),
    "text within": Category(taken("s", "VARCHAR", ("field", "n"), ("field", "x")), ("in",)),
    "mean within": Number(taken("s", "DOUBLE", ("field", "n"), ("field", "l"), ("mean",))),
    "least within": Number(taken("s", "DOUBLE", ("field", "n"), ("field", "l"), ("least",))),
    "size within": Number(taken("s", "BIGINT", ("field", "n"), ("field", "l"), ("size",))),
    "second within": Number(taken("s", "DOUBLE", ("field", "n"), ("field", "l"), ("element", "3"))),
    "tags of a record": Tags(taken("s", "VARCHAR[]", ("field", "tags"), ("cast", "VARCHAR[]")), "", ("a", "b")),
    "entry of a map": Number(taken("m", "DOUBLE", ("entry", "one", "VARCHAR"))),
    "odd entry of a map": Number(taken("m", "DOUBLE", ("entry", 'it\'s "two"', "VARCHAR"))),
    "entry by a number": Category(taken("k", "VARCHAR", ("entry", "2", "INTEGER")), ("a", "b")),
    "entries of a map": Number(taken("m", "UBIGINT", ("entries",))),
    "number of a document": Number(taken("j", "DOUBLE", ("json", "/a", "DOUBLE"))),
    "text of a document": Category(taken("j", "VARCHAR", ("json", "/b/c", "VARCHAR")), ("x",)),
    "truth of a document": Boolean(taken("j", "BOOLEAN", ("json", "/b/d e", "BOOLEAN"))),
    "odd key of a document": Category(taken("j", "VARCHAR", ("json", "/b/~0~1", "VARCHAR")), ("s",)),
    "size in a document": Number(taken("j", "BIGINT", ("json", "/n", "JSON[]"), ("size",))),
    "mean in a document": Number(taken("j", "DOUBLE", ("json", "/l", "DOUBLE[]"), ("mean",))),
    "greatest in a document": Number(taken("j", "DOUBLE", ("json", "/l", "DOUBLE[]"), ("greatest",))),
    "third in a document": Number(taken("j", "DOUBLE", ("json", "/l", "DOUBLE[]"), ("element", "3"))),
    "tags in a document": Tags(taken("j", "VARCHAR[]", ("json", "/t", "VARCHAR[]")), "", ("a", "b")),
    "size of a document": Number(taken("j", "BIGINT", ("json", "", "JSON[]"), ("size",))),
    "number of a text": Number(taken("x", "DOUBLE", ("json", "/a", "DOUBLE"))),
    "moment of a text": Moment(
        taken("x", "TIMESTAMP", ("json", "/w", "VARCHAR"), ("cast", "TIMESTAMP")), (*DAY, "hour"), 18_000
    ),
    "truth of a text": Boolean(taken("x", "BOOLEAN", ("json", "/b", "BOOLEAN"))),
    "size of a list": Number(taken("l", "BIGINT", ("size",))),
    "first of a list": Number(taken("l", "DOUBLE", ("element", "1"))),
    "least of a list": Number(taken("l", "DOUBLE", ("least",))),
    "greatest of a list": Number(taken("l", "DOUBLE", ("greatest",))),
    "mean of a list": Number(taken("l", "DOUBLE", ("mean",))),
    "least of integers": Number(taken("i", "INTEGER", ("least",)), "1"),
    "mean of integers": Number(taken("i", "DOUBLE", ("mean",))),
    "latest of days": Moment(taken("d", "DATE", ("greatest",)), DAY),
    "size of records": Number(taken("p", "BIGINT", ("size",))),
    "field of the first record": Number(taken("p", "INTEGER", ("element", "1"), ("field", "a"))),
    "text of the second record": Category(taken("p", "VARCHAR", ("element", "2"), ("field", "t")), ("x",)),
}


@pytest.fixture(scope="module")
def db() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute(f"CREATE TABLE given ({', '.join(f'{name} {type_}' for name, type_ in TYPES.items())})")
    for row in ROWS:
        db.execute(f"INSERT INTO given VALUES ({row})")
    return db


@pytest.fixture(scope="module")
def postgres(db: duckdb.DuckDBPyConnection) -> Iterator[Postgres]:
    with serving() as server:
        types = [
            *((name, "jsonb") for name in "smkjxp"),
            ("l", "double precision[]"),
            ("i", "integer[]"),
            ("d", "date[]"),
        ]
        # A number that is none is a text there.
        record = r"""regexp_replace(to_json(s)::VARCHAR, ':(NaN|Infinity)', ':"\1"', 'g')"""
        listed = [record, "to_json(m)", "to_json(k)", "j", "x", "to_json(p)"]
        listed += [
            f"'{{' || array_to_string(list_transform({one}, lambda v: coalesce(v::VARCHAR, 'NULL')), ',') || '}}'"
            for one in "lid"
        ]
        server.load("given", types, db.execute(f"SELECT {', '.join(listed)} FROM given").fetchall())
        yield server


@pytest.mark.parametrize("name", STEPS)
def test_postgres_takes_the_same(db: duckdb.DuckDBPyConnection, postgres: Postgres, name: str) -> None:
    answer = postgres.ask(f"{query(db, STEPS[name], 'postgres')} ORDER BY row_")
    check(numbers([line.split("|") for line in answer]), db, name)


@pytest.fixture(scope="module")
def spark(db: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    queries = {name: query(db, step, "spark") for name, step in STEPS.items() if words(db, step, "spark")[0]}
    return by_spark(queries, "given", tmp_path_factory.mktemp("spark"), db)


@pytest.mark.parametrize("name", STEPS)
def test_spark_takes_the_same(db: duckdb.DuckDBPyConnection, spark: dict[str, Any], name: str) -> None:
    check(spark[name], db, name)


# What the translator reads otherwise than the engine does, or not at all.
NOT_READ_BACK = {
    "bigquery": r"moment of a record|entries of a map|(mean|greatest|third|tags|size) (in|of) a document|.* of a text",
    "snowflake": r"text .*|moment of a record|(mean|least|size) within|tags of a record|entry by a number"
    r"|entries of a map|(?!number).* (in|of) a document|.* of a text|size of records",
}
HELD_AS_JSON = {"bigquery": "mk", "snowflake": "smkp"}
# A key with a quotation mark has no spelling in a path.
UNSAID = {("bigquery", "odd entry of a map")}


@pytest.mark.parametrize("dialect", NOT_READ_BACK)
@pytest.mark.parametrize("name", STEPS)
def test_what_is_taken_is_the_same_read_back(db: duckdb.DuckDBPyConnection, name: str, dialect: str) -> None:
    if (dialect, name) in UNSAID:
        pytest.skip("there are no words for it")
    tree = sqlglot.parse_one(query(db, STEPS[name], dialect), read=dialect)
    if re.fullmatch(NOT_READ_BACK[dialect], name):
        return
    held = ", ".join(f"to_json({name}) AS {name}" for name in HELD_AS_JSON[dialect])
    back = tree.sql(dialect="duckdb")
    rows = db.execute(f"WITH given AS (SELECT * REPLACE ({held}) FROM main.given) {back}").fetchall()
    check(numbers(rows), db, name, 1e-6)


@pytest.mark.parametrize("dialect", ["postgres", "snowflake", "bigquery", "spark"])
def test_what_has_no_words_is_told(db: duckdb.DuckDBPyConnection, dialect: str) -> None:
    union = Column("u", "UNION(a INTEGER, b VARCHAR)")
    member = Number(take(union, "u.a", "INTEGER", ("member", "a")))
    assert words(db, member, dialect)[0] is None
    odd = Number(take(Column("x", "VARCHAR"), "x", "DOUBLE", ("json", '/it\'s ["odd"]', "DOUBLE")))
    assert (words(db, odd, dialect)[0] is None) == (dialect != "postgres")


def check(found: list[list[float]], db: duckdb.DuckDBPyConnection, name: str, by: float = 0) -> None:
    assert found == [pytest.approx(row, nan_ok=True, rel=by) for row in expected(db, STEPS[name])]
