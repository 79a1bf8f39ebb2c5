"""What every test of faults shares: a database to harm, and a way to break things in another process."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from tests.faults.patient import Patient, prepared

INJECTED = Path(__file__).parent / "injected"


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to make copies of."""
    path = tmp_path_factory.mktemp("healthy") / "shop.duckdb"
    prepared(path)
    return path


@pytest.fixture
def shop(healthy: Path, tmp_path: Path) -> Path:
    """A database file of its own for each test."""
    return Path(copyfile(healthy, tmp_path / "shop.duckdb"))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, the test's own: what others leave behind elsewhere is not its business."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def patient(shop: Path, temporary: Path) -> Iterator[Patient]:
    """A connection to a database to harm; temporary files lie in a folder of the test's own."""
    patient = Patient(shop)
    yield patient
    patient.db.close()


@pytest.fixture
def inject(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Breaks something in the processes that are started from now on."""

    def inject(**fault: Any) -> None:
        monkeypatch.syspath_prepend(INJECTED)
        monkeypatch.setenv("SQLML_TEST_FAULT", json.dumps(fault))

    return inject
