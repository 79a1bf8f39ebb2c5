"""Predicts the same for every row: how common each class is, or the mean."""

from collections.abc import Sequence

import numpy as np

from sqlml.model.form import Constant
from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.table import Table


class Baseline:
    """What every other learner has to beat."""

    name = "baseline"
    title = "the same prediction for every row"
    tasks = frozenset(Task)
    loading = 0.0

    def load(self) -> None:
        """Nothing to load."""

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:  # noqa: ARG002
        return [{}]

    def cost(self, rows: int, features: int, classes: int) -> float:  # noqa: ARG002
        return rows * 1e-8

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:  # noqa: ARG002
        label, weight = table.label[table.fit], table.weights(table.fit)
        if table.task.classifies:
            counts = np.bincount(label.astype(np.int64), weights=weight, minlength=table.classes)
            # One row more, shared by all classes: none that these rows happen to lack is ruled out.
            counts = counts + counts.sum() / len(label) / table.classes
            form = Constant(counts / counts.sum())
            detail = "the share of each class"
        else:
            form = Constant(np.array([np.average(label, weights=weight)]))
            detail = "the mean"
        return Fitted(lambda: form, dict(settings), form.predict, detail, len(table.fit))

    def merged(self, found: Sequence[Settings], growth: float) -> Settings:  # noqa: ARG002
        return found[0]
