"""What a statement is told to be before it is run, and a database that SQL cannot reach out of."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import sqlml
from sqlml.engine.confined import confined
from tests.engine.conftest import CUSTOMERS, MODEL

secret_rows = pa.table({"secret": [1]})


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", "select"),
        ("FROM customers", "select"),
        ("SHOW TABLES", "select"),
        ("SELECT * FROM PREDICT(MODEL churn, TABLE customers)", "select"),
        ("SELECT predict(churn, customers) FROM customers", "select"),
        ("CREATE TABLE x AS FROM PREDICT(MODEL churn, TABLE customers)", "create"),
        ("CREATE OR REPLACE TEMP TABLE x AS SELECT 1", "create_temporary"),
        ("create/**/temporary view x as select 1", "create_temporary"),
        ("PREDICT churn FROM customers", "predict"),
        ("EXPLAIN PREDICT churn FROM customers", "explain"),
        ("EXPLAIN SELECT 1", "explain"),
        ("EXPLAIN (FORMAT json, ANALYZE) SELECT 1", "explain_analyze"),
        ("explain analyze delete from customers", "explain_analyze"),
        ("CREATE/* /* */ */MODEL m PREDICT churned AS FROM customers", "create_model"),
        ("SHOW MODELS", "show_models"),
        ("SET TimeZone = 'UTC'", "set"),
        ("set /* */ global TimeZone = 'UTC'", "set_global"),
        ("SET VARIABLE x = 1", "set_variable"),
        ("PIVOT customers ON plan", "multi"),
        ("INSERT INTO customers VALUES (1)", "insert"),
        ("COPY customers TO 'x'", "copy"),
    ],
)
def test_a_statement_is_told_by_its_kind(db: sqlml.Connection, sql: str, kind: str) -> None:
    assert db.describe(sql).kind == kind


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT 1", {}),
        ("SELECT '?', $$?$$ -- ?", {}),
        ("SELECT * FROM customers WHERE id < ? AND plan = ?", {"1": "BIGINT", "2": "VARCHAR"}),
        ("SELECT ?::DECIMAL(9, 2), ?", {"1": None, "2": None}),
        ("SELECT $b::DATE, $a::INTEGER, $b::DATE", {"b": "DATE", "a": "INTEGER"}),
        ("INSERT INTO customers VALUES ($2, 1, 'x', $1)", {"1": "BOOLEAN", "2": "BIGINT"}),
        ("PREDICT churn FROM customers WHERE age < ?", {"1": "BIGINT"}),
        ("CREATE MODEL m PREDICT churned AS FROM customers WHERE plan <> $plan", {"plan": "VARCHAR"}),
        ("FROM PREDICT(MODEL churn, (FROM customers WHERE age < ?)) WHERE id > ?", {"1": "BIGINT", "2": "BIGINT"}),
    ],
)
def test_parameters_are_told_in_their_order_with_their_types(
    db: sqlml.Connection, sql: str, parameters: dict[str, str | None]
) -> None:
    found = db.describe(sql).parameters
    assert found == parameters
    assert list(found) == list(parameters)


@pytest.mark.parametrize(
    ("sql", "condition"),
    [
        ("", "statement_missing"),
        ("-- nothing\n;", "statement_missing"),
        ("SELECT 1; SELECT 2", "statements_several"),
        ("PREDICT churn FROM customers; DROP MODEL churn", "statements_several"),
        ("CREATE MODLE m PREDICT y AS FROM t", "syntax_error"),
    ],
)
def test_what_is_not_one_statement_is_refused(db: sqlml.Connection, sql: str, condition: str) -> None:
    with pytest.raises(sqlml.ProgrammingError) as caught:
        db.describe(sql)
    assert caught.value.diagnostic.condition == condition


def test_what_duckdb_cannot_read_fails_as_it_fails_there(db: sqlml.Connection) -> None:
    with pytest.raises(duckdb.ParserException):
        db.describe("SELEC 1")


def test_columns_that_are_known_beforehand_are_those_that_come() -> None:
    with sqlml.connect() as db:
        db.execute(CUSTOMERS)
        background = MODEL.replace("churn", "other", 1).replace("max_trials", "background = true, max_trials")
        for sql in (MODEL, background, "CANCEL JOB 1", "EXPLAIN ANALYZE SELECT 1", "REFRESH MODEL churn"):
            wanted, found = db.sql(db.describe(sql).rows), db.sql(sql)
            assert (found.columns, found.types) == (wanted.columns, wanted.types)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("FROM enable_profiling(save_location := 'x')", "set_global"),
        ('FROM system.main."Disable_Logging"()', "set_global"),
        ("PREDICT churn FROM truncate_duckdb_logs()", "set_global"),
        ("FROM query('FROM enable_' || 'logging()')", "set_global"),
        ("FROM \"query\" /* */ ('SELECT 1')", "set_global"),
        ("SELECT json_execute_serialized_sql('')", "set_global"),
        ("FROM query_table('customers')", "select"),
        ("WITH query AS (FROM customers) SELECT count(*) FROM query", "select"),
    ],
)
def test_what_could_change_settings_is_told_where_a_lock_does_not_hold_them(
    db: sqlml.Connection, sql: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlml.engine.description.lock_holds", lambda: False)
    assert db.describe(sql).kind == kind


@pytest.fixture
def walled(tmp_path: Path) -> Iterator[sqlml.Connection]:
    """A cursor of a confined database: what holds for one connection must hold for each."""
    with confined(str(tmp_path / "walled.duckdb"), {"threads": 2}) as db:
        yield db.cursor()


@pytest.mark.parametrize(
    "sql",
    [
        "FROM secret_rows",
        "FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO 'x.csv'",
        "SET threads = 1",
        "SET GLOBAL enable_external_access = true",
        "LOAD httpfs",
        "ATTACH 'other.duckdb'",
    ],
)
def test_sql_does_not_reach_out_of_a_confined_database(walled: sqlml.Connection, sql: str) -> None:
    with pytest.raises(sqlml.Error):
        walled.execute(sql)


def test_a_confined_database_does_all_else_and_keeps_no_word_of_the_machine(walled: sqlml.Connection) -> None:
    walled.execute(CUSTOMERS)
    walled.execute("BEGIN")
    walled.execute(MODEL)
    assert len(walled.execute("PREDICT churn FROM customers").fetchall()) == 400
    walled.execute("COMMIT")
    walled.execute("SET TimeZone = 'Asia/Tokyo'")
    with pytest.raises(sqlml.Error):
        walled.execute("PREDICT churn FROM read_csv('/etc/hostname')")
    kept = walled.execute("SELECT count(*), count(internal) FROM sqlml.diagnostics WHERE severity = 'ERROR'").fetchall()
    assert kept == [(1, 0)]
