"""A process killed in the middle of CREATE MODEL leaves a whole database, and nothing else."""

import os
import random
import select
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sqlml
from tests.engine.conftest import CUSTOMERS, MODEL

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")

KILLS = 30
# Seconds in which what a killed process leaves behind must be gone.
SOON = 20.0

# One statement a run. It tells when the statement begins, begins to be stored, and has ended.
CHILD = """
import sys
import sqlml
from sqlml.engine import {module} as phase

def told(*arguments, **named):
    print("phase", flush=True)
    {pause}
    return begin(*arguments, **named)

begin, phase.{function} = phase.{function}, told
db = sqlml.connect(sys.argv[1], config={{"checkpoint_threshold": sys.argv[3]}})
print("begin", flush=True)
db.execute(sys.argv[2])
print("end", flush=True)
sys.stdin.read()
"""
STORING = CHILD.format(module="publish", function="publish", pause="")
WRITING = CHILD.format(module="matrix", function="write", pause="sys.stdin.read()")


class Child:
    """A process that runs one statement, with a temporary folder and a mark that its own children inherit."""

    def __init__(self, program: str, database: Path, home: Path, checkpoint: str) -> None:
        self.mark, self.home = uuid.uuid4().hex, home
        statement = MODEL.replace("CREATE", "CREATE OR REPLACE").replace("= 2", "= 1")
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(database), statement, checkpoint],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"SQLML_TEST": self.mark, "TMPDIR": str(home)},
        )
        self.said = ""

    def says(self, word: str, seconds: float = 60) -> bool:
        """Whether the process has said `word`, or says it within `seconds`."""
        stdout, deadline = self.process.stdout, time.monotonic() + seconds
        assert stdout is not None
        while f"{word}\n" not in self.said and (left := deadline - time.monotonic()) > 0:
            if select.select([stdout], [], [], left)[0]:
                read = os.read(stdout.fileno(), 4096).decode()
                assert read, "the process ended by itself"
                self.said += read
        return f"{word}\n" in self.said

    def kill(self) -> None:
        """SIGKILL; what was said until then has been read when this returns."""
        self.process.kill()
        assert self.process.stdout is not None
        self.said += self.process.stdout.read().decode()
        self.process.wait()

    def living(self) -> list[int]:
        """The processes that carry the mark."""
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self.mark.encode() in _environment(entry)]

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def _until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while not holds():
        if time.monotonic() > deadline:
            return False
        select.select([], [], [], 0.02)
    return True


@contextmanager
def _database(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "shop.duckdb"
    with sqlml.connect(path) as db:
        db.execute(f"{CUSTOMERS}; {MODEL}")
        db.execute("CREATE VIEW outlook AS SELECT id, predicted_churned FROM PREDICT(MODEL churn, TABLE customers)")
    (tmp_path / "home").mkdir()
    yield path


def _is_a_try(path: Path) -> bool:
    """Whether Python made this file, to see whether it may write there, and was killed before it could remove it."""
    return path.is_file() and path.read_bytes() in (b"", b"blat")


def test_a_process_killed_at_a_random_moment_leaves_the_old_models_whole(tmp_path: Path) -> None:
    moments = random.Random(20)
    left_behind = []
    with _database(tmp_path) as path:
        home = tmp_path / "home"
        before, storing = _durations(path, home)
        seen = _versions(path, {})
        for number in range(KILLS):
            # Every second time while the model is being stored, where there is most to break.
            late = number % 2 == 1
            with Child(STORING, path, home, "1KB" if number % 4 < 2 else "16MB") as child:
                assert child.says("phase" if late else "begin")
                child.says("end", moments.uniform(0, 1.1 * (storing if late else before + storing)))
                child.kill()
                ended = "end\n" in child.said
            versions = _versions(path, seen)
            assert len(versions) - len(seen) in ({1} if ended else {0, 1}), f"kill {number}"
            seen = versions
            assert _until(lambda child=child: not child.living()), f"kill {number}: a process goes on"
            left_behind += [f"kill {number}: {found.name}" for found in home.iterdir() if not _is_a_try(found)]
            for found in home.iterdir():
                shutil.rmtree(found) if found.is_dir() else found.unlink()
    assert left_behind == []


def test_a_process_killed_while_it_writes_the_rows_down_leaves_no_files(tmp_path: Path) -> None:
    with _database(tmp_path) as path, Child(WRITING, path, tmp_path / "home", "16MB") as child:
        assert child.says("phase")
        child.kill()
        assert _until(lambda: not child.living())
        assert list((tmp_path / "home").iterdir()) == []


def _durations(path: Path, home: Path) -> tuple[float, float]:
    """Seconds of the statement until it begins to store the model, and from there to its end."""
    with Child(STORING, path, home, "16MB") as child:
        times = [time.monotonic() for word in ("begin", "phase", "end") if child.says(word)]
    return times[1] - times[0], times[2] - times[1]


def _versions(path: Path, known: dict[int, list[Any]]) -> dict[int, list[Any]]:
    """Predictions and metrics of each version, after a look at whether everything in the database fits together.

    Of versions that are `known`, only the newest is looked at once more.
    """
    with sqlml.connect(path) as db:
        numbers = [number for (number,) in db.execute("SELECT version FROM sqlml.versions ORDER BY version").fetchall()]
        assert numbers == list(range(1, len(numbers) + 1))
        found = dict(known)
        for number in numbers[max(len(known) - 1, 0) :]:
            scored = f"SELECT * FROM PREDICT(MODEL churn VERSION {number}, TABLE customers)"
            found[number] = [db.execute(sql).fetchall() for sql in (scored, f"EVALUATE churn VERSION {number}")]
            assert found[number] == known.get(number, found[number])
        assert list(found) == numbers
        _check(db, found)
    return found


def _check(db: sqlml.Connection, versions: dict[int, list[Any]]) -> None:
    def column(sql: str) -> list[Any]:
        return [value for (value,) in db.execute(sql).fetchall()]

    newest = max(versions)
    assert db.execute("SELECT model_name, default_version FROM sqlml.models").fetchall() == [("churn", newest)]
    assert column("SELECT predicted_churned FROM outlook ORDER BY id") == [row[4] for row in versions[newest][0]]
    assert len(db.execute("EVALUATE churn FROM customers").fetchall()) == 8

    artifacts = column("SELECT artifact FROM sqlml.targets ORDER BY version")
    assert column("SELECT id FROM sqlml.artifacts ORDER BY id") == sorted(artifacts)
    assert column("SELECT artifact FROM sqlml.metrics ORDER BY 1") == sorted(artifacts * 8)
    assert set(column("SELECT artifact FROM sqlml.trials")) == set(artifacts)
    names = [f"main.churn{version}" for version in ["", *(f" VERSION {version}" for version in versions)]]
    macros = "SELECT function_name FROM duckdb_functions() WHERE schema_name = 'sqlml' AND function_name LIKE 'main.%'"
    assert set(column(macros)) == {f"{name}{kind}" for name in names for kind in ("", " outputs", " flags")}

    assert column("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()") == [
        "customers",
        *column("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'sqlml'"),
    ]
    assert db.execute("SELECT count(*), sum(id), sum(age), count_if(churned) FROM customers").fetchall() == [
        db.execute(
            f"SELECT count(*), sum(id), sum(age), count_if(churned) FROM ({CUSTOMERS.split('AS', 1)[1]})"
        ).fetchone()
    ]
