"""What statements were told is kept: once, within a bound, in whatever state the database is, and harming nothing."""

from pathlib import Path
from typing import Any

import pytest

import sqlml
from sqlml.engine import record
from tests.engine.conftest import CUSTOMERS, MODEL


def latest(db: sqlml.Connection, columns: str = "condition") -> list[Any]:
    return db.sql("SHOW DIAGNOSTICS").project(columns).fetchall()


def fails(db: sqlml.Connection, statement: str) -> sqlml.Diagnosed:
    with pytest.raises(sqlml.Diagnosed) as caught:
        db.execute(statement)
    return caught.value


def test_an_error_is_found_by_its_reference(db: sqlml.Connection) -> None:
    error = fails(db, "PREDICT chrun FROM customers")
    assert latest(db, "reference, model, position")[0] == (error.diagnostic.reference, "chrun", "line 1, column 9")


def test_a_database_that_can_only_be_read_is_not_written_to(trained: Path) -> None:
    before = trained.read_bytes()
    with sqlml.connect(trained, read_only=True) as db:
        fails(db, "PREDICT churn FROM (SELECT 1 AS x)")
        assert latest(db)[0] == ("input_missing",)
        assert latest(db.cursor())[0] == ("input_missing",)
    assert trained.read_bytes() == before


def test_a_transaction_s_own_statements_are_not_in_the_way() -> None:
    db = sqlml.connect()
    db.execute(f"{CUSTOMERS}; BEGIN")
    fails(db, "PREDICT churn FROM customers")
    # The schema is the transaction's to make.
    db.execute(MODEL)
    fails(db, "PREDICT chrun FROM customers")
    db.execute("COMMIT")
    assert [statement for (statement,) in latest(db, "statement")][:2] == [
        "PREDICT chrun FROM customers",
        "PREDICT churn FROM customers",
    ]
    fails(db, "PREDICT chrun FROM customers")
    assert db.execute("SELECT count(*) FROM sqlml.diagnostics WHERE severity = 'ERROR'").fetchall() == [(3,)]


def test_what_is_rolled_back_is_told_of_all_the_same() -> None:
    db = sqlml.connect()
    db.execute(f"{CUSTOMERS}; {MODEL}; BEGIN")
    fails(db, "PREDICT churn FROM (SELECT 1 AS x)")
    db.execute("ROLLBACK")
    assert db.execute("SELECT condition FROM sqlml.diagnostics ORDER BY time DESC").fetchone() == ("input_missing",)


def test_an_aborted_transaction_is_told_of_too() -> None:
    db = sqlml.connect()
    db.execute(f"{CUSTOMERS}; BEGIN")
    with pytest.raises(sqlml.Error):
        db.execute("SELECT 1 / nope FROM customers")
    fails(db, "CREATE MODLE x PREDICT y AS FROM customers")
    db.execute("ROLLBACK")
    assert ("syntax_error",) in latest(db)


def test_rows_of_a_result_are_not_disturbed(db: sqlml.Connection) -> None:
    db.execute("SELECT id FROM PREDICT(MODEL churn, (SELECT id, age::INTEGER AS age, plan FROM customers))")
    assert [notice.condition for notice in db.notices] == ["input_cast"]
    assert len(db.fetchall()) == 400


def test_it_keeps_within_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_MOST", 20)
    db = sqlml.connect()
    for number in range(50):
        fails(db, f"PREDICT m{number} FROM t")
        ((count,),) = db.execute("SELECT count(*) FROM sqlml.diagnostics").fetchall()
        assert count <= 22
    assert db.execute("SELECT model FROM sqlml.diagnostics ORDER BY time DESC").fetchone() == ("m49",)


def test_a_huge_statement_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_LONGEST_STATEMENT", 100)
    db = sqlml.connect()
    fails(db, f"PREDICT m FROM (SELECT '{'x' * 10_000}')")
    ((statement,),) = db.execute("SELECT statement FROM sqlml.diagnostics").fetchall()
    assert len(statement) == 100


def test_what_went_wrong_inside_keeps_its_traceback_for_whoever_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    monkeypatch.setattr("sqlml.engine.operators.train.reading", lambda *_: 1 // 0)
    error = fails(db, MODEL)
    ((reference, internal),) = db.execute("SELECT reference, internal FROM sqlml.diagnostics").fetchall()
    assert error.diagnostic.condition == "internal_error"
    assert reference == error.diagnostic.reference
    assert "ZeroDivisionError" in internal


def test_it_is_made_anew_when_somebody_drops_it() -> None:
    db = sqlml.connect()
    fails(db, "PREDICT a FROM t")
    db.execute("DROP SCHEMA sqlml CASCADE")
    fails(db, "PREDICT b FROM t")
    fails(db, "PREDICT c FROM t")
    assert db.execute("SELECT model FROM sqlml.diagnostics ORDER BY time").fetchall() == [("b",), ("c",)]


def test_it_is_kept_in_the_database_that_is_used(tmp_path: Path) -> None:
    db = sqlml.connect()
    db.execute(f'ATTACH \'{tmp_path / "shop.duckdb"}\' AS "my shop"; USE "my shop"')
    fails(db, "PREDICT a FROM t")
    assert db.execute('SELECT model FROM "my shop".sqlml.diagnostics').fetchall() == [("a",)]
    assert latest(db, "model") == [("a",)]
    db.execute("USE memory")
    assert latest(db) == []


def test_a_table_of_somebody_else_s_is_left_alone() -> None:
    db = sqlml.connect()
    db.execute("CREATE SCHEMA sqlml; CREATE TABLE sqlml.diagnostics AS SELECT 1 AS x")
    fails(db, "PREDICT a FROM t")
    assert latest(db, "model") == [("a",)]
    assert db.execute("FROM sqlml.diagnostics").fetchall() == [(1,)]
