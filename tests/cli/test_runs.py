"""Each run of a job is a row of `sqlml.runs`, whatever becomes of the run."""

import signal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.process import CUSTOMERS, ENDLESS, MODEL, is_condition, started
from tests.cli.test_run import sqlml

ROWS = "SELECT job, status, exit_status, statements, failed, rows, condition FROM sqlml.runs ORDER BY started_at"


def runs(path: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path)) as db:
        return db.execute(ROWS).fetchall()


def test_a_job_with_a_name_has_a_row_for_each_run(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    job = ["run", "--db", str(path), "--job", "nightly", "--format", "csv", "-c"]
    assert sqlml(*job, "CREATE TABLE t AS FROM range(3); FROM t").returncode == 0
    assert sqlml(*job, "SELECT 1; SELECT nope; SELECT 2").returncode == 1
    assert sqlml(*job, "PREDICT nothing FROM t").returncode == 1
    assert sqlml(*job, "BEGIN; INSERT INTO t VALUES (9); SELECT nope").returncode == 1
    assert sqlml(*job, ENDLESS, "--timeout", "1s").returncode == 75
    assert sqlml(*job, "SELECT nope; SELECT 2", "--on-error", "continue").returncode == 1
    assert runs(path) == [
        ("nightly", "done", 0, 2, 0, 6, None),
        ("nightly", "failed", 1, 2, 1, 1, "query_wrong"),
        ("nightly", "failed", 1, 1, 1, 0, "model_unknown"),
        ("nightly", "failed", 1, 3, 1, 1, "query_wrong"),
        ("nightly", "timed out", 75, 1, 1, 0, "job_timed_out"),
        ("nightly", "failed", 1, 2, 1, 1, "query_wrong"),
    ]
    with duckdb.connect(str(path)) as db:
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(3,)]
        sound = "SELECT bool_and(ended_at >= started_at), count(DISTINCT id) FROM sqlml.runs"
        assert db.execute(sound).fetchall() == [(True, 6)]
        told = "SELECT d.condition FROM sqlml.runs JOIN sqlml.diagnostics d USING (reference)"
        assert db.execute(told).fetchall() == [("model_unknown",)]


def test_a_run_that_was_killed_says_that_it_never_ended(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with started("--db", path, "--job", "nightly", "-c", "CREATE TABLE t AS SELECT 1;" + ENDLESS) as job:
        assert job.tells(lambda event: event["event"] == "statement")
        job.kill()
        assert job.ends() == -signal.SIGKILL
    assert runs(path) == [("nightly", "running", None, None, None, None, None)]
    assert sqlml("run", "--db", str(path), "--job", "nightly", "-c", "SELECT 1").returncode == 0
    assert [row[:3] for row in runs(path)] == [("nightly", "killed", None), ("nightly", "done", 0)]
    with duckdb.connect(str(path)) as db:
        assert db.execute("SELECT count(*) FROM sqlml.runs WHERE ended_at IS NULL").fetchall() == [(1,)]


def test_a_run_that_is_ended_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with started("--db", path, "--job", "nightly", "-c", "CREATE TABLE t AS SELECT 1;" + ENDLESS) as job:
        assert job.tells(lambda event: event["event"] == "statement")
        job.kill(signal.SIGTERM)
        assert job.ends() == 130
    [(name, said, status, statements, failed, rows, condition)] = runs(path)
    assert (name, said, status, rows, condition) == ("nightly", "interrupted", 130, 1, "query_canceled")
    # It may be ended just before its second statement.
    assert (statements, failed) in ((1, 0), (2, 1))


def test_a_run_without_a_name_has_a_row(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    assert sqlml("run", "--db", str(path), "-c", CUSTOMERS + MODEL).returncode == 0
    assert sqlml("run", "--db", str(path), "-c", "PREDICT churn FROM customers").returncode == 0
    assert runs(path) == [(None, "done", 0, 2, 0, 401, None), (None, "done", 0, 1, 0, 0, None)]


@pytest.mark.parametrize("script", ["SELECT 1", "CREATE TABLE t AS SELECT 1", "DROP MODEL IF EXISTS m", "SHOW MODELS"])
def test_a_run_has_a_row_whatever_it_does(script: str, tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    assert sqlml("run", "--db", str(path), "-c", script).returncode == 0
    assert [row[:4] for row in runs(path)] == [(None, "done", 0, 1)]


def test_a_dry_run_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute("CREATE TABLE t AS SELECT 1")
    before = path.read_bytes()
    assert sqlml("run", "--db", str(path), "--dry-run", "-c", "FROM t").returncode == 0
    assert path.read_bytes() == before


def test_a_job_with_a_name_and_no_lasting_database_is_told_that_nothing_is_kept() -> None:
    with started("--job", "nowhere", "-c", "SELECT 1") as job:
        assert job.ends() == 0
        assert [event for event in job.events() if is_condition("run_not_recorded")(event)]


def test_somebody_else_s_table_of_runs_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute("CREATE SCHEMA sqlml; CREATE TABLE sqlml.runs (mine INT); INSERT INTO sqlml.runs VALUES (7)")
    run = sqlml("run", "--db", str(path), "--format", "csv", "-c", "FROM sqlml.runs")
    assert (run.returncode, run.stdout) == (0, "mine\n7\n")
    assert run.stderr.startswith("NOTICE: the run is told of in no table")
