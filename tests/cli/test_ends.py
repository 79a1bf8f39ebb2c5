"""How a job ends: its exit status, what goes on behind an error, and what a clock or a signal does."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.cli.process import CUSTOMERS, ENDLESS, LONG, SOON, command, is_condition, is_training, started
from tests.cli.test_run import sqlml

BAD, GOOD = "SELECT nope;", "SELECT 1 AS one;"


def counts(path: Path) -> dict[str, int]:
    with duckdb.connect(str(path)) as db:
        return dict(
            db.execute("SELECT table_name, estimated_size FROM duckdb_tables() WHERE schema_name = 'main'").fetchall()
        )


def test_a_job_stops_at_its_first_error() -> None:
    run = sqlml("run", "--format", "csv", "-c", BAD + GOOD)
    assert (run.returncode, run.stdout) == (1, "")


def test_a_job_goes_on_behind_errors_when_asked_to() -> None:
    run = sqlml("run", "--on-error", "continue", "--format", "csv", "-c", f"{BAD} PREDICT nothing FROM t; {GOOD}")
    assert (run.returncode, run.stdout) == (1, "one\n1\n")
    assert "nope" in run.stderr
    assert "there is no model `nothing`" in run.stderr


def test_the_status_of_a_job_is_that_of_its_worst_failure(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    with duckdb.connect(str(path)):
        held = f"ATTACH '{path}';"
        assert sqlml("run", "--on-error", "continue", "-c", held + GOOD).returncode == 75
        assert sqlml("run", "--on-error", "continue", "-c", held + BAD + held).returncode == 1


def test_too_little_memory_is_worth_another_try() -> None:
    limits = "SET memory_limit = '20MB'; SET max_temp_directory_size = '0GB';"
    big = "CREATE TABLE t AS SELECT range, hash(range) FROM range(50_000_000)"
    assert sqlml("run", "-c", limits + big).returncode == 75


def test_what_is_not_there_is_not_worth_another_try(tmp_path: Path) -> None:
    assert sqlml("run", "-c", "FROM 'missing.csv'").returncode == 1
    assert sqlml("run", "--db", str(tmp_path / "nowhere/x.duckdb"), "-c", "SELECT 1").returncode == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--nope"],
        ["--timeout", "soon"],
        ["--lock-wait", "-5m"],
        ["--on-error", "retry"],
        ["--job", ""],
        ["--job", "x" * 61],
    ],
)
def test_wrong_options_are_usage(options: list[str]) -> None:
    run = sqlml("run", *options, "-c", "SELECT 1")
    assert (run.returncode, run.stdout) == (2, "")


def test_bytes_that_are_no_text_are_usage(tmp_path: Path) -> None:
    run = subprocess.run([*command("-c", "SELECT 1", "--set"), b"x=\xff"], capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (2, b"")
    run = subprocess.run(command(), input=b"SELECT '\xff'", capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (2, b"")


@pytest.mark.parametrize("statement", [ENDLESS, CUSTOMERS + LONG], ids=["a query", "a training"])
def test_a_job_ends_when_its_time_is_over(statement: str, tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    run = sqlml(
        "run",
        "--db",
        str(path),
        "--timeout",
        "3s",
        "-c",
        f"CREATE TABLE done AS SELECT 1; {statement} CREATE TABLE never AS SELECT 1",
    )
    assert run.returncode == 75
    assert "ERROR: the job took longer than the 3 seconds that it was given" in run.stderr
    assert "Traceback" not in run.stderr
    assert counts(path).keys() - {"customers"} == {"done"}


def test_a_job_whose_time_is_over_does_not_go_on_behind_it() -> None:
    run = sqlml("run", "--timeout", "1s", "--on-error", "continue", "--format", "csv", "-c", ENDLESS + GOOD)
    assert (run.returncode, run.stdout) == (75, "")


def test_a_clock_is_heard_whoever_has_ignored_it() -> None:
    line = shlex.join(command("--timeout", "1s", "-c", ENDLESS))
    assert subprocess.run(["sh", "-c", f"trap '' ALRM; exec {line}"], capture_output=True, check=False).returncode == 75


def test_a_dry_run_ends_when_its_time_is_over(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute(f"CREATE VIEW endless AS {ENDLESS.replace('count(*)', 'a.range % 2 = 0 AS y')}")
    explained = "CREATE MODEL m PREDICT y AS FROM endless"
    assert sqlml("run", "--db", str(path), "--dry-run", "--timeout", "2s", "-c", explained).returncode == 75


def test_a_job_that_is_in_time_hears_no_clock() -> None:
    run = sqlml("run", "--timeout", "10m", "--format", "csv", "-c", GOOD)
    assert (run.returncode, run.stdout, run.stderr) == (0, "one\n1\n", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_job_in_the_middle_of_a_training(number: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with started(
        "--db", path, "--on-error", "continue", "-c", CUSTOMERS + LONG + "CREATE TABLE never AS SELECT 1"
    ) as job:
        assert job.tells(is_training)
        job.kill(number)
        assert job.ends() == 130
        told = [event["condition"] for event in job.events() if event["event"] == "diagnostic"]
        assert told[-1] == "query_canceled"
        assert job.events()[-1]["status"] == "interrupted"
    assert counts(path) == {"customers": 400}


def test_a_signal_ends_a_job_that_waits(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    with duckdb.connect(str(path)), started("--db", path, "--lock-wait", "10m", "-c", GOOD) as job:
        assert job.tells(is_condition("lock_awaited"))
        job.kill(signal.SIGTERM)
        assert job.ends() == 130


def test_what_is_left_to_do_is_done_when_nobody_reads(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    script = "FROM range(3000000); CREATE TABLE t AS SELECT 1; FROM range(3000000); INSERT INTO t VALUES (2)"
    for form in ("csv", "table", "jsonl"):
        line = f"{sys.executable} -m sqlml run --db {path} --format {form} -c '{script}; DROP TABLE IF EXISTS u' | true"
        run = subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, "")
        assert counts(path) == {"t": 2}
        path.unlink()


def test_output_that_cannot_be_written_fails_the_job() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            command("--format", "csv", "-c", GOOD), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert run.returncode == 75
    assert "the disk that the statement writes to is full" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_log_that_nobody_reads_ends_no_job(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    script = "DROP MODEL IF EXISTS m; " * 50 + "CREATE TABLE t AS SELECT 1"
    line = f"{sys.executable} -m sqlml run --db {path} --log-format json -c '{script}' 2>&1 >/dev/null | true"
    assert subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], timeout=SOON, check=False).returncode == 0
    assert counts(path) == {"t": 1}


def test_a_transaction_that_is_left_open_is_told() -> None:
    run = sqlml("run", "-c", "CREATE TABLE t (a INT); BEGIN; INSERT INTO t VALUES (1)")
    assert run.returncode == 0
    assert run.stderr.startswith("WARNING: the script ended inside a transaction, and what was done in it is undone\n")
    closed = sqlml("run", "-c", "CREATE TABLE t (a INT); BEGIN; INSERT INTO t VALUES (1); COMMIT")
    assert (closed.returncode, closed.stderr) == (0, "")
