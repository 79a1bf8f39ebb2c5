"""Texts that a file of statements cannot hold, or that are no text at all."""

from typing import Any

import duckdb
import pytest

TEXTS = {
    "nothing": "",
    "a blank": " ",
    "line ends": "\n\r\n\r",
    "semicolons": ";;;",
    "a comment without a line end": "-- c",
    "windows line ends": "SELECT 1\r\n,\r\n2 -- two\r\n;\r\nSELECT 3\r\n",
    "old mac line ends": "SELECT 1\r, nope\r",
    "an error after windows line ends": "SELECT 1;\r\nSELECT\r\n  nope",
    "tabs and form feeds": "\tSELECT\f1\v,\t2\f",
    "a non-breaking space": "SELECT\u00a01",
    "unicode spaces": "SELECT\u20031\u2009,\u30002",
    "a zero width space": "SELECT\u200b1",
    "a byte order mark": "\ufeffSELECT 1",
    "a right-to-left mark": "SELECT '\u202eabc', 1 AS \"\u05d0\"",
    "a NUL": "SELECT 1\x00",
    "a NUL in a string": "SELECT 'a\x00b', length('a\x00b')",
    "a NUL before a mistake": "SELECT '\x00', nope",
    "a control character": "SELECT 1 \x01",
    "a lone surrogate": "SELECT '\ud83e'",
    "a combining identifier": "SELECT 1 AS e\u0301",
    "a full-width semicolon": "SELECT 1\uff1b SELECT 2",
    "a curly quote": "SELECT \u2018x\u2019",
    "a long string": "SELECT length('" + "x" * 1_000_000 + "')",
    "a long comment": "/*" + "-" * 1_000_000 + "*/ SELECT 1",
    "a long list": f"SELECT 7 IN ({', '.join(map(str, range(5_000)))})",
    "a long sum": f"SELECT {' + '.join('1' * 500)}",
    "a long identifier": f'SELECT 1 AS "{"n" * 10_000}"',
    "a long line before a mistake": f"SELECT '{'x' * 5_000}', nope, '{'y' * 5_000}'",
    "many lines before a mistake": "SELECT\n" + "1,\n" * 2_000 + "nope",
    "many statements": "SELECT 1;" * 500 + "SELECT 'last'",
    "many statements before a mistake": "SELECT 1;\n" * 300 + "SELECT nope",
    "deep parentheses": "SELECT " + "(" * 100 + "1" + ")" * 100,
    "parentheses too deep": "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
    "deep subqueries": "SELECT * FROM " + "(SELECT * FROM " * 50 + "range(2)" + ")" * 50,
    "deep comments": "/*" * 100 + "*/" * 100 + "SELECT 1",
    "a deep comment left open": "/*" * 100 + "*/" * 99 + "SELECT 1",
    "an upper-case cell of emoji before a mistake": "SELECT '" + "👩‍👩‍👧‍👦" * 20 + "', NOPE",
    "our words far inside a string": f"SELECT '{'CREATE MODEL m PREDICT y; ' * 1_000}' = ''",
}

THINGS = {
    "none": None,
    "a number": 1,
    "bytes": b"SELECT 1",
    "a list of texts": ["SELECT 1"],
    "an empty list": [],
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("door", ["execute", "sql", "query", "extract_statements"])
def test_an_awkward_text_has_the_outcome_that_duckdb_gives_it(text: str, door: str, same: Any) -> None:
    same(lambda connection: shown(getattr(connection, door)(text)))


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
@pytest.mark.parametrize("door", ["execute", "sql", "executemany", "extract_statements"])
def test_a_thing_that_is_no_text_has_the_outcome_that_duckdb_gives_it(thing: Any, door: str, same: Any) -> None:
    same(lambda connection: shown(getattr(connection, door)(thing)))


@pytest.mark.parametrize("parameters", [None, [], (), {}, [None], [[]], "ab", 5, {"a": 1}, {1: 2}, [object], {"a"}])
@pytest.mark.parametrize("text", ["SELECT 1", "SELECT ?", "SELECT $a", "SELECT ?, ?", "SELECT 1; SELECT ?", "SELEC ?"])
def test_awkward_parameters_have_the_outcome_that_duckdb_gives_them(parameters: Any, text: str, same: Any) -> None:
    same(lambda connection: shown(connection.execute(text, parameters)))


def shown(result: Any) -> Any:
    if isinstance(result, list):
        return [(part.query, part.type) for part in result]
    if result is None:
        return None
    description = [(name, str(kind)) for name, kind, *_ in result.description or []]
    return description, result.fetchall()


def test_statement_objects_run_one_by_one(same: Any) -> None:
    def act(connection: Any) -> Any:
        statements = connection.extract_statements("CREATE TABLE t AS SELECT 1 AS a; SELECT a + $more FROM t")
        connection.execute(statements[0])
        return connection.execute(statements[1], {"more": 41}).fetchall()

    same(act)


def test_a_list_of_statement_objects_runs_like_a_script(same: Any) -> None:
    def act(connection: Any) -> Any:
        statements = connection.extract_statements("CREATE TABLE t AS SELECT 1 AS a; INSERT INTO t VALUES (2); FROM t")
        return connection.execute(statements).fetchall()

    same(act)


def test_statement_objects_of_another_connection_run_too(same: Any) -> None:
    def act(connection: Any) -> Any:
        [statement] = duckdb.connect().extract_statements("SELECT 'elsewhere'")
        return connection.execute(statement).fetchall(), connection.sql(statement).fetchall()

    same(act)
