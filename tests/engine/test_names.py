"""What SHOW MODELS tells of versions and aliases."""

import sqlml

TABLE = "CREATE TABLE customers AS SELECT range % 70 AS age, range % 70 < 30 AS churned FROM range(300)"
CREATE = "CREATE OR REPLACE MODEL churn PREDICT churned WITH (max_trials = 1) AS FROM customers"
COLUMNS = ["name", "task", "target", "default_version", "versions", "metric", "value", "created_at", "aliases"]


def test_every_model_is_listed_with_its_default_version_and_its_aliases() -> None:
    db = sqlml.connect()
    elsewhere = CREATE.replace("churn", "other.main.one", 1)
    db.execute(f"ATTACH ':memory:' AS other; {TABLE}; {CREATE}; {CREATE}; {elsewhere}")
    db.execute("ALTER MODEL churn SET ALIAS second TO VERSION 2; ALTER MODEL churn SET ALIAS first TO VERSION 1")
    db.execute("ALTER MODEL churn SET DEFAULT VERSION 1")
    rows = db.execute("SHOW MODELS").fetchall()
    assert [column[0] for column in db.description] == COLUMNS
    assert [row[0::8] for row in rows] == [("churn", ["first", "second"]), ("one", [])]
    assert [row[3:5] for row in rows] == [(1, 2), (1, 1)]
