"""Executing, parameters and fetching: every way to ask and to read an answer."""

import datetime as dt
import decimal
import uuid
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest


def refused(con: Any, text: str) -> str:
    with pytest.raises(duckdb.Error) as caught:
        con.execute(text)
    return str(caught.value)


def seen(frame: pd.DataFrame) -> Any:
    return [(name, str(kind)) for name, kind in frame.dtypes.items()], frame.to_dict("list")


def rows(table: pa.Table) -> Any:
    return table.schema.names, [str(kind) for kind in table.schema.types], table.to_pylist()


def execute_returns_the_connection(con: Any) -> Any:
    return con.execute("SELECT 1") is con, con.execute("") is None


def fetching_by_pieces(con: Any) -> Any:
    con.execute("FROM range(7)")
    return con.fetchone(), con.fetchmany(2), con.fetchmany(), con.fetchall(), con.fetchone(), con.fetchall()


def fetching_before_anything_ran(con: Any) -> Any:
    return con.fetchall()


def fetching_after_a_statement_without_rows(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER)")
    return con.fetchall(), con.fetchone(), con.description


def fetching_after_an_error(con: Any) -> Any:
    con.execute("SELECT 1")
    with pytest.raises(duckdb.ParserException):
        con.execute("SELEC 1")
    return con.fetchall()


def iterating(con: Any) -> Any:
    return list(con.execute("FROM range(3)"))


def a_frame_as_the_answer(con: Any) -> Any:
    con.execute("SELECT 1 AS a, 'x' AS b, NULL AS c, DATE '2024-01-01' AS d, [1] AS e, 1.50 AS f")
    return seen(con.df())


def a_frame_under_its_older_names(con: Any) -> Any:
    return seen(con.execute("SELECT 1 AS a").fetchdf()), seen(con.execute("SELECT 1 AS a").fetch_df())


def a_frame_by_chunks(con: Any) -> Any:
    con.execute("FROM range(5000)")
    return len(con.fetch_df_chunk()), len(con.fetch_df_chunk(2))


def an_arrow_table_as_the_answer(con: Any) -> Any:
    return rows(con.execute("SELECT 1 AS a, 'x' AS b, {'k': 1} AS s").to_arrow_table())


def an_arrow_reader_as_the_answer(con: Any) -> Any:
    reader = con.execute("FROM range(5000) t(i)").to_arrow_reader(1000)
    return type(reader).__name__, rows(reader.read_all().slice(4998))


def the_removed_arrow_method(con: Any) -> Any:
    return con.execute("SELECT 1").arrow()


def numpy_arrays_as_the_answer(con: Any) -> Any:
    answer = con.execute("SELECT i, i / 2 AS half, 's' || i AS s FROM range(3) t(i)").fetchnumpy()
    return [(name, type(values).__name__, str(values.dtype), values.tolist()) for name, values in answer.items()]


def descriptions(con: Any) -> Any:
    con.execute("SELECT 1 AS a, 2.5 AS b, 'x' AS c, [1] AS d, {'k': 1} AS e, DATE '2024-01-01' AS f")
    numeric = con.description[0][1] == duckdb.NUMBER
    return con.description, [len(column) for column in con.description], numeric, con.rowcount


def the_description_before_anything_ran(con: Any) -> Any:
    return con.description, con.rowcount


def the_row_count_of_changes(con: Any) -> Any:
    con.execute("CREATE TABLE t AS FROM range(5) r(i)")
    counts = []
    for text in ("UPDATE t SET i = i + 1", "DELETE FROM t WHERE i > 3", "INSERT INTO t VALUES (9)", "FROM t"):
        con.execute(text)
        counts.append(con.rowcount)
    return counts


def executemany_inserts(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER, b VARCHAR)")
    answer = con.executemany("INSERT INTO t VALUES (?, ?)", [[1, "x"], (2, "y"), [3, None]])
    return answer is con, con.rowcount, con.execute("FROM t ORDER BY a").fetchall()


def executemany_with_names(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER)")
    con.executemany("INSERT INTO t VALUES ($a)", [{"a": 1}, {"a": 2}])
    return con.execute("FROM t ORDER BY a").fetchall()


def executemany_of_nothing(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER)")
    return con.executemany("INSERT INTO t VALUES (?)", [])


def executemany_that_fails_in_the_middle(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
    with pytest.raises(duckdb.ConstraintException) as caught:
        con.executemany("INSERT INTO t VALUES (?)", [[1], [2], [1]])
    return str(caught.value), con.execute("FROM t").fetchall()


def parameters_of_python_types(con: Any) -> Any:
    values = [
        dt.date(2024, 1, 2),
        dt.datetime(2024, 1, 2, 3, 4, 5, 6),
        dt.time(1, 2),
        dt.timedelta(days=1, seconds=2),
        decimal.Decimal("1.50"),
        uuid.UUID(int=5),
        b"\x00\xff",
        2**70,
        float("inf"),
        [1, None],
        {"a": [1]},
        True,
    ]
    return [con.execute("SELECT ?, typeof(?)", [value, value]).fetchall() for value in values]


def a_parameter_of_a_numpy_type(con: Any) -> Any:
    return con.execute("SELECT ?", [np.int32(7)]).fetchall()


def values_by_position_and_name(con: Any) -> Any:
    return (
        con.execute("SELECT ?, ?", (1, 2)).fetchall(),
        con.execute("SELECT $b, $a", {"a": 1, "b": 2}).fetchall(),
        con.execute(query="SELECT ?", parameters=[3]).fetchall(),
        con.sql("SELECT ?", params=[4]).fetchall(),
        con.query("SELECT $x", params={"x": 5}).fetchall(),
    )


def an_unknown_keyword(con: Any) -> Any:
    return con.execute("SELECT 1", params=[1])


def an_alias_for_a_relation(con: Any) -> Any:
    return con.sql("SELECT 1 AS a", alias="named").alias, con.query("SELECT 1", alias="x").alias


def user_functions(con: Any) -> Any:
    con.create_function("predict", lambda x: x + 1, ["BIGINT"], "BIGINT")
    answer = con.execute("SELECT predict(41)").fetchall()
    con.remove_function("predict")
    return answer, refused(con, "SELECT predict(41)")


def a_user_function_that_fails(con: Any) -> Any:
    def fail(x: int) -> int:
        raise ValueError("from inside")

    con.create_function("fail", fail, ["BIGINT"], "BIGINT")
    return con.execute("SELECT fail(1)").fetchall()


def names_of_the_tables_of_a_query(con: Any) -> Any:
    return sorted(con.get_table_names("SELECT * FROM a JOIN b.c ON true, predict"))


def types_made_from_text(con: Any) -> Any:
    return str(con.type("INTEGER[]")), str(con.struct_type({"a": "INTEGER"})), str(con.list_type("VARCHAR"))


def test_python_sees_the_same_through_both_doors(behaviour: Any, same: Any) -> None:
    same(behaviour)
