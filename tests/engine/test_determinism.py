"""The same rows, options and seed give the same model, whatever the number of threads."""

import pytest

import sqlml

BINARY = """
SELECT CASE WHEN i % 13 <> 0 THEN (i * 7919) % 1000 END AS a, sin(i * 0.37) AS b, ['x', 'y', 'z', NULL][1 + i % 4] AS c,
       CASE WHEN ((i * 7919) % 1000 > 500) <> (sin(i * 0.37) > 0.2) THEN 'yes' ELSE 'no' END AS y
FROM range(6000) t(i)
"""
REGRESSION = """
SELECT DATE '2020-01-01' + ((i * 31) % 900)::INTEGER AS day, (i * 104729) % 5000 / 7.0 AS a,
       'shop ' || (i * 17) % 150 AS shop,
       sqrt((i * 104729) % 5000) + 3 * month(DATE '2020-01-01' + ((i * 31) % 900)::INTEGER) + cos(i) AS y
FROM range(6000) t(i)
"""


def _trained(query: str, threads: int) -> tuple[list[tuple], list[bytes], list[tuple], list[tuple]]:
    with sqlml.connect() as db:
        db.execute(f"SET threads = {threads}; CREATE TABLE rows AS {query}")
        db.execute("CREATE MODEL m PREDICT y WITH (max_trials = 3, max_runtime = '10 minutes', seed = 7) AS FROM rows")
        return (
            db.execute("SELECT recipe, learner, classes, prior, rows FROM sqlml.targets").fetchall(),
            db.execute("SELECT bytes FROM sqlml.artifacts ORDER BY part").fetchall(),
            db.execute("EVALUATE m").fetchall(),
            db.execute("SELECT * FROM PREDICT(MODEL m, TABLE rows)").fetchall(),
        )


@pytest.mark.parametrize("query", [BINARY, REGRESSION], ids=["binary", "regression"])
def test_one_thread_and_four_train_the_same_model(query: str) -> None:
    version, artifact, metrics, rows = _trained(query, 1)
    assert "same prediction" not in version[0][1]
    assert _trained(query, 4) == (version, artifact, metrics, rows)


def test_another_seed_gives_another_model_and_the_same_one_the_same() -> None:
    with sqlml.connect() as db:
        db.execute(f"CREATE TABLE rows AS {BINARY}")
        for name, seed in [("one", 1), ("again", 1), ("two", 2)]:
            options = f"WITH (max_trials = 2, max_runtime = '10 minutes', seed = {seed})"
            db.execute(f"CREATE MODEL {name} PREDICT y {options} AS FROM rows")
        found = "SELECT model_name, md5(a.bytes) FROM sqlml.targets t JOIN sqlml.artifacts a ON a.id = t.artifact"
        graphs = dict(db.execute(found).fetchall())
        assert graphs["one"] == graphs["again"] != graphs["two"]
