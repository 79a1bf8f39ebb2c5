"""A job beside another process, and beside itself: it waits or says so, and harms nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from sqlml.cli.lock import lock_path, locked, unlocked
from sqlml.cli.problems import DatabaseHeld, JobRunning
from sqlml.cli.waiting import Patience
from tests.cli.process import CUSTOMERS, ENDLESS, LONG, Started, is_condition, is_training, started
from tests.cli.test_run import sqlml

HOLDER = """
import sys
import duckdb
with duckdb.connect(sys.argv[1]) as db:
    db.execute("CREATE OR REPLACE TABLE held AS SELECT 1")
    print("held", flush=True)
    sys.stdin.read()
"""
INSERT = "CREATE TABLE IF NOT EXISTS t (a INT); INSERT INTO t VALUES (1);"


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the database until its standard input ends."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    try:
        yield process
    finally:
        process.communicate()


def test_a_database_that_another_process_holds_is_told_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with holder(path) as process:
        run = sqlml("run", "--db", str(path), "-c", "SELECT 1")
        assert run.returncode == 75
        told = f"ERROR: database `{path}` is held by another process\nDETAIL: it is process {process.pid}\n"
        assert run.stderr.startswith(told)


def test_a_job_waits_for_a_database_and_says_so_once(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with holder(path) as process, started("--db", path, "--lock-wait", "10m", "-c", "FROM held") as job:
        assert job.tells(is_condition("lock_awaited"))
        process.communicate()
        assert job.ends() == 0
        assert len([event for event in job.events() if event["event"] == "diagnostic"]) == 1


def test_a_job_waits_for_a_database_that_it_attaches(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with holder(path) as process, started("--lock-wait", "10m", "-c", f"ATTACH '{path}' AS x; FROM x.held") as job:
        assert job.tells(is_condition("lock_awaited"))
        process.communicate()
        assert job.ends() == 0
        statements = [event for event in job.events() if event["event"] == "statement"]
        assert [event["failed"] for event in statements] == [False, False]


def test_a_job_waits_no_longer_than_it_was_told_to(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with holder(path):
        run = sqlml("run", "--db", str(path), "--lock-wait", "200ms", "-c", "SELECT 1")
    assert run.returncode == 75
    notice = f"NOTICE: database `{path}` is held by another process: waiting for at most 0.2 seconds"
    assert run.stderr.startswith(notice)
    assert "ERROR: database" in run.stderr


def test_waiting_takes_no_processor(tmp_path: Path) -> None:
    tries = []

    def attempt() -> None:
        tries.append(1)
        raise DatabaseHeld("x", None)

    with pytest.raises(DatabaseHeld):
        Patience(1.0, lambda _: None).until(attempt)
    assert 3 <= len(tries) <= 12


def test_of_two_jobs_on_a_database_one_waits(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    jobs = [Started("--db", path, "--lock-wait", "10m", "-c", INSERT) for _ in range(4)]
    assert [job.ends() for job in jobs] == [0] * 4
    with duckdb.connect(str(path)) as db:
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(4,)]


def test_a_database_that_is_just_being_made_is_held(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    path.write_bytes(b"\0" * 4096)
    assert sqlml("run", "--db", str(path), "-c", "SELECT 1").returncode == 75
    os.utime(path, (0, 0))
    run = sqlml("run", "--db", str(path), "-c", "SELECT 1")
    assert run.returncode == 1
    assert "not a valid DuckDB database file" in run.stderr


def test_of_two_jobs_that_train_one_ends_at_once_and_harms_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with started("--db", path, "--timeout", "5m", "-c", CUSTOMERS + LONG.replace("10 minutes", "5 seconds")) as job:
        assert job.tells(is_training)
        run = sqlml("run", "--db", str(path), "-c", CUSTOMERS + LONG)
        assert run.returncode == 75
        assert "is held by another process" in run.stderr
        assert job.ends() == 0
    with duckdb.connect(str(path)) as db:
        assert db.execute("SELECT model_name, default_version FROM sqlml.models").fetchall() == [("churn", 1)]


def test_a_job_with_a_name_never_overlaps_itself_even_in_memory() -> None:
    name = f"it's {os.getpid()} 🐢/.."
    with started("--job", name, "-c", "CREATE TABLE t AS SELECT 1;" + ENDLESS) as job:
        assert job.tells(lambda event: event["event"] == "statement")
        run = sqlml("run", "--job", name, "-c", "SELECT 1")
        assert run.returncode == 75
        assert f'ERROR: job "{name}" is still running\nDETAIL: it is process {job.process.pid}\n' in run.stderr
        assert sqlml("run", "--job", f"{name}2", "-c", "SELECT 1").returncode == 0
        job.kill()
        assert job.ends() == -9
    run = sqlml("run", "--job", name, "-c", "SELECT 1")
    assert run.returncode == 0
    assert not lock_path(name, ":memory:").exists()


def test_a_job_with_a_name_waits_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    file = locked("nightly", str(path))
    with started("--db", path, "--job", "nightly", "--lock-wait", "10m", "-c", "SELECT 1") as job:
        assert job.tells(is_condition("lock_awaited"))
        unlocked(file, "nightly", str(path))
        assert job.ends() == 0
    assert {entry.name for entry in tmp_path.iterdir()} == {"x.duckdb"}


def test_a_lock_lies_beside_its_database_and_is_the_database_s_own(tmp_path: Path) -> None:
    one, other = str(tmp_path / "one.duckdb"), str(tmp_path / "other.duckdb")
    (tmp_path / "link.duckdb").symlink_to("one.duckdb")
    file = locked("nightly", one)
    with pytest.raises(JobRunning):
        locked("nightly", str(tmp_path / "link.duckdb"))
    unlocked(locked("nightly", other), "nightly", other)
    unlocked(file, "nightly", one)
    assert [entry.name for entry in tmp_path.iterdir()] == ["link.duckdb"]


def test_a_lock_that_goes_from_hand_to_hand_is_never_in_two(tmp_path: Path) -> None:
    """Eight processes take a lock fifty times each and count how many have it."""
    program = """
import sys
from pathlib import Path
from sqlml.cli.lock import locked, unlocked
from sqlml.cli.problems import JobRunning
taken, mine = 0, Path(sys.argv[1], "mine")
while taken < 50:
    try:
        file = locked("x", sys.argv[1] + "/x.duckdb")
    except JobRunning:
        continue
    mine.touch(exist_ok=False)
    mine.unlink()
    unlocked(file, "x", sys.argv[1] + "/x.duckdb")
    taken += 1
"""
    processes = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(8)]
    assert [process.wait() for process in processes] == [0] * 8
    assert list(tmp_path.iterdir()) == []
