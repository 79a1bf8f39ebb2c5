"""A database whose health is looked at after each fault: nothing changed, nothing left behind, and it goes on."""

import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlml
from tests.engine.conftest import CUSTOMERS, MODEL
from tests.words import WORDS

# Seconds in which what a fault leaves behind must be gone.
SOON = 20.0

OPTIONS = "WITH (max_trials = 1)"
# One of each sort: with what may fail in them, the rest of the language is put together.
STATEMENTS = {
    "create": f"CREATE MODEL other PREDICT churned {OPTIONS} AS SELECT age, plan, churned FROM customers",
    "predict": "PREDICT churn FROM customers",
    "evaluate": "EVALUATE churn FROM customers",
}


def prepared(path: Path) -> None:
    """Makes the database."""
    with sqlml.connect(path) as db:
        db.execute(f"{CUSTOMERS}; {MODEL}")
        db.execute("CREATE VIEW outlook AS SELECT id, predicted_churned FROM PREDICT(MODEL churn, TABLE customers)")


class Patient:
    """A connection to such a database, and what must be the same after each fault as before."""

    def __init__(self, path: Path) -> None:
        self.db = sqlml.connect(path)
        self._before = self._state()

    def suffers(self, statement: str) -> sqlml.Diagnosed:
        """The error of a statement that cannot but fail; what it says is fit for an analyst."""
        try:
            self.db.execute(statement).fetchall()
        except sqlml.Diagnosed as error:
            assert_fit(error)
            return error
        raise AssertionError(f"did not fail: {statement}")

    def assert_unharmed(self) -> None:
        """The database is what it was, nothing is left behind, and another statement works."""
        assert self._state() == self._before
        assert until(lambda: not list(Path(tempfile.gettempdir()).glob("sqlml-*"))), "files are left behind"
        assert until(lambda: not children()), "a process is left behind"

    def _state(self) -> list[Any]:
        asked = (
            "SELECT count(*), sum(hash(c)) FROM customers c",
            "SELECT count(*), count_if(predicted_churned) FROM outlook",
            "SELECT model_name, default_version FROM sqlml.models",
            "SELECT model_name, version, metric, value FROM sqlml.versions",
            "SELECT id, part, md5(bytes) FROM sqlml.artifacts",
            "SELECT count(*) FROM duckdb_tables() WHERE temporary",
        )
        return [self.db.execute(sql).fetchall() for sql in asked]


def assert_fit(error: sqlml.Diagnosed) -> None:
    """What an error says names nothing of the machinery below."""
    told = error.diagnostic
    text = " ".join(part for part in (told.message, told.detail, told.hint) if part)
    assert WORDS.findall(text) == [], text
    assert not re.search(r"(?<!\w)/\w+/\w", text), f"a path is named: {text}"


def children() -> list[int]:
    """The processes that this one has started for training and that are there, ended or not."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is_ours(entry)]


def _is_ours(process: Path) -> bool:
    try:
        parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
        return int(parent) == os.getpid() and b"sqlml.train" in (process / "cmdline").read_bytes()
    except OSError:
        return False


def until(holds: Callable[[], bool]) -> bool:
    """Whether something holds, at once or soon."""
    deadline = time.monotonic() + SOON
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
