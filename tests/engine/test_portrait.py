"""What can be drawn of a model is what its metrics were measured on, and what it goes by is what moves it."""

from itertools import pairwise

import pytest

import sqlml
from sqlml.engine.portrait import importances, portraits
from tests.engine.conftest import CUSTOMERS


def test_the_roc_curve_has_the_area_that_was_measured(db: sqlml.Connection) -> None:
    (portrait,) = portraits(db, "churn")
    points = [(0.0, 0.0), *((x, y) for x, y, *_ in portrait.curves["roc"])]
    area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))
    (measured,) = db.execute("SELECT value FROM sqlml.metrics WHERE metric = 'roc_auc'").fetchone()
    assert points[-1] == (1.0, 1.0)
    # The curve has fewer points than there are scores.
    assert area == pytest.approx(measured, abs=0.02)


def test_confusion_and_calibration_count_the_rows_that_were_measured(db: sqlml.Connection) -> None:
    (portrait,) = portraits(db, "churn VERSION 1")
    measured = dict(db.execute("SELECT metric, value FROM sqlml.metrics").fetchall())
    (rows,) = db.execute("SELECT any_value(rows) FROM sqlml.metrics").fetchone()
    pairs = {(actual, predicted): count for _, _, actual, predicted, count in portrait.curves["confusion"]}
    right = sum(count for (actual, predicted), count in pairs.items() if actual == predicted)
    assert sum(pairs.values()) == rows
    assert right / rows == pytest.approx(measured["accuracy"])
    assert sum(count for *_, count in portrait.curves["calibration"]) == rows


def test_residuals_are_few_and_centred() -> None:
    with sqlml.connect() as db:
        db.execute(CUSTOMERS)
        db.execute("CREATE MODEL ages PREDICT age WITH (max_trials = 1) AS SELECT age, plan, churned FROM customers")
        (portrait,) = portraits(db, "ages")
        residuals = [y for _, y, *_ in portrait.curves["residuals"]]
        (mae,) = db.execute("SELECT value FROM sqlml.metrics WHERE metric = 'mae'").fetchone()
        assert sum(map(abs, residuals)) / len(residuals) == pytest.approx(mae)
        db.execute("DROP MODEL ages")
        assert db.execute("SELECT count(*) FROM sqlml.curves").fetchone() == (0,)


def test_a_model_goes_by_what_moves_its_predictions(db: sqlml.Connection) -> None:
    (found,) = importances(db, "churn")
    (first, most), (second, least) = found
    assert (first, second) == ("age", "plan")
    assert 1 >= most > 3 * least >= 0
    assert importances(db, "churn") == [found]


def test_a_name_that_means_no_model_is_an_error_at_its_place(db: sqlml.Connection) -> None:
    with pytest.raises(sqlml.ProgrammingError, match="there is no model `churm`"):
        portraits(db, "churm")
