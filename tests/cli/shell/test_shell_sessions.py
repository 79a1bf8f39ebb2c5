"""Sessions of the shell in a real terminal, each a file of what is typed and what must be seen."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import sqlml
from tests.cli.shell.terminal import Terminal
from tests.engine.conftest import CUSTOMERS, MODEL

SESSIONS = sorted((Path(__file__).parent / "sessions").glob("*.session"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    with sqlml.connect(path) as db:
        db.execute(f"{CUSTOMERS}; {MODEL}")
        db.execute("ALTER MODEL churn SET ALIAS champion TO VERSION 1")
    return path


@pytest.fixture
def terminal(tmp_path: Path, shop: Path) -> Iterator[Terminal]:
    trained, locked = tmp_path / "trained.duckdb", tmp_path / "locked.duckdb"
    shutil.copy(shop, trained)
    holder = duckdb.connect(str(locked))
    session = Terminal(
        tmp_path,
        f"{sys.executable} -m sqlml shell",
        {"trained": str(trained), "locked": str(locked), "home": str(tmp_path)},
    )
    yield session
    session.close()
    holder.close()


@pytest.mark.parametrize("file", SESSIONS, ids=lambda file: file.stem)
def test_a_session_goes_as_it_is_written(file: Path, terminal: Terminal) -> None:
    terminal.play(file.read_text(encoding="utf-8"))


def test_there_are_sessions_enough() -> None:
    assert len(SESSIONS) >= 30
