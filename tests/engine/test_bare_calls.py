"""`predict(m, row)` without MODEL is ours only where DuckDB has refused it, and then its errors stay DuckDB's."""

import duckdb
import pytest

import sqlml

TABLE = "CREATE TABLE t AS SELECT range % 50 AS x, range % 50 > 20 AS y FROM range(300)"
CREATE = "CREATE MODEL m PREDICT y WITH (max_trials = 1) AS FROM t"
UNKNOWN = [
    "SELECT predict(n, t) FROM t ",
    "SELECT predict(m) FROM t",
    "SELECT 1; SELECT predict(m, t) FROM t",
    "FROM predict(m, t)",
]


@pytest.fixture(scope="module")
def db() -> sqlml.Connection:
    db = sqlml.connect()
    db.execute(f"{TABLE}; {CREATE}")
    return db


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_names_no_model_fails_as_in_duckdb(text: str, db: sqlml.Connection) -> None:
    stock = duckdb.connect()
    stock.execute(TABLE)
    with pytest.raises(duckdb.CatalogException) as theirs:
        stock.execute(text)
    with pytest.raises(duckdb.CatalogException) as ours:
        db.execute(text)
    assert str(ours.value) == str(theirs.value)


def test_a_call_in_a_script_of_ours_is_found_too(db: sqlml.Connection) -> None:
    script = (
        "SELECT count(*) FROM PREDICT(MODEL m, TABLE t); SELECT bool_and(predict(m, t) = predict(MODEL m, t)) FROM t"
    )
    assert db.execute(script).fetchall() == [(True,)]
    mixed = "SELECT count(*) FROM t JOIN PREDICT(MODEL m, TABLE t) p ON p.predicted_y = predict(m, t) AND p.x = t.x"
    assert db.execute(mixed).fetchall() == [(1800,)]


def test_parameters_and_relations_work(db: sqlml.Connection) -> None:
    assert db.execute("SELECT ?, predict(m, {'x': ?})", [1, 40]).fetchall() == [(1, True)]
    assert db.sql("SELECT predict(m, {'x': 40::BIGINT}) AS p").fetchall() == [(True,)]
