"""A query over a prediction scores the rows, and computes the columns, that are asked for."""

import pytest

import sqlml

TABLE = "CREATE TABLE t AS SELECT range AS id, range % 50 AS x, range % 7 AS z, range % 50 > 20 AS y FROM range(300)"
CREATE = "CREATE MODEL m PREDICT y WITH (max_trials = 1) AS SELECT x, z, y FROM t"
FLAGGED = "PREDICT(MODEL m, TABLE t, flags => true, threshold => 0.3)"


@pytest.fixture(scope="module")
def db() -> sqlml.Connection:
    db = sqlml.connect()
    db.execute(f"{TABLE}; {CREATE}")
    return db


def plan(db: sqlml.Connection, sql: str) -> str:
    """DuckDB's plan on one line, the last step first."""
    text = db.execute(f"EXPLAIN {sql}").fetchall()[0][1]
    return " ".join(line.strip("│╭╮╰╯─┴┬ ") for line in text.splitlines())


@pytest.mark.parametrize("call", ["PREDICT(MODEL m, TABLE t)", "PREDICT(MODEL m, (FROM t))", FLAGGED])
def test_a_filter_is_applied_before_rows_are_scored(call: str, db: sqlml.Connection) -> None:
    told = plan(db, f"SELECT * FROM {call} WHERE id = 7")
    assert told.rindex("Filters: id = 7") > told.rindex("__sqlml_scores")


def test_a_limit_is_applied_before_rows_are_scored(db: sqlml.Connection) -> None:
    told = plan(db, "SELECT * FROM PREDICT(MODEL m, TABLE t) LIMIT 3")
    assert told.rindex("Limit: 3") > told.rindex("__sqlml_scores")


def test_columns_that_nobody_asks_for_are_not_computed(db: sqlml.Connection) -> None:
    assert "__sqlml_scores" not in plan(db, "SELECT id FROM PREDICT(MODEL m, TABLE t)")
    assert "__sqlml_flags" not in plan(db, f"SELECT predicted_y FROM {FLAGGED}")
    assert "Projections: x, z " in plan(db, "SELECT predicted_y FROM PREDICT(MODEL m, TABLE t)") + " "
