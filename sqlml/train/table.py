"""The rows of a job, read in place from its folder."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sqlml.model.form import Codes, Floats, Matrix
from sqlml.schema import Feature, Task
from sqlml.train import strata
from sqlml.train.job import LABEL, MATRIX, WEIGHT, Job

# The least weight, as a share of the greatest: what does not count still has a mean where no other row is.
_LEAST_WEIGHT = 1e-9

# Numbers read at a time.
_READ = 1_000_000

# Of what scoring may take, the part of a single fit: it is to leave room for another.
_ONE_FIT = 0.57


@dataclass(frozen=True, eq=False)
class Table:
    """Rows as `matrix` (rows, features) float32 and `label` (rows) float64, and which of them are for what.

    `fit` are the numbers of the rows to learn from, `validation` of those that may only decide when to stop and how
    good a fit is; both ascend, and there may be none of the latter. `weight` (rows) says how much each row counts,
    None that all count the same. Scoring a row by one fit may take `scoring` microseconds of one core. `memo` is where
    a learner keeps what it made of these rows, to use again with other settings; tables that share rows share it.
    `beside` counts the fits that go on at once, this one with them.
    """

    matrix: Matrix
    label: Floats
    fit: Codes
    validation: Codes
    features: tuple[Feature, ...]
    task: Task
    classes: int
    seed: int
    threads: int
    weight: Floats | None = None
    scoring: float = 8.0
    memo: dict[str, Any] = field(default_factory=dict)
    beside: int = 1

    @classmethod
    def open(cls, job: Job) -> "Table":
        """The job's files, mapped into memory and not copied; all known rows are there to be fitted."""
        rows = job.rows + job.held_out
        matrix: Matrix = np.zeros((rows, 0), np.float32)
        if rows and job.features:
            matrix = np.memmap(job.folder / MATRIX, np.float32, "r", shape=(rows, len(job.features)))
        return cls(
            matrix=matrix,
            label=_mapped(job.folder / LABEL, rows),
            fit=np.arange(job.rows, dtype=np.int32),
            validation=np.zeros(0, np.int32),
            features=job.features,
            task=job.task,
            classes=job.classes,
            seed=job.seed,
            threads=job.threads,
            weight=_counted(_mapped(job.folder / WEIGHT, rows)) if job.weighted else None,
            scoring=_ONE_FIT * job.scoring,
        )

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

    def thinned(self, count: int) -> "Table":
        """The table with about `count` rows to learn from at most; of classes, these count for those left out."""
        if len(self.fit) <= count:
            return self
        fit, counts = self.part(self.fit, self.weights(self.fit), count)
        if counts is None:
            return replace(self, fit=fit)
        weight = np.ones(len(self.label)) if self.weight is None else np.array(self.weight)
        weight[fit] = counts
        return replace(self, fit=fit, weight=weight)

    def part(self, rows: Codes, weight: Floats | None, count: int) -> tuple[Codes, Floats | None]:
        """About `count` of the row numbers, and how much each counts; of classes, for those left out, too.

        `weight` is what each of all of them counts, None that all count the same.
        """
        if self.task.classifies:
            places, counts = strata.part(self.label[rows].astype(np.int32), weight, count, self.seed)
            return rows[places], counts
        places = self.sample(np.arange(len(rows)), count)
        return rows[places], None if weight is None else weight[places]

    def split(self, fit: Codes, validation: Codes) -> "Table":
        """The same rows with other ones to fit and to validate with; shares the memo."""
        return replace(self, fit=fit, validation=validation)

    def predicted(self, rows: Codes, predict: Callable[[Matrix], Floats]) -> Floats:
        """What `predict` makes of the row numbers (rows, outputs); some are read at a time."""
        some = max(1, _READ // max(1, len(self.features)))
        return np.concatenate([predict(self.matrix[part]) for part in np.array_split(rows, len(rows) // some + 1)])

    def weights(self, rows: Codes) -> Floats | None:
        """How much each of the row numbers counts; None where all count the same."""
        return None if self.weight is None else self.weight[rows]


def _mapped(file: Path, rows: int) -> Floats:
    return np.memmap(file, np.float64, "r", shape=(rows,)) if rows else np.zeros(0)


def _counted(weight: Floats) -> Floats:
    counted: Floats = np.maximum(weight, _LEAST_WEIGHT * weight.max(initial=0.0))
    return counted
