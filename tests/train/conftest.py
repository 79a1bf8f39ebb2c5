"""Jobs over small made tables, for the tests of training."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
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
    known = len(table.fit)
    table.matrix.tofile(folder / "matrix.f32")
    table.label.tofile(folder / "label.f64")
    (np.arange(known) % 5).astype(np.uint8).tofile(folder / "part.u8")
    if table.weight is not None:
        table.weight.tofile(folder / "weight.f64")
    fields = {
        "folder": folder,
        "rows": known,
        "held_out": len(table.label) - known,
        "folds": 5,
        "features": table.features,
        "task": table.task,
        "classes": table.classes,
        "seed": 7,
        "seconds": 60.0,
        "allowed": 60.0,
        "metric": "log_loss" if table.task.classifies else "rmse",
        "weighted": table.weight is not None,
    }
    return Job(**fields | changes)


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Job]:
    """Makes a job over a small table of a task."""
    return lambda task=Task.BINARY, rows=300, **changes: job_of(small_table(task, rows), tmp_path, **changes)
