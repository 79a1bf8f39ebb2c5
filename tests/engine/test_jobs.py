"""Trainings in the background: what they see, what is kept of them, and when they end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import sqlml
from sqlml.engine import jobs
from tests.engine.conftest import CUSTOMERS, MODEL
from tests.faults.patient import children, until

IN_BACKGROUND = MODEL.replace("max_trials", "background = true, max_trials")
ENDLESS = IN_BACKGROUND.replace("max_trials = 2", "max_runtime = '10 minutes', effort = 'best'")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlml.Connection]:
    """A connection to a database of its own, with rows to learn from."""
    with sqlml.connect(tmp_path / "shop.duckdb") as connection:
        connection.execute(CUSTOMERS)
        yield connection


def shown(db: sqlml.Connection) -> list[dict[str, Any]]:
    """The rows of SHOW JOBS, by their columns."""
    found = db.execute("SHOW JOBS").fetchall()
    return [dict(zip([column[0] for column in db.description], row, strict=True)) for row in found]


def ends(db: sqlml.Connection, job: int = 1) -> dict[str, Any]:
    """Waits for the end of a job; its row."""
    assert until(lambda: shown(db)[job - 1]["ended_at"] is not None), shown(db)
    return shown(db)[job - 1]


def test_what_comes_of_a_job_is_what_comes_of_the_statement_and_is_kept(db: sqlml.Connection, tmp_path: Path) -> None:
    db.execute(IN_BACKGROUND.replace("age, plan, churned", "*"))
    told = ends(db)
    assert (told["state"], told["model"], told["version"], told["user"]) == ("done", "churn", 1, None)
    assert "without a model" in told["message"]
    assert len(db.execute("PREDICT churn FROM customers").fetchall()) == 400
    made = "SELECT learner, rows, features, metric, value, baseline, options, query, notices FROM sqlml.versions"
    alone = sqlml.connect()
    alone.execute(CUSTOMERS)
    alone.execute(MODEL.replace("age, plan, churned", "*"))
    assert db.execute(made).fetchall() == alone.execute(made).fetchall()
    assert told["notices"] == [notice.message for notice in alone.notices]
    db.close()
    with duckdb.connect(str(tmp_path / "shop.duckdb"), read_only=True) as stock:
        assert stock.execute("SELECT job, state, version FROM sqlml.jobs").fetchall() == [(1, "done", 1)]


def test_a_failure_is_a_diagnostic_and_the_next_job_has_its_turn(db: sqlml.Connection) -> None:
    db.execute(IN_BACKGROUND.replace("SELECT age", "SELECT plan::INTEGER AS p, age"))
    db.execute(IN_BACKGROUND.replace("CREATE", "CREATE OR REPLACE"))
    told = ends(db)
    assert (told["state"], told["condition"], told["version"]) == ("failed", "query_failed", None)
    assert "basic" in told["message"] or "plus" in told["message"] or "pro" in told["message"]
    found = "SELECT condition FROM sqlml.diagnostics WHERE reference = ?"
    assert db.execute(found, [told["reference"]]).fetchall() == [("query_failed",)]
    assert ends(db, 2)["state"] == "done"


def test_a_job_that_ends_while_another_begins_is_not_taken_for_lost(
    db: sqlml.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = jobs.catalog.prepare

    def slowly(host: Any, database: str) -> None:
        # From here on, the transaction sees the jobs as they are now.
        prepare(host, database)
        assert until(lambda: not db.instance.jobs.live())

    failing = IN_BACKGROUND.replace("SELECT age", "SELECT plan::INTEGER AS p, age")
    db.execute(failing)
    with monkeypatch.context() as patched:
        patched.setattr(jobs.catalog, "prepare", slowly)
        db.execute(failing.replace("MODEL churn", "MODEL other"))
    assert [ends(db, number)["condition"] for number in (1, 2)] == ["query_failed", "query_failed"]


def test_names_variables_and_parameters_mean_what_they_meant_to_the_statement(db: sqlml.Connection) -> None:
    db.execute('CREATE SCHEMA "o\'ther 🙂"; CREATE TABLE "o\'ther 🙂".customers AS FROM customers WHERE id < 300')
    db.execute('USE "o\'ther 🙂"; SET VARIABLE most = 250')
    few = IN_BACKGROUND + " WHERE id < getvariable('most') AND age > $least AND plan <> $plan"
    db.execute(few, {"least": 5, "plan": "it's"})
    db.execute("USE main; RESET VARIABLE most")
    assert ends(db)["state"] == "done"
    ((schema, rows),) = db.execute("SELECT schema_name, rows FROM sqlml.versions").fetchall()
    wanted = db.execute("SELECT count(*) FROM customers WHERE id < 250 AND age > 5").fetchone()
    assert (schema, (rows,)) == ("o'ther 🙂", wanted)


def test_rows_that_a_program_has_are_refused_as_no_other_connection_sees_them(db: sqlml.Connection) -> None:
    rows = pa.table({"age": list(range(100)), "churned": [number % 3 == 0 for number in range(100)]})
    assert rows.num_rows == 100
    db.register("registered", rows)
    for name in ("rows", "registered"):
        with pytest.raises(sqlml.NotSupportedError) as caught:
            db.execute(f"CREATE MODEL m PREDICT churned WITH (background = true) AS FROM {name}")
        assert caught.value.diagnostic.condition == "seen_here_alone"
    assert shown(db) == []


def test_what_runs_is_seen_by_every_connection_to_the_database_and_by_no_other(
    db: sqlml.Connection, tmp_path: Path
) -> None:
    asked = "SELECT job, model, phase <> '', seconds >= 0, \"user\" FROM sqlml.running"
    with sqlml.connect(tmp_path / "shop.duckdb") as other, sqlml.connect() as elsewhere:
        db.execute(ENDLESS)
        for connection in (db, db.cursor(), other):
            assert until(lambda seen=connection: seen.execute(asked).fetchall() == [(1, "churn", True, True, None)])
        assert elsewhere.execute("FROM sqlml.running").fetchall() == []
        learns = "SELECT rows, threads > 0, device FROM sqlml.running"
        assert until(lambda: db.execute(learns).fetchall() == [(320, True, "CPU")])
        assert until(
            lambda: db.execute("SELECT best > 0, baseline > 0 FROM sqlml.running").fetchall() == [(True, True)]
        )
        other.execute("CANCEL JOB 1")
        assert until(lambda: db.execute("FROM sqlml.running").fetchall() == [])
        assert until(lambda: children() == [])


def test_what_trains_in_the_foreground_is_seen_beside(db: sqlml.Connection) -> None:
    beside, asked = db.cursor(), "SELECT statement, model, job FROM sqlml.running"
    with ThreadPoolExecutor(1) as pool:
        training = pool.submit(db.execute, MODEL.replace("max_trials = 2", "max_runtime = '10 minutes'"))
        assert until(lambda: [row[1:] for row in beside.execute(asked).fetchall()] == [("churn", None)])
        db.interrupt()
        with pytest.raises(sqlml.OperationalError):
            training.result()
    assert db.execute("FROM sqlml.running").fetchall() == []


def test_a_job_ends_with_the_connection_that_the_program_has_opened(db: sqlml.Connection, tmp_path: Path) -> None:
    with db.cursor() as cursor:
        cursor.execute(ENDLESS)
    assert shown(db)[0]["ended_at"] is None
    db.execute(IN_BACKGROUND.replace("churn ", "waits ", 1))
    db.close()
    assert until(lambda: children() == [])
    with sqlml.connect(tmp_path / "shop.duckdb", read_only=True) as again:
        assert [(job["state"], job["condition"]) for job in shown(again)] == [("cancelled", "job_left")] * 2
        assert again.execute("SHOW MODELS").fetchall() == []


PROGRAM = """
import sqlml, sys
db = sqlml.connect(sys.argv[1])
db.execute(sys.argv[2])
print(db.execute("SELECT count(*) FROM sqlml.jobs").fetchall(), flush=True)
if sys.argv[3] == "waits":
    sys.stdin.read()
