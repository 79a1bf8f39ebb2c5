"""DuckDB's relations, which begin at the connection."""

from typing import Any

import pandas as pd
import pyarrow as pa


def seen(frame: pd.DataFrame) -> Any:
    return [(name, str(kind)) for name, kind in frame.dtypes.items()], frame.to_dict("list")


def rows(table: pa.Table) -> Any:
    return table.schema.names, [str(kind) for kind in table.schema.types], table.to_pylist()


def a_relation_and_its_facts(con: Any) -> Any:
    relation = con.sql("SELECT 1 AS a, 'x' AS b")
    return relation.columns, [str(kind) for kind in relation.types], relation.shape, str(relation)


def relations_composed(con: Any) -> Any:
    relation = con.sql("SELECT i, i % 3 AS g FROM range(10) t(i)")
    grouped = relation.filter("i > 2").aggregate("g, sum(i) AS s", "g").order("g")
    return grouped.fetchall(), relation.project("i * 2 AS d").limit(2).fetchall(), relation.count("i").fetchall()


def relations_joined(con: Any) -> Any:
    left = con.sql("SELECT 1 AS k, 'l' AS l").set_alias("a")
    right = con.sql("SELECT 1 AS k, 'r' AS r").set_alias("b")
    return left.join(right, "k").fetchall(), left.union(right).fetchall(), left.intersect(right).fetchall()


def a_relation_queried(con: Any) -> Any:
    return con.sql("SELECT 7 AS model").query("m", "SELECT model + 1 FROM m").fetchall()


def a_relation_that_is_wrong(con: Any) -> Any:
    return con.sql("SELECT nope").fetchall()


def a_relation_filtered_wrongly(con: Any) -> Any:
    return con.sql("SELECT 1 AS a").filter("b > 1").fetchall()


def a_relation_written_to_a_table(con: Any) -> Any:
    con.sql("SELECT 1 AS a").create("made")
    con.sql("SELECT 2 AS a").insert_into("made")
    con.sql("SELECT 3 AS a").create_view("seen")
    return con.table("made").fetchall(), con.view("seen").fetchall()


def a_relation_as_frames(con: Any) -> Any:
    relation = con.sql("SELECT 1 AS a")
    return seen(relation.df()), rows(relation.to_arrow_table()), relation.fetchnumpy()["a"].tolist()


def relations_from_values_and_frames(con: Any) -> Any:
    frame = pd.DataFrame({"a": [1]})
    made = con.from_df(frame), con.from_arrow(pa.table({"a": [2]})), con.values([1, "x"]), con.from_query("SELECT 3")
    return [relation.fetchall() for relation in made]


def a_table_function_as_a_relation(con: Any) -> Any:
    return con.table_function("range", [3]).fetchall()


def a_statement_without_rows_through_sql(con: Any) -> Any:
    created = con.sql("CREATE TABLE t (a INTEGER)")
    inserted = con.sql("INSERT INTO t VALUES (1)")
    return created, inserted, con.sql("FROM t").fetchall()


def files_as_relations(con: Any) -> Any:
    con.sql("SELECT 1 AS a, 'x' AS b").write_csv("r.csv")
    con.sql("SELECT 2 AS a").write_parquet("r.parquet")
    return con.read_csv("r.csv").fetchall(), con.read_parquet("r.parquet").fetchall()


def appending(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER, b VARCHAR)")
    con.append("t", pd.DataFrame({"a": [1], "b": ["x"]}))
    return con.execute("FROM t").fetchall()


def an_open_result_and_a_relation(con: Any) -> Any:
    con.execute("FROM range(10000)").fetchone()
    return con.sql("SELECT 1").fetchall()


def test_python_sees_the_same_through_both_doors(behaviour: Any, same: Any) -> None:
    same(behaviour)
