"""Predicts the same for every row: how common each class is, or the mean."""

import numpy as np

from sqlml.model.form import Constant
from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.loss import loss
from sqlml.train.table import Table


class Baseline:
    """What every other learner has to beat."""

    name = "baseline"
    title = "the same prediction for every row"
    tasks = frozenset(Task)

    def load(self) -> None:
        """Nothing to load."""

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:  # noqa: ARG002
        return [{}]

    def cost(self, rows: int, features: int, classes: int) -> float:  # noqa: ARG002
        return rows * 1e-8

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:  # noqa: ARG002
        label = table.label[: table.fit_rows]
        if table.task.classifies:
            counts = np.bincount(label.astype(np.int64), minlength=table.classes)
            form = Constant(counts / counts.sum())
            detail = "the share of each class"
        else:
            form = Constant(np.array([label.mean()]))
            detail = "the mean"
        chosen = table.validation
        value = loss(table.task, table.label[chosen], form.predict(table.matrix[chosen])) if len(chosen) else np.nan
        return Fitted(form, value, dict(settings), form.predict, detail, table.fit_rows)
