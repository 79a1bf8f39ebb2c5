"""A model of text, tags and levels says in SQL what it makes of them, and that SQL is what it scores by."""

from collections.abc import Iterator

import pytest

import sqlml

MAILS = """
SELECT CASE WHEN hash(i) % 9 = 0 THEN i % 2 = 0 ELSE i % 4 = 0 END AS is_spam,
       'we meet ' || ['at home', 'by the river', 'later'][1 + i % 3]
       || CASE WHEN i % 4 = 0 THEN ' free ' ELSE ' no ' END || i AS message,
       list_filter(['home', 'work', 'shop'], lambda topic, k: hash(i, k) % 3 < 2) AS topics,
       'from ' || hash(i) % 60 AS sender
FROM range(600) t(i)
"""


@pytest.fixture(scope="module")
def db() -> Iterator[sqlml.Connection]:
    with sqlml.connect() as connection:
        connection.execute(f"CREATE TABLE mails AS {MAILS}")
        connection.execute("CREATE MODEL spam PREDICT is_spam WITH (max_trials = 1, seed = 1) AS FROM mails")
        yield connection


def test_each_feature_is_listed_with_sql_that_runs_by_itself(db: sqlml.Connection) -> None:
    rows = [row for row in db.execute("DESCRIBE MODEL spam").fetchall() if row[0] == "feature"]
    names = [row[1] for row in rows]
    assert {"leaning(message)", "has(message, free)", "tags(topics)", "has(topics, home)", "mean(sender)"} <= set(names)
    for _, name, kind, sql in rows:
        values = db.execute(f"SELECT count(f), typeof(any_value(f)) FROM (SELECT {sql} AS f FROM mails AS input)")
        assert values.fetchall() == [(600, "FLOAT")], name
        assert kind in ("number", "category")


def test_what_a_statement_and_a_view_predict_is_the_same(db: sqlml.Connection) -> None:
    db.execute("CREATE VIEW seen AS SELECT * FROM PREDICT(MODEL spam, TABLE mails)")
    written = db.execute("SELECT predicted_is_spam_probability FROM PREDICT(MODEL spam, TABLE mails)").fetchall()
    assert db.execute("SELECT predicted_is_spam_probability FROM seen").fetchall() == written


def test_a_wide_model_with_text_is_kept_in_macros(db: sqlml.Connection) -> None:
    columns = ", ".join(f"sin(rowid * {at + 1}) AS c{at}" for at in range(250))
    db.execute(f"CREATE TABLE wide AS SELECT *, {columns} FROM mails")
    db.execute("CREATE MODEL broad PREDICT is_spam WITH (max_trials = 1, seed = 1) AS FROM wide")
    db.execute("CREATE VIEW wide_seen AS SELECT * FROM PREDICT(MODEL broad, TABLE wide)")
    written = db.execute("SELECT predicted_is_spam_probability FROM PREDICT(MODEL broad, TABLE wide)").fetchall()
    assert db.execute("SELECT predicted_is_spam_probability FROM wide_seen").fetchall() == written
