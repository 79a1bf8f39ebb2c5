"""What SQL does not show of a training of several targets: how it goes on, and how the time is shared."""

import pytest

import sqlml
from sqlml.diagnostics import Notice
from sqlml.engine.progress import Progress
from sqlml.engine.said import gathered
from sqlml.train.job import Job, OnEvent, Outcome
from sqlml.train.process import Worker
from tests.engine.conftest import CUSTOMERS, LEFT_BEHIND

ROWS = "SELECT age, plan, churned, age * 3 + id % 5 AS spent FROM customers"
BOTH = f"CREATE MODEL future PREDICT churned, spent WITH (max_trials = 1, max_runtime = '40 seconds') AS {ROWS}"


@pytest.fixture
def db() -> sqlml.Connection:
    """A database with rows to learn from."""
    connection = sqlml.connect()
    connection.execute(CUSTOMERS)
    return connection


def test_each_phase_says_which_target_is_being_learnt(db: sqlml.Connection) -> None:
    told: list[Progress] = []
    db.on_progress = told.append
    db.execute(BOTH)
    phases = list(dict.fromkeys(progress.phase for progress in told))
    assert (phases[0], phases[-1]) == ("reading the rows", "storing the model")
    ends = [phase.rpartition(" to predict ")[2] for phase in phases[1:-1]]
    assert ends == sorted(ends, key=["churned", "spent"].index)
    assert set(ends) == {"churned", "spent"}


def test_the_trials_of_each_target_are_counted_from_the_first(db: sqlml.Connection) -> None:
    told: list[Progress] = []
    db.on_progress = told.append
    db.execute(BOTH)
    begins = [progress for progress in told if progress.phase.startswith("preparing")]
    assert len({one.phase for one in begins}) == 2
    assert {(one.trials, one.metric, one.best) for one in begins} == {(0, None, None)}
    assert {one.metric for one in told if one.phase.endswith("churned") and one.trials} == {"log_loss"}
    assert {one.metric for one in told if one.phase.endswith("spent") and one.trials} == {"rmse"}


def test_a_target_has_its_share_of_the_time_that_is_left(db: sqlml.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: list[Job] = []
    learn = Worker.train

    def noted(worker: Worker, job: Job, on_event: OnEvent) -> Outcome:
        jobs.append(job)
        return learn(worker, job, on_event)

    monkeypatch.setattr(Worker, "train", noted)
    db.execute(BOTH)
    assert [job.allowed for job in jobs] == [20.0, 20.0]
    first, second = (job.seconds for job in jobs)
    assert first <= 20 < second <= 40
    # Five seconds are kept for each of the two columns, of this target and of those to come, to store them.
    monkeypatch.setattr("sqlml.engine.operators.train._STORING", 5.0)
    monkeypatch.setattr("sqlml.engine.operators.train._SLOWEST", 1.0)
    db.execute(BOTH.replace("CREATE", "CREATE OR REPLACE"))
    *_, first, second = (job.seconds for job in jobs)
    assert 0 < first <= 10 < second <= 30
    # Where preparing was slow storing will be, three times as slow at most.
    for name, value in (("_STORING", 1.0), ("_SLOWEST", 3.0), ("_PREPARING", 1e-9)):
        monkeypatch.setattr(f"sqlml.engine.operators.train.{name}", value)
    db.execute(BOTH.replace("CREATE", "CREATE OR REPLACE"))
    *_, first, second = (job.seconds for job in jobs)
    assert 0 < first <= 14 < second <= 34


def test_a_training_that_is_stopped_at_its_second_target_leaves_nothing_behind(db: sqlml.Connection) -> None:
    def watch(progress: Progress) -> None:
        if "trying" in progress.phase and progress.phase.endswith("spent"):
            db.interrupt()

    db.on_progress = watch
    with pytest.raises(sqlml.Diagnosed) as caught:
        db.execute(BOTH)
    assert caught.value.diagnostic.condition == "query_canceled"
    assert db.execute(LEFT_BEHIND).fetchall() == []


def test_the_plan_has_each_target_with_what_is_meant_to_be_done_for_it(db: sqlml.Connection) -> None:
    rows = db.execute(f"EXPLAIN {BOTH}").fetchall()
    steps = [step for step, *_ in rows]
    first, second = (rows.index(row) for row in rows if row[0] == "target" and row[1] in ("churned", "spent"))
    assert {"feature", "split", "choose", "try"} <= set(steps[first:second]) & set(steps[second:])
    assert [detail for step, _, detail in rows if step == "choose"] == ["log_loss", "rmse"]
    features = [name for step, name, _ in rows if step == "feature"]
    assert features == ["age", "plan"] * 2
    (limit,) = [detail for _, name, detail in rows if name == "time"]
    assert limit.startswith("at most 40 seconds")


def test_what_is_described_is_named_after_its_target(db: sqlml.Connection) -> None:
    db.execute(BOTH)
    rows = db.execute("DESCRIBE MODEL future").fetchall()
    about = {name: detail for part, name, _, detail in rows if part == "model"}
    assert (about["churned.task"], about["spent.task"]) == ("binary", "regression")
    assert {"churned.roc_auc", "spent.rmse"} <= set(about)
    assert [name for part, name, *_ in rows if part == "feature"] == [
        "churned.age",
        "churned.plan",
        "spent.age",
        "spent.plan",
    ]
    assert [name for part, name, *_ in rows if part == "output"][-1] == "predicted_spent"


def test_what_holds_for_every_target_is_told_once() -> None:
    told: list[Notice] = []
    with gathered(told) as said:
        said.add("a", [Notice("`id` was left out"), Notice("`a` is odd"), Notice("nothing helps")])
        said.add("b", [Notice("`id` was left out"), Notice("`x` was left out")])
    assert [notice.message for notice in told] == [
        "`id` was left out",
        "`a` is odd",
        "for `a`: nothing helps",
        "for `b`: `x` was left out",
    ]


def test_of_a_single_target_everything_is_told_as_it_is() -> None:
    told: list[Notice] = []
    with gathered(told) as said:
        said.add("a", [Notice("nothing helps")])
    assert [notice.message for notice in told] == ["nothing helps"]


def test_wide_rows_are_copied_and_learnt_from_the_same(db: sqlml.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    predicted = []
    for width in (250, 1):
        monkeypatch.setattr("sqlml.engine.stage.WIDTH", width)
        db.execute(BOTH.replace("CREATE", "CREATE OR REPLACE"))
        predicted.append(db.execute(f"SELECT * FROM PREDICT(MODEL future, {ROWS}) ORDER BY ALL").fetchall())
        assert db.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall() == []
    assert predicted[0] == predicted[1]
