"""What `sqlml` itself offers: PEP 249's module, DuckDB's connection, one family of errors."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

import sqlml

PEP_249 = (
    "Warning",
    "Error",
    "InterfaceError",
    "DatabaseError",
    "DataError",
    "OperationalError",
    "IntegrityError",
    "InternalError",
    "ProgrammingError",
    "NotSupportedError",
)
MISTAKES = (
    "PREDICT nothing FROM range(1)",
    "CREATE MODLE m PREDICT y AS SELECT 1 AS y",
    "EVALUATE nothing",
    "DROP MODEL nothing",
    "SELECT * FROM PREDICT(MODEL nothing, (SELECT 1))",
)


def test_a_connection_has_all_that_duckdbs_has() -> None:
    with duckdb.connect() as stock, sqlml.connect() as ours:
        public = {name for name in dir(stock) if not name.startswith("_")}
        assert public <= set(dir(ours))


def test_the_module_has_what_pep_249_asks_for() -> None:
    assert (sqlml.apilevel, sqlml.threadsafety, sqlml.paramstyle) == (
        duckdb.apilevel,
        duckdb.threadsafety,
        duckdb.paramstyle,
    )
    for name in PEP_249:
        kind = getattr(sqlml, name)
        assert issubclass(kind, duckdb.Warning if name == "Warning" else duckdb.Error), name


def test_what_is_exported_exists() -> None:
    assert all(hasattr(sqlml, name) for name in sqlml.__all__)
    assert list(sqlml.__all__) == sorted(sqlml.__all__)


@pytest.mark.parametrize("text", MISTAKES)
@pytest.mark.parametrize("door", ["execute", "sql"])
def test_a_mistake_in_a_statement_of_ours_is_a_duckdb_error_too(text: str, door: str) -> None:
    with sqlml.connect() as connection, pytest.raises(duckdb.Error) as caught:
        getattr(connection, door)(text)
    assert isinstance(caught.value, sqlml.Error)


def test_a_mistake_in_a_statement_of_ours_leaves_the_connection_usable() -> None:
    with sqlml.connect() as connection:
        for text in MISTAKES:
            with pytest.raises(duckdb.Error):
                connection.execute(text)
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_statements_before_a_mistake_of_ours_have_run() -> None:
    with sqlml.connect() as connection:
        with pytest.raises(duckdb.Error):
            connection.execute("CREATE TABLE t AS SELECT 1 AS a; PREDICT nothing FROM t; DROP TABLE t")
        assert connection.execute("FROM t").fetchall() == [(1,)]


def test_a_database_made_through_sqlml_opens_with_duckdb(tmp_path: Path) -> None:
    with sqlml.connect(tmp_path / "d.duckdb") as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    with duckdb.connect(tmp_path / "d.duckdb") as stock:
        assert stock.execute("FROM t").fetchall() == [(1,)]
        assert stock.execute("SELECT schema_name FROM duckdb_tables()").fetchall() == [("main",)]


@pytest.mark.parametrize("arguments", [{}, {"read_only": False}, {"config": {"threads": 1}}, {"database": ":memory:"}])
def test_connect_takes_what_duckdb_takes(arguments: dict[str, Any]) -> None:
    with sqlml.connect(**arguments) as connection:
        assert connection.execute("SELECT 42").fetchone() == (42,)


@pytest.mark.parametrize(
    "arguments",
    [
        {"database": "no/such/folder/d.duckdb"},
        {"database": ":memory:", "read_only": True},
        {"config": {"no_such_setting": 1}},
        {"config": {"threads": "many"}},
        {"database": 5},
    ],
)
def test_connect_refuses_what_duckdb_refuses(arguments: dict[str, Any]) -> None:
    with pytest.raises(Exception) as stock:  # noqa: PT011
        duckdb.connect(**arguments)
    with pytest.raises(type(stock.value)) as ours:
        sqlml.connect(**arguments)
    assert (type(ours.value), str(ours.value)) == (type(stock.value), str(stock.value))


def test_a_read_only_database_refuses_what_duckdb_refuses(tmp_path: Path) -> None:
    path = tmp_path / "d.duckdb"
    duckdb.connect(path).execute("CREATE TABLE t AS SELECT 1 AS a").close()
    refusals = []
    for connect in (duckdb.connect, sqlml.connect):
        with connect(path, read_only=True) as connection:
            assert connection.execute("FROM t").fetchall() == [(1,)]
            with pytest.raises(duckdb.InvalidInputException) as caught:
                connection.execute("INSERT INTO t VALUES (2)")
            refusals.append(str(caught.value))
    assert refusals[0] == refusals[1]