"""


def program(path: Path, then: str) -> "subprocess.Popen[str]":
    """A program that begins a job and then `waits` or `leaves`, up to where it has."""
    command = [sys.executable, "-c", PROGRAM, str(path), ENDLESS, then]
    started = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert started.stdout
    assert started.stdout.readline() == "[(1,)]\n"
    return started


def test_a_program_that_ends_takes_its_jobs_along_and_says_so(db: sqlml.Connection, tmp_path: Path) -> None:
    db.close()
    with program(tmp_path / "shop.duckdb", "leaves") as ended:
        _, said = ended.communicate(timeout=60)
    assert (ended.returncode, said) == (0, "")
    with sqlml.connect(tmp_path / "shop.duckdb") as again:
        assert [(job["state"], job["condition"]) for job in shown(again)] == [("cancelled", "job_left")]


def test_a_job_whose_process_was_killed_is_said_to_be_lost(db: sqlml.Connection, tmp_path: Path) -> None:
    db.close()
    with program(tmp_path / "shop.duckdb", "waits") as killed:
        os.kill(killed.pid, signal.SIGKILL)
    with sqlml.connect(tmp_path / "shop.duckdb", read_only=True) as reader:
        assert [(job["state"], job["condition"]) for job in shown(reader)] == [("failed", "job_lost")]
    with sqlml.connect(tmp_path / "shop.duckdb") as again:
        assert [(job["state"], job["condition"]) for job in shown(again)] == [("failed", "job_lost")]
        assert again.execute("SHOW MODELS").fetchall() == []
        again.execute("CANCEL JOB 1")
        assert [notice.condition for notice in again.notices] == ["job_over"]
        again.execute(IN_BACKGROUND)
        assert again.execute("SELECT job, state FROM sqlml.jobs WHERE job = 1").fetchall() == [(1, "failed")]
        assert ends(again, 2)["state"] == "done"


def test_a_program_that_could_not_wait_for_its_jobs_is_told_of_each(db: sqlml.Connection) -> None:
    db.execute(ENDLESS)
    assert [notice.condition for notice in db.notices] == ["job_ends_with_connection"]


def test_so_many_jobs_may_wait_and_no_more(db: sqlml.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_MOST_WAITING", 1)
    db.execute(ENDLESS)
    assert until(lambda: shown(db)[0]["state"] == "running")
    db.execute(ENDLESS.replace("churn ", "second ", 1))
    with pytest.raises(sqlml.OperationalError) as caught:
        db.execute(ENDLESS.replace("churn ", "third ", 1))
    assert caught.value.diagnostic.condition == "jobs_waiting"
    assert [job["model"] for job in shown(db)] == ["churn", "second"]


def test_a_database_that_has_been_emptied_of_its_jobs_numbers_them_on(db: sqlml.Connection) -> None:
    db.execute(ENDLESS)
    db.execute("CANCEL JOB 1")
    db.execute("DELETE FROM sqlml.jobs")
    db.execute(ENDLESS)
    assert [job["job"] for job in shown(db)] == [1, 2]


def test_many_connections_begin_jobs_at_once(db: sqlml.Connection) -> None:
    def begin(number: int) -> int:
        with db.cursor() as beside:
            ((job, *_),) = beside.execute(ENDLESS.replace("churn ", f"churn_{number} ", 1)).fetchall()
            return int(job)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(begin, range(8))) == list(range(1, 9))


def test_an_attached_database_has_the_jobs_of_its_models(db: sqlml.Connection, tmp_path: Path) -> None:
    db.execute(f"ATTACH '{tmp_path / 'other.duckdb'}' AS other")
    db.execute(IN_BACKGROUND.replace("churn ", "other.churn ", 1))
    assert ends(db)["state"] == "done"
    assert db.execute("SELECT job, state FROM other.sqlml.jobs").fetchall() == [(1, "done")]
    assert len(db.execute("PREDICT other.churn FROM customers").fetchall()) == 400
