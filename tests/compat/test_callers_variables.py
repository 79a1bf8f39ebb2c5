"""Variables of the caller that a query names: the same are found as through DuckDB, and no others."""

# Local names that only SQL reads are what is being tested.
# ruff: noqa: F841

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

global_frame = pd.DataFrame({"n": [1, 2], "where": ["global", "global"]})
shadowed = pd.DataFrame({"where": ["global"]})
not_a_table = "only text"


def refused(con: Any, text: str) -> str:
    with pytest.raises(duckdb.Error) as caught:
        con.execute(text)
    return str(caught.value)


def a_local_frame_through_execute(con: Any) -> Any:
    ducks = pd.DataFrame({"name": ["a", None], "n": [1, 2]})
    return con.execute("SELECT * FROM ducks ORDER BY n").fetchall()


def a_local_frame_through_sql(con: Any) -> Any:
    ducks = pd.DataFrame({"n": [1.5, float("nan")]})
    return con.sql("FROM ducks").fetchall()


def a_local_frame_through_query(con: Any) -> Any:
    ducks = pd.DataFrame({"n": [True, False]})
    return con.query("FROM ducks WHERE n").fetchall()


def a_local_frame_through_executemany(con: Any) -> Any:
    ducks = pd.DataFrame({"n": [1, 2, 3]})
    con.execute("CREATE TABLE t (n INTEGER)")
    con.executemany("INSERT INTO t SELECT n FROM ducks WHERE n = ?", [[1], [3]])
    return con.execute("FROM t ORDER BY n").fetchall()


def a_local_frame_through_a_cursor(con: Any) -> Any:
    ducks = pd.DataFrame({"n": [1]})
    return con.cursor().execute("FROM ducks").fetchall()


def a_local_frame_with_parameters(con: Any) -> Any:
    ducks = pd.DataFrame({"n": [1, 2]})
    return con.execute("FROM ducks WHERE n > $low", {"low": 1}).fetchall(), con.sql("FROM ducks", params=[]).fetchall()


def a_local_frame_in_a_script(con: Any) -> Any:
    ducks = pd.DataFrame({"n": [1, 2]})
    return con.execute("CREATE TABLE t AS FROM ducks; INSERT INTO t FROM ducks; SELECT sum(n) FROM t").fetchall()


def a_local_arrow_table(con: Any) -> Any:
    ducks = pa.table({"n": [1, 2], "tags": [["x"], []]})
    return con.execute("FROM ducks").fetchall(), con.sql("SELECT sum(n) FROM ducks").fetchall()


def a_local_record_batch_reader(con: Any) -> Any:
    reader = pa.table({"n": [1, 2]}).to_reader()
    return con.execute("SELECT sum(n) FROM reader").fetchall()


def a_local_numpy_array(con: Any) -> Any:
    matrix = np.array([1, 2, 3])
    return con.execute("FROM matrix").fetchall()


def a_local_dictionary_of_arrays(con: Any) -> Any:
    columns = {"a": np.array([1, 2]), "b": np.array(["x", "y"])}
    return con.execute("FROM columns").fetchall()


def a_local_relation(con: Any) -> Any:
    relation = con.sql("SELECT 1 AS a UNION ALL SELECT 2")
    return con.sql("SELECT sum(a) FROM relation").fetchall()


def a_global_frame(con: Any) -> Any:
    return con.execute("FROM global_frame").fetchall(), con.sql("SELECT max(n) FROM global_frame").fetchall()


def a_local_frame_hides_a_global_one(con: Any) -> Any:
    shadowed = pd.DataFrame({"where": ["local"]})
    return con.execute("FROM shadowed").fetchall()


def a_table_hides_a_frame(con: Any) -> Any:
    con.execute("CREATE TABLE shadowed AS SELECT 'table' AS where_")
    return con.execute("FROM shadowed").fetchall()


def a_frame_of_a_nested_function(con: Any) -> Any:
    def inner() -> Any:
        nest = pd.DataFrame({"eggs": [3]})
        return con.execute("FROM nest").fetchall()

    return inner()


