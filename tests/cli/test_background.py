"""Trainings in the background of `sqlml run`: it waits for them, and what fails is its failure."""

from pathlib import Path

import pytest

import sqlml
from sqlml.cli.shell.dots import dot
from sqlml.cli.shell.session import Session
from tests.cli.process import CUSTOMERS, SOON, is_condition, started

QUICK = "CREATE MODEL {} PREDICT churned WITH (background = true, max_trials = 1) AS SELECT {}, churned FROM customers;"
ENDLESS = QUICK.replace("max_trials = 1", "max_runtime = '10 minutes', effort = 'best'")


def test_a_run_waits_for_its_trainings_and_tells_what_came_of_each(tmp_path: Path) -> None:
    script = CUSTOMERS + QUICK.format("one", "age") + QUICK.format("two", "age, id")
    with started("--db", tmp_path / "shop.duckdb", "-c", script) as run:
        assert run.ends() == 0
    told = [event["condition"] for event in run.events() if event["event"] == "diagnostic"]
    assert told.count("background_done") == 2
    assert told.count("background_awaited") == 1
    assert "columns_left_out" in told
    with sqlml.connect(tmp_path / "shop.duckdb", read_only=True) as db:
        assert [name for name, *_ in db.execute("SHOW MODELS").fetchall()] == ["one", "two"]
        assert db.execute("SELECT model, state FROM sqlml.jobs ORDER BY job").fetchall() == [
            ("one", "done"),
            ("two", "done"),
        ]


def test_a_training_that_fails_in_the_background_fails_the_run(tmp_path: Path) -> None:
    script = CUSTOMERS + QUICK.format("one", "plan::INTEGER AS p") + "SELECT 42 AS answer;" + QUICK.format("two", "age")
    with started("--db", tmp_path / "shop.duckdb", "-c", script) as run:
        assert run.ends() == 1
    assert any(map(is_condition("query_failed"), run.events()))
    assert any(map(is_condition("background_done"), run.events()))
    assert run.events()[-1]["failed"] == 1


def test_a_job_that_the_script_itself_cancels_is_no_failure(tmp_path: Path) -> None:
    script = CUSTOMERS + ENDLESS.format("one", "age") + "CANCEL JOB 1;"
    with started("--db", tmp_path / "shop.duckdb", "-c", script) as run:
        assert run.ends() == 0


def test_the_time_of_a_run_is_over_for_its_trainings_too(tmp_path: Path) -> None:
    script = CUSTOMERS + ENDLESS.format("one", "age")
    with started("--db", tmp_path / "shop.duckdb", "--timeout", "5s", "-c", script) as run:
        assert run.ends() == 75
    assert any(map(is_condition("job_timed_out"), run.events()))
    with sqlml.connect(tmp_path / "shop.duckdb", read_only=True) as db:
        assert db.execute("SELECT state FROM sqlml.jobs").fetchall() == [("cancelled",)]
        assert db.execute("SHOW MODELS").fetchall() == []


def test_the_shell_tells_at_the_next_statement_what_has_ended_since(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(":memory:", read_only=False, is_typed=False, dot=dot)
    try:
        session.run([CUSTOMERS, QUICK.format("one", "age"), QUICK.format("two", "plan::INTEGER AS p")])
        for job in session.db.instance.jobs.known():
            assert job.over.wait(SOON)
        session.run(["SELECT 42 AS answer;"])
        session.run(["SELECT 43 AS answer;"])
        said = capsys.readouterr()
        assert said.err.count("job 1 is done: model `one` VERSION 1") == 1
        assert said.err.count("sqlml help query_failed") == 1
        assert "43" in said.out
    finally:
        session.close()
