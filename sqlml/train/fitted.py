"""What a learner hands back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlml.model.form import Floats, Form, Matrix

Settings = Mapping[str, Any]
"""A learner's choices by name: numbers, texts and truth values."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a learner made of a table.

    `loss` is that of the table's validation rows, NaN where it has none. `again` are the settings that
    fit the same once more without validation rows. `predict` is the learner's own prediction, float32
    (rows, features) to float64 (rows, outputs), by which the exported form is checked. `finished` is false
    where the clock ended the fit. `detail` says in plain words what was fitted, from how many `rows`.
    """

    form: Form
    loss: float
    again: Settings
    predict: Callable[[Matrix], Floats]
    detail: str
    rows: int
    finished: bool = True
