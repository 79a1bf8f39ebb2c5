"""What brings about the conditions that jobs alone have, each told by a job in a process of its own."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlml.cli.lock import locked, unlocked
from sqlml.diagnostics import Diagnostic, Severity
from tests.cli.process import ENDLESS, is_condition, started
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


JOBS: dict[str, Callable[[], Diagnostic]] = {
    "database_held": _database_held,
    "job_running": _job_running,
    "job_timed_out": lambda: told("job_timed_out", "--timeout", "500ms", "-c", ENDLESS),
    "lock_awaited": _lock_awaited,
    "not_checked": lambda: told("not_checked", "--dry-run", "-c", "ATTACH 'other.duckdb'"),
    "run_not_recorded": lambda: told("run_not_recorded", "--job", "nightly", "-c", "SELECT 1"),
    "transaction_left_open": lambda: told("transaction_left_open", "-c", "BEGIN"),
}
