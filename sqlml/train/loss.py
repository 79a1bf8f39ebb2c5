"""What trials are chosen by: the log loss of class probabilities, the root mean squared error of values."""

import numpy as np

from sqlml.model.form import Floats
from sqlml.schema import Task

# A probability of zero would make one wrong row decide alone.
_LEAST = 1e-15


def loss(task: Task, label: Floats, scores: Floats) -> float:
    """The loss of `scores` (rows, outputs) against `label` (rows): lower is better."""
    if not task.classifies:
        return float(np.sqrt(np.mean((scores[:, 0] - label) ** 2)))
    given = scores[np.arange(len(label)), label.astype(np.int64)]
    return float(-np.mean(np.log(np.clip(given, _LEAST, 1.0))))