def a_frame_of_the_enclosing_function_that_is_closed_over(con: Any) -> Any:
    nest = pd.DataFrame({"eggs": [4]})

    def inner() -> Any:
        assert len(nest) == 1
        return con.execute("FROM nest").fetchall()

    return inner()


def a_frame_of_the_enclosing_function_that_is_not_closed_over(con: Any) -> Any:
    nest = pd.DataFrame({"eggs": [5]})

    def inner() -> Any:
        return con.execute("FROM nest").fetchall()

    return inner()


def a_frame_in_a_class_body(con: Any) -> Any:
    class Body:
        nest = pd.DataFrame({"eggs": [6]})
        found = con.execute("FROM nest").fetchall()

    return Body.found


def a_frame_in_a_comprehension(con: Any) -> Any:
    return [con.execute("FROM nest").fetchall() for nest in [pd.DataFrame({"eggs": [i]}) for i in range(3)]]


def a_frame_in_a_lambda(con: Any) -> Any:
    return (lambda nest: con.sql("FROM nest").fetchall())(pd.DataFrame({"eggs": [7]}))


def a_frame_in_a_generator(con: Any) -> Any:
    def lay() -> Any:
        nest = pd.DataFrame({"eggs": [8]})
        yield con.execute("FROM nest").fetchall()

    return list(lay())


def a_frame_in_executed_code(con: Any) -> Any:
    names: dict[str, Any] = {"con": con, "nest": pd.DataFrame({"eggs": [9]})}
    exec("found = con.execute('FROM nest').fetchall()", names)
    return names["found"]


def a_frame_that_is_built_later(con: Any) -> Any:
    late = con.sql("SELECT 1 AS a")
    frame = pd.DataFrame({"a": [10]})
    return late.fetchall(), con.sql("FROM frame").fetchall()


def a_relation_outlives_its_frame(con: Any) -> Any:
    def lend() -> Any:
        nest = pd.DataFrame({"eggs": [11]})
        return con.sql("FROM nest")

    return lend().fetchall()


def a_frame_in_a_subquery_a_cte_and_a_join(con: Any) -> Any:
    one = pd.DataFrame({"k": [1, 2]})
    two = pa.table({"k": [2, 3]})
    return con.execute("WITH c AS (FROM one) SELECT k FROM c JOIN (FROM two) USING (k)").fetchall()


def a_frame_named_like_our_words(con: Any) -> Any:
    model = pd.DataFrame({"predict": [1]})
    predict = pa.table({"model": [2]})
    return con.execute("FROM model").fetchall(), con.sql("SELECT model FROM predict").fetchall()


def a_variable_that_is_no_table(con: Any) -> Any:
    word = 5
    return con.execute("FROM word").fetchall()


def a_global_that_is_no_table(con: Any) -> Any:
    return con.execute("FROM not_a_table").fetchall()


def names_inside_the_connection_are_not_seen(con: Any) -> Any:
    found = []
    for name in ("self", "connection", "inner", "sql", "text", "parameters", "statement", "frame", "call", "script"):
        try:
            found.append(con.execute(f"FROM {name}").fetchall())
        except duckdb.Error as error:
            found.append(str(error))
    return found


def replacement_scans_switched_off(con: Any) -> Any:
    ducks = pd.DataFrame({"n": [1]})
    con.execute("SET python_enable_replacements = false")
    return con.execute("FROM ducks").fetchall()


def a_registered_frame(con: Any) -> Any:
    con.register("ducks", pd.DataFrame({"n": [1, 2]}))
    before = con.execute("SELECT sum(n) FROM ducks").fetchall()
    con.unregister("ducks")
    return before, refused(con, "FROM ducks")


def a_registered_arrow_table(con: Any) -> Any:
    con.register("model", pa.table({"n": [1]}))
    return con.execute("FROM model").fetchall(), con.execute("SHOW TABLES").fetchall()


def test_python_sees_the_same_through_both_doors(behaviour: Any, same: Any) -> None:
    same(behaviour)
