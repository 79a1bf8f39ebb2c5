"""The rows of a job, read in place from its folder."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sqlml.model.form import Codes, Floats, Matrix
from sqlml.schema import Feature, Task
from sqlml.train.job import LABEL, MATRIX, Job

# More rows than these make the choice between trials no surer, only slower.
_VALIDATION_ROWS = 30_000


@dataclass(frozen=True, eq=False)
class Table:
    """Rows to fit, then rows to validate with: `matrix` (rows, features) float32 and `label` (rows) float64.

    `memo` is where a learner keeps what it made of this table, to use again with other settings.
    """

    matrix: Matrix
    label: Floats
    fit_rows: int
    features: tuple[Feature, ...]
    task: Task
    classes: int
    seed: int
    threads: int
    memo: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, job: Job) -> "Table":
        """The job's files, mapped into memory and not copied."""
        rows = job.fit_rows + job.validation_rows
        matrix: Matrix = np.zeros((rows, 0), np.float32)
        if rows and job.features:
            matrix = np.memmap(job.folder / MATRIX, np.float32, "r", shape=(rows, len(job.features)))
        label = np.fromfile(job.folder / LABEL, np.float64, rows)
        return cls(matrix, label, job.fit_rows, job.features, job.task, job.classes, job.seed, job.threads)

    @property
    def rows(self) -> int:
        return len(self.label)

    @property
    def validation(self) -> Codes:
        """The row numbers to validate with: a fixed sample where there are very many."""
        rows = np.arange(self.fit_rows, self.rows)
        return rows if len(rows) <= _VALIDATION_ROWS else self.sample(rows, _VALIDATION_ROWS)

    @property
    def quantities(self) -> Codes:
        """Places of the features that are quantities."""
        return np.array([i for i, feature in enumerate(self.features) if not feature.is_category], np.int64)

    @property
    def categories(self) -> Codes:
        """Places of the features that are category codes."""
        return np.array([i for i, feature in enumerate(self.features) if feature.is_category], np.int64)

    def sample(self, rows: Codes, count: int) -> Codes:
        """At most `count` of the row numbers `rows`, in order, the same ones for the same seed."""
        if len(rows) <= count:
            return rows
        return np.sort(np.random.default_rng(self.seed).choice(rows, count, replace=False))

    def whole(self) -> "Table":
        """The same rows, all of them to be fitted; shares the memo."""
        return replace(self, fit_rows=self.rows)
