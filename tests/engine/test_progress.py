"""What a training tells while it runs, and what watching it can and cannot do."""

import sys
from dataclasses import replace

import pytest

import sqlml
from sqlml.engine.progress import Progress, telling
from sqlml.train.job import Progress as Step
from sqlml.train.job import Trial
from tests.engine.conftest import CUSTOMERS, MODEL

TRIAL = Trial(1, "linear", {}, "log_loss", 0.5, 0.1, "done")


def watched(statement: str = MODEL) -> tuple[list[Progress], sqlml.Connection]:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    told: list[Progress] = []
    db.on_progress = told.append
    db.execute(statement)
    return told, db


def test_a_training_tells_what_it_does_from_its_first_step_to_its_last() -> None:
    told, db = watched(MODEL.replace("max_trials = 2", "max_trials = 2, max_runtime = '40 seconds'"))
    assert {progress.model for progress in told} == {"churn"}
    assert {progress.limit for progress in told} == {40.0}
    assert told[0].phase == "reading the rows"
    assert [progress.over for progress in told] == [False] * (len(told) - 1) + [True]
    assert [progress.seconds for progress in told] == sorted(progress.seconds for progress in told)
    trials = db.execute("SELECT count(*), any_value(metric) FROM sqlml.trials").fetchone()
    assert (told[-1].trials, told[-1].metric) == trials


def test_the_best_value_so_far_is_told_and_kept() -> None:
    told: list[Progress] = []
    with telling(told.append, "churn", 60) as training:
        training.event(Step("trying a linear model", 0.1))
        training.event(TRIAL)
        training.event(Step("trying trees", 0.2, trials=1, best=0.5))
        training.event(replace(TRIAL, number=2))
        training.event(Step("fitting the best once more", 0.9))
    assert [(one.phase, one.trials, one.best) for one in told] == [
        ("reading the rows", 0, None),
        ("trying a linear model", 0, None),
        ("trying a linear model", 1, None),
        ("trying trees", 1, 0.5),
        ("trying trees", 2, 0.5),
        ("fitting the best once more", 2, 0.5),
        ("fitting the best once more", 2, 0.5),
    ]


def test_a_mistake_of_the_watcher_s_is_shown_and_ends_the_watching_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, mistake, _traceback: shown.append(mistake))
    db = sqlml.connect()
    db.execute(CUSTOMERS)

    def watch(_progress: Progress) -> None:
        raise ZeroDivisionError

    db.on_progress = watch
    assert db.execute(MODEL).fetchone()[0] == "churn"
    assert [type(mistake) for mistake in shown] == [ZeroDivisionError]


def test_a_training_that_fails_is_over_too() -> None:
    db = sqlml.connect()
    told: list[Progress] = []
    db.on_progress = told.append
    with pytest.raises(sqlml.Diagnosed):
        db.execute("CREATE MODEL m PREDICT y AS SELECT 1 AS x, 2 AS y FROM range(100)")
    assert told[-1].over


def test_whoever_watches_may_have_a_training_finish_with_what_it_has() -> None:
    db = sqlml.connect()
    db.finish()
    draws = "SELECT hash(i) % 1000 AS a, hash(i, 1) % 1000 AS b FROM range(5000) r(i)"
    db.execute(f"CREATE TABLE t AS SELECT *, a * b > 250000 AS y FROM ({draws})")

    def watch(progress: Progress) -> None:
        if progress.trials == 3:
            db.finish()

    db.on_progress = watch
    db.execute("CREATE MODEL m PREDICT y WITH (max_runtime = '10 minutes') AS FROM t")
    assert "ended_early" in {notice.condition for notice in db.notices}
    (tried,) = db.execute("SELECT count(*) FROM sqlml.trials").fetchone()
    assert 3 <= tried <= 5
    assert db.execute("SELECT count(predicted_y) FROM PREDICT(MODEL m, TABLE t)").fetchone() == (5000,)


def test_a_phase_tells_how_far_it_is() -> None:
    told, _ = watched()
    shares = [progress.done for progress in told if progress.phase.startswith(("trying", "fitting"))]
    assert shares
    assert all(0 <= share <= 1 for share in shares)


def test_watching_changes_nothing_of_the_model() -> None:
    facts = "SELECT * EXCLUDE (artifact, scoring) FROM sqlml.targets"
    _, db = watched()
    alone = sqlml.connect()
    alone.execute(f"{CUSTOMERS}; {MODEL}")
    assert db.execute(facts).fetchall() == alone.execute(facts).fetchall()


def test_what_trains_nothing_tells_nothing() -> None:
    told, db = watched()
    told.clear()
    db.execute("EXPLAIN CREATE MODEL other PREDICT churned AS SELECT age, churned FROM customers")
    db.execute("CREATE MODEL IF NOT EXISTS churn PREDICT churned AS FROM customers")
    db.execute("PREDICT churn FROM customers")
    assert told == []
