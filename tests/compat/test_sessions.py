"""Cursors, threads, transactions, closing, and the families of errors."""

import threading
from typing import Any

import duckdb
import pytest


def refused(con: Any, text: str) -> str:
    with pytest.raises(duckdb.Error) as caught:
        con.execute(text)
    return str(caught.value)


def cursors_share_the_database(con: Any) -> Any:
    cursor = con.cursor()
    cursor.execute("CREATE TABLE t AS SELECT 1 AS a")
    con.execute("INSERT INTO t VALUES (2)")
    cursor.execute("FROM t ORDER BY a")
    return cursor.fetchone(), con.execute("SELECT count(*) FROM t").fetchall(), cursor.fetchone()


def cursors_have_their_own_temporary_tables(con: Any) -> Any:
    con.execute("CREATE TEMP TABLE mine AS SELECT 1 AS a")
    return con.cursor().execute("FROM mine").fetchall()


def a_duplicate_is_a_cursor(con: Any) -> Any:
    con.execute("CREATE TABLE t AS SELECT 1 AS a")
    return con.duplicate().execute("FROM t").fetchall()


def cursors_of_several_threads(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER)")
    answers: list[Any] = []

    def insert(value: int) -> None:
        cursor = con.cursor()
        cursor.execute("INSERT INTO t VALUES (?)", [value])
        answers.append(cursor.execute("SELECT ?", [value]).fetchone())

    threads = [threading.Thread(target=insert, args=(value,)) for value in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers), con.execute("SELECT count(*), sum(a) FROM t").fetchall()


def commit_and_rollback(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER)")
    answers = [con.begin() is con, con.execute("INSERT INTO t VALUES (1)").fetchall(), con.rollback() is con]
    con.begin().execute("INSERT INTO t VALUES (2)")
    con.commit()
    return answers, con.execute("FROM t").fetchall()


def committing_nothing(con: Any) -> Any:
    return con.commit() is con


def rolling_back_nothing(con: Any) -> Any:
    return con.rollback()


def a_transaction_is_not_seen_by_a_cursor(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER)")
    con.begin()
    con.execute("INSERT INTO t VALUES (1)")
    inside = con.cursor().execute("SELECT count(*) FROM t").fetchall()
    con.commit()
    return inside, con.cursor().execute("SELECT count(*) FROM t").fetchall()


def an_error_in_a_transaction(con: Any) -> Any:
    con.execute("CREATE TABLE t (a INTEGER)")
    con.begin()
    con.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(duckdb.ConversionException):
        con.execute("SELECT 'x'::INTEGER").fetchall()
    with pytest.raises(duckdb.TransactionException) as caught:
        con.execute("SELECT 1").fetchall()
    con.rollback()
    return str(caught.value), con.execute("FROM t").fetchall()


def a_context_closes_the_connection(con: Any) -> Any:
    with con.cursor() as cursor:
        inside = cursor.execute("SELECT 1").fetchall()
    with pytest.raises(duckdb.ConnectionException) as caught:
        cursor.execute("SELECT 1")
    return inside, str(caught.value)


def closing_twice(con: Any) -> Any:
    con.close()
    con.close()
    return refused(con, "SELECT 1")


def a_relation_of_a_closed_connection(con: Any) -> Any:
    relation = con.sql("SELECT 1")
    con.close()
    return relation.fetchall()


def interrupting_an_idle_connection(con: Any) -> Any:
    return con.interrupt(), con.execute("SELECT 1").fetchall(), con.query_progress()


def errors_are_caught_by_their_families(con: Any) -> Any:
    caught = []
    for text in ("SELEC", "SELECT nope", "FROM nowhere", "SELECT 'x'::INTEGER", "SELECT 127::TINYINT + 1::TINYINT"):
        try:
            con.execute(text).fetchall()
        except duckdb.Error as error:
            caught.append([kind.__name__ for kind in type(error).__mro__])
    return caught


def errors_keep_nothing_of_the_machinery(con: Any) -> Any:
    with pytest.raises(duckdb.BinderException) as caught:
        con.execute("SELECT nope")
    error = caught.value
    return error.args, error.__cause__, error.__context__, getattr(error, "__notes__", None)


def test_python_sees_the_same_through_both_doors(behaviour: Any, same: Any) -> None:
    same(behaviour)
