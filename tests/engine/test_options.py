"""What the options of a training may be, where two parts of the house must agree on it."""

import pytest

import sqlml
from sqlml.engine.measures import MEASURES
from sqlml.plan.options import METRICS
from tests.engine.conftest import CUSTOMERS


def test_the_metrics_to_choose_by_are_those_that_evaluate_gives() -> None:
    assert set(METRICS) == {measure.name for measures in MEASURES.values() for measure in measures}


@pytest.mark.parametrize(
    ("target", "metric"),
    [("churned", "pr_auc"), ("churned", "brier"), ("plan", "balanced_accuracy"), ("age", "mape"), ("age", "r2")],
)
def test_the_metric_asked_for_is_the_one_of_every_trial(target: str, metric: str) -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    options = f"metric = {metric}, max_trials = 1"
    db.execute(f"CREATE MODEL m PREDICT {target} WITH ({options}) AS SELECT age, plan, churned FROM customers")
    trials = db.execute("SHOW TRIALS OF m")
    assert [name for name, *_ in trials.description] == (
        "number learner settings metric value seconds state message".split()
    )
    assert {row[3] for row in trials.fetchall()} == {metric}


def test_the_trials_are_shown_as_they_are_kept() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    for trials in (3, 1):
        options = f"max_trials = {trials}"
        db.execute(f"CREATE OR REPLACE MODEL m PREDICT churned WITH ({options}) AS SELECT age, churned FROM customers")
    for version, count in ((1, 4), (2, 2)):
        shown = db.execute(f"SHOW TRIALS OF m VERSION {version}").fetchall()
        kept = db.execute(
            "SELECT t.* EXCLUDE (artifact) FROM sqlml.trials t JOIN sqlml.targets v USING (artifact)"
            f" WHERE v.version = {version} ORDER BY number"
        ).fetchall()
        assert shown == kept
        assert [row[0] for row in shown] == list(range(1, count + 1))
    assert db.execute("SHOW TRIALS OF m").fetchall() == shown


def test_a_row_teaches_as_much_as_its_weight_says() -> None:
    db = sqlml.connect()
    spread = "i * 71 % 97 / 1000"
    rows = f"SELECT i // 2 % 7 AS x, 3 - 2 * (i % 2) AS w, 10.0 * (1 + i % 2) + {spread} AS y FROM range(700) t(i)"
    db.execute(f"CREATE MODEL alike PREDICT y WITH (max_trials = 1) AS SELECT x, y FROM ({rows})")
    db.execute(f"CREATE MODEL weighed PREDICT y WITH (weight = w, max_trials = 1) AS {rows}")
    for model, mean in (("alike", 15.0), ("weighed", 12.5)):
        found = db.execute(f"SELECT avg(predicted_y) FROM PREDICT(MODEL {model}, (SELECT range AS x FROM range(7)))")
        assert found.fetchone()[0] == pytest.approx(mean, abs=0.5)


def test_rows_of_weight_0_are_as_if_not_there() -> None:
    made = "SELECT i % 97 AS a, hash(i) % 50 AS b, (i % 97) * 2 + hash(i) % 50 AS y, 1 AS counts FROM range(600) r(i)"
    with sqlml.connect() as db:
        db.execute(f"CREATE TABLE rows AS {made}")
        for name, absurd in (("plain", ""), ("spoiled", " UNION ALL SELECT a, b, 1e12, 0 FROM rows WHERE a < 30")):
            options = "WITH (weight = counts, max_trials = 2, max_runtime = '10 minutes')"
            db.execute(f"CREATE MODEL {name} PREDICT y {options} AS SELECT * FROM rows{absurd}")
        graphs = "SELECT count(DISTINCT md5(bytes)), count(*) FROM sqlml.artifacts"
        assert db.execute(graphs).fetchone() == (1, 2)
        assert db.execute("SELECT DISTINCT rows, value IS NULL FROM sqlml.versions").fetchall() == [(600, False)]


@pytest.mark.parametrize(("time", "seconds"), [("500 ms", "0.5"), ("90 s", "90"), ("2 mins", "120"), ("1m", "60")])
def test_a_time_is_read_in_its_unit(time: str, seconds: str) -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    explained = f"EXPLAIN CREATE MODEL m PREDICT churned WITH (max_runtime = '{time}') AS FROM customers"
    (limit,) = [detail for step, name, detail in db.execute(explained).fetchall() if (step, name) == ("limit", "time")]
    assert limit.startswith(f"at most {seconds} seconds of training")
