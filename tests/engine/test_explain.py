"""The plan of a training, before anything is paid for."""

import pytest

import sqlml
from sqlml.train.learner import learners
from tests.engine.conftest import CUSTOMERS, LEFT_BEHIND

Rows = list[tuple[str, str | None, str | None]]


def plan(options: str = "", rows: str = "SELECT age, plan, churned FROM customers", table: str = CUSTOMERS) -> Rows:
    db = sqlml.connect()
    db.execute(table)
    found: Rows = db.execute(f"EXPLAIN CREATE MODEL churn PREDICT churned {options} AS {rows}").fetchall()
    return found


def of(rows: Rows, step: str) -> list[tuple[str | None, str | None]]:
    return [(name, detail) for found, name, detail in rows if found == step]


def test_the_plan_goes_from_the_rows_to_the_place_of_the_model() -> None:
    steps = list(dict.fromkeys(step for step, _, _ in plan()))
    assert steps == ["read", "target", "feature", "split", "choose", "try", "limit", "device", "store"]


def test_rows_and_classes_are_counted() -> None:
    rows = plan(rows="SELECT age, CASE WHEN id > 10 THEN churned END AS churned FROM customers")
    assert ("rows", "400 rows") in of(rows, "read")
    assert of(rows, "target")[0] == ("churned", "binary, BOOLEAN, known in 389 rows")
    assert [name for name, _ in of(rows, "target")[1:]] == ["class false", "class true"]
    assert "11 rows in which `churned` is NULL" in str(of(rows, "notice"))


def test_learners_are_named_in_order_with_how_many_settings_they_try() -> None:
    titles = [one.title for one in learners()]
    tried = of(plan(), "try")
    assert tried[0] == (titles[0], "1 setting")
    assert {name for name, _ in tried} <= set(titles)
    assert len(of(plan("WITH (max_trials = 1)"), "try")) == 2


def test_rows_beyond_the_sample_are_counted_and_not_looked_at() -> None:
    many = CUSTOMERS.replace("range(400)", "range(20000)")
    assert ("rows", "20000 rows; the plan looks at the first 10000") in of(plan(table=many), "read")


def test_of_a_log_the_latest_rows_are_judged() -> None:
    day = "DATE '2022-06-01' + (id // 2)::INTEGER"
    split = of(
        plan(rows=f"SELECT year({day}) AS year, month({day}) AS month, day({day}) AS day, * FROM customers"), "split"
    )
    assert split == [
        ("to choose by", "320 in 8 parts in the order of time, 2 of them predicted by what came before"),
        ("to measure on", "80 that training never sees, the latest"),
    ]


@pytest.mark.parametrize(
    ("options", "step", "row"),
    [
        ("", "choose", ("by", "log_loss")),
        ("WITH (metric = f1)", "choose", ("by", "f1")),
        ("WITH (weight = id)", "weigh", ("id", "a row counts as much as it says")),
        ("WITH (group = id)", "split", ("id", "rows with the same value stay together")),
    ],
)
def test_what_an_option_asks_for_is_in_the_plan(options: str, step: str, row: tuple[str, str]) -> None:
    rows = plan(options, "FROM customers")
    assert row in of(rows, step)
    assert (row[0], None) not in [(name, None) for name, _ in of(rows, "feature")]


def test_the_time_and_the_memory_are_told() -> None:
    limits = dict(of(plan("WITH (max_runtime = '20 seconds')"), "limit"))
    assert str(limits["time"]).startswith("at most 20 seconds of training; about ")
    assert "MB" in str(limits["memory"])
    assert int(limits["threads"] or 0) >= 1


def test_the_time_that_is_told_is_right_within_a_factor_of_two() -> None:
    db = sqlml.connect()
    db.execute("CREATE TABLE t AS SELECT sqrt(i) % 7 AS a, i % 91 AS b, a * b + i % 13 AS y FROM range(20_000) r(i)")
    statement = "CREATE MODEL m PREDICT y WITH (max_runtime = '8 seconds') AS FROM t"
    told = dict(of(db.execute(f"EXPLAIN {statement}").fetchall(), "limit"))["time"]
    found = db.execute(statement)
    row = dict(zip([column for column, *_ in found.description], found.fetchone(), strict=True))
    assert 0.5 <= row["seconds"] / float(str(told).split()[-5]) <= 2


def test_what_scoring_may_take_is_told_and_how_much_slower_the_best_may_be() -> None:
    said = [dict(of(plan(f"WITH (effort = '{effort}')"), "limit"))["scoring"] for effort in ("balanced", "best")]
    assert str(said[0]).endswith("rows a second on two cores")
    assert "times slower than with effort = 'balanced'" in str(said[1])


def test_nothing_is_left_behind() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    db.execute("EXPLAIN CREATE MODEL churn PREDICT churned AS FROM customers")
    assert db.execute(LEFT_BEHIND).fetchall() == []


def test_what_bigquery_s_options_come_to_is_told_too() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    db.execute("EXPLAIN CREATE MODEL m OPTIONS (input_label_cols = ['churned'], l2_reg = 1) AS FROM customers")
    assert "bigquery_option_decided" in [notice.condition for notice in db.notices]


def test_a_prediction_says_how_fast_trees_score_and_why() -> None:
    db = sqlml.connect()
    db.execute(
        "CREATE TABLE t AS SELECT i % 89 AS a, i % 97 AS b, (i % 89 > 40) = (i % 97 > 50) AS y FROM range(3000) r(i)"
    )
    db.execute("CREATE MODEL m PREDICT y WITH (max_trials = 6) AS FROM t")
    rows: Rows = db.execute("EXPLAIN PREDICT m FROM t").fetchall()
    (speed,) = [detail for name, detail in of(rows, "score") if name == "speed"]
    assert speed is not None
    assert "rows a second and thread, trees all at once" in speed
