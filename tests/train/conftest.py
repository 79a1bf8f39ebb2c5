"""Jobs over small made tables, for the tests of training."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_limits

from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.job import Job
from sqlml.train.learner import LEARNERS
from sqlml.train.table import Table


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """The worker's environment says the same to libraries before they load."""
    for learner in LEARNERS:
        learner.load()
    with threadpool_limits(1):
        yield


def job_of(table: Table, folder: Path, **changes: Any) -> Job:
    """A job whose files hold the table."""
    table.matrix.tofile(folder / "matrix.f32")
    table.label.tofile(folder / "label.f64")
    fields = {
        "folder": folder,
        "fit_rows": table.fit_rows,
        "validation_rows": table.rows - table.fit_rows,
        "features": table.features,
        "task": table.task,
        "classes": table.classes,
        "seed": 7,
        "seconds": 60.0,
    }
    return Job(**fields | changes)


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Job]:
    """Makes a job over a small table of a task."""
    return lambda task=Task.BINARY, rows=300, **changes: job_of(small_table(task, rows), tmp_path, **changes)
