"""BigQuery's spelling, as its scripts have it."""

import pytest

import sqlml
from tests.engine.conftest import CUSTOMERS


def test_a_script_of_bigquery_s_runs_unchanged() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    db.execute(
        """
        CREATE OR REPLACE MODEL `main.churn`
        OPTIONS (model_type = 'LOGISTIC_REG', input_label_cols = ['churned'], l2_reg = 0.1) AS
        SELECT * EXCEPT (id), SAFE_CAST(age AS FLOAT64) AS years, IF(age > 30, "old", "young") AS phase
        FROM `customers`
        """
    )
    assert [notice.condition for notice in db.notices][:2] == ["read_as_bigquery", "bigquery_option_decided"]
    rows = db.execute(
        """
        SELECT * FROM ML.PREDICT(MODEL `main.churn`,
          (SELECT *, SAFE_CAST(age AS FLOAT64) AS years, IF(age > 30, "old", "young") AS phase FROM customers))
        """
    ).fetchall()
    assert len(rows) == 400
    assert len(db.execute("SELECT * FROM ML.EVALUATE(MODEL `main.churn`)").fetchall()) == 8


def test_without_a_label_the_column_label_is_meant() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    row = db.execute(
        "CREATE MODEL m OPTIONS (model_type = 'linear_reg') AS SELECT age * 2.5 + id % 7 AS label, age FROM customers"
    )
    assert row.fetchone()[2:4] == ("regression", "label")


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ("model_type = 'KMEANS'", "bigquery_model_type"),
        ("model_type = 'LOGISTIC_REG', input_label_cols = 'churned'", "option_type"),
        ("model_type = 'LOGISTIC_REG', input_label_cols = ['nope']", "target_missing"),
        ("l2_rig = 3", "option_unknown"),
        ("model_type = 'LINEAR_REG', model_type = 'LINEAR_REG'", "option_given_twice"),
    ],
)
def test_a_wrong_option_is_told(options: str, condition: str) -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    with pytest.raises(sqlml.Diagnosed) as caught:
        db.execute(f"CREATE MODEL m OPTIONS ({options}) AS SELECT * FROM customers")
    assert caught.value.diagnostic.condition == condition
