"""What brings about the conditions that jobs alone have, each told by a job in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import sqlml
from sqlml.cli.lock import locked, unlocked
from sqlml.cli.problems import BackgroundEnded
from sqlml.diagnostics import Diagnostic, Problem, Severity
from sqlml.engine import jobs
from sqlml.engine.job_problems import JobLeft, JobLost
from tests.cli.process import CUSTOMERS, ENDLESS, is_condition, started
from tests.cli.test_overlap import holder
from tests.words import leaked

# What differs from machine to machine and from run to run.
_FIGURES = ((r"process \d+", "process 4711"), (r"`/[^`]*/", "`"))


def told(condition: str, *arguments: str) -> Diagnostic:
    """What a job with these arguments tells of a condition."""
    with started(*arguments) as running:
        running.ends()
        [found] = filter(is_condition(condition), running.events())
    parts = {field.name: found[field.name] for field in fields(Diagnostic) if field.name != "place"}
    parts["severity"] = Severity(parts["severity"])
    assert leaked(Diagnostic(**parts)) == []
    for pattern, to in _FIGURES:
        parts |= {name: parts[name] and re.sub(pattern, to, parts[name]) for name in ("message", "detail")}
    return Diagnostic(**parts)


@contextmanager
def _held() -> Iterator[str]:
    with TemporaryDirectory() as folder, holder(Path(folder) / "shop.duckdb"):
        yield f"{folder}/shop.duckdb"


def _database_held() -> Diagnostic:
    with _held() as database:
        return told("database_held", "--db", database)


def _lock_awaited() -> Diagnostic:
    with _held() as database:
        return told("lock_awaited", "--db", database, "--lock-wait", "100ms")


def _job_running() -> Diagnostic:
    with TemporaryDirectory() as folder:
        database = f"{folder}/shop.duckdb"
        lock = locked("retrain", database)
        try:
            return told("job_running", "--job", "retrain", "--db", database)
        finally:
            unlocked(lock, "retrain", database)


CUSTOMERS_AND = f"{CUSTOMERS} CREATE MODEL churn PREDICT churned WITH (background = true, {{}}) AS FROM customers"
_QUICK, _ENDLESS = "max_trials = 1", "max_runtime = '10 minutes', effort = 'best'"


def _background_done() -> Diagnostic:
    found = told("background_done", "-c", CUSTOMERS_AND.format(_QUICK))
    return replace(found, detail=re.sub(r"[\d.]+", "0.5", found.detail or ""))


def _background_ended() -> Diagnostic:
    """What the shell tells that is left while a job goes on."""
    shell = [sys.executable, "-m", "sqlml", "shell", ":memory:", "-c", CUSTOMERS_AND.format(_ENDLESS)]
    said = subprocess.run(shell, capture_output=True, text=True, check=True).stderr
    [line] = [line for line in said.splitlines() if line.startswith("WARNING")]
    problem = BackgroundEnded(1, "churn")
    assert line.endswith(problem.message)
    return problem.diagnostic()


def _job_left() -> Diagnostic:
    """What is kept of a job whose connection was closed."""
    with TemporaryDirectory() as folder:
        with sqlml.connect(f"{folder}/shop.duckdb") as db:
            db.execute(CUSTOMERS_AND.format(_ENDLESS))
        return _kept(f"{folder}/shop.duckdb", JobLeft())


def _job_lost() -> Diagnostic:
    """What is kept of a job whose process was killed, as far as its database knows."""
    with TemporaryDirectory() as folder:
        with sqlml.connect(f"{folder}/shop.duckdb") as db:
            db.execute(CUSTOMERS_AND.format(_ENDLESS))
        with sqlml.connect(f"{folder}/shop.duckdb") as db:
            db.execute("UPDATE sqlml.jobs SET state = 'running', condition = NULL, message = NULL")
        return _kept(f"{folder}/shop.duckdb", JobLost())


def _kept(database: str, problem: Problem) -> Diagnostic:
    with sqlml.connect(database) as db:
        (*_, message, condition, _, _, _) = db.execute("SHOW JOBS").fetchone()
    assert (message, condition) == (problem.message, problem.condition())
    return problem.diagnostic()


def _jobs_waiting() -> Diagnostic:
    with sqlml.connect() as db, pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_MOST_WAITING", 0)
        with pytest.raises(sqlml.Diagnosed) as caught:
            db.execute(CUSTOMERS_AND.format(_QUICK))
    return replace(caught.value.diagnostic, message=caught.value.diagnostic.message.replace("0 jobs", "100 jobs"))


JOBS: dict[str, Callable[[], Diagnostic]] = {
    "background_awaited": lambda: told("background_awaited", "-c", CUSTOMERS_AND.format(_QUICK)),
    "background_done": _background_done,
    "background_ended": _background_ended,
    "database_held": _database_held,
    "job_left": _job_left,
    "job_lost": _job_lost,
    "job_running": _job_running,
    "job_timed_out": lambda: told("job_timed_out", "--timeout", "500ms", "-c", ENDLESS),
    "jobs_waiting": _jobs_waiting,
    "lock_awaited": _lock_awaited,
    "not_checked": lambda: told("not_checked", "--dry-run", "-c", "ATTACH 'other.duckdb'"),
    "run_not_recorded": lambda: told("run_not_recorded", "--job", "nightly", "-c", "SELECT 1"),
    "transaction_left_open": lambda: told("transaction_left_open", "-c", "BEGIN"),
}
