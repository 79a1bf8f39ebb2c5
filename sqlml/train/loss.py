"""What fits are stopped by: the log loss of class probabilities, the root mean squared error of values."""

import numpy as np

from sqlml.model.form import Floats
from sqlml.schema import Task
from sqlml.train.metric import LOSSES


def loss(task: Task, label: Floats, scores: Floats, weight: Floats | None = None) -> float:
    """The loss of `scores` (rows, outputs) against `label` (rows), each row counting `weight`: lower is better.

    NaN where there are no rows.
    """
    if not len(label):
        return float("nan")
    counts = np.ones(len(label)) if weight is None else weight
    return LOSSES["log_loss" if task.classifies else "rmse"](label, scores, counts)
