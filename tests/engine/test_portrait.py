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
    assert db.execute('SELECT "column", importance FROM sqlml.importance').fetchall() == found


def test_of_several_targets_each_goes_by_its_own_columns() -> None:
    with sqlml.connect() as db:
        db.execute(
            "CREATE TABLE t AS SELECT hash(i) % 100 AS a, hash(i, 1) % 100 AS b, hash(i) % 100 > 30 AS big,"
            " 3 * (hash(i, 1) % 100) AS thrice FROM range(600) t(i)"
        )
        db.execute("CREATE MODEL m PREDICT big, thrice WITH (max_trials = 2) AS FROM t")
        big, thrice = importances(db, "m")
        assert (big[0][0], thrice[0][0]) == ("a", "b")
        # Of numbers it is the difference that another row's value makes: two even numbers up to 297 are 99 apart.
        assert thrice[0][1] == pytest.approx(99, rel=0.2)
        db.execute("ALTER MODEL m RENAME TO n")
        assert importances(db, "n") == [big, thrice]
        db.execute("DROP MODEL n")
        assert db.execute("SELECT count(*) FROM sqlml.importance").fetchone() == (0,)


def test_a_name_that_means_no_model_is_an_error_at_its_place(db: sqlml.Connection) -> None:
    with pytest.raises(sqlml.ProgrammingError, match="there is no model `churm`"):
        portraits(db, "churm")
