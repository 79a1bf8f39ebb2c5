"""What every test shares: where the real data lies, how property tests behave, and that nothing leaks."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import sqlml
from sqlml.diagnostics import Diagnostic, Problem
from tests.engine.conftest import CUSTOMERS, MODEL
from tests.words import leaked

SHARED = Path(__file__).parents[1] / "../shared"

# Machines differ in speed, so no example has a time limit; where CI is set, every run draws the same examples.
settings.register_profile("sqlml", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("sqlml")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the repository that holds real data sets; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the folder ../shared, which is not part of the repository")
    return SHARED.resolve()


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    """The real data sets, one Parquet file each, and their MANIFEST.json."""
    return shared / "data"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with a table `customers` and a model `churn`; tests read it only."""
    path = tmp_path_factory.mktemp("trained") / "trained.duckdb"
    with sqlml.connect(path) as db:
        db.execute(CUSTOMERS)
        db.execute(MODEL)
    return path


@pytest.fixture(autouse=True)
def nothing_leaks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test has the project say, none of it names the machinery below."""
    leaks: list[tuple[str, str]] = []
    whole = Problem.diagnostic

    def read(problem: Problem, text: str | None = None) -> Diagnostic:
        told = whole(problem, text)
        leaks.extend((told.condition, word) for word in leaked(told, text))
        return told

    monkeypatch.setattr(Problem, "diagnostic", read)
    yield
    assert leaks == []


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --complete tests/sql` writes what the .test files answer into them, for a person to judge."""
    parser.addoption("--complete", action="store_true", help="fill in the answers of .test files")
