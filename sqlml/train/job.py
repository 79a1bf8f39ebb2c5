"""What is asked of training and what comes back, as plain data that can travel between processes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sqlml.diagnostics import Problem
from sqlml.schema import Feature, Task

MATRIX = "matrix.f32"
LABEL = "label.f64"

Metric = Literal["log_loss", "rmse"]
State = Literal["done", "stopped", "failed"]


@dataclass(frozen=True)
class Job:
    """One model to train.

    `folder` holds `matrix.f32` (rows x features, C order, missing = NaN) and `label.f64` (the class's index, or the
    number): first `fit_rows` rows to learn from, then `validation_rows` (at least one) to choose by. `classes` is 0
    for regression. `seconds` count from the moment the job is handed over; `max_trials` counts what is tried
    beyond the baseline. Whoever hands the job over deletes `folder`; if it dies first, the worker does.
    """

    folder: Path
    fit_rows: int
    validation_rows: int
    features: tuple[Feature, ...]
    task: Task
    classes: int
    seed: int
    seconds: float
    max_trials: int | None = None
    threads: int = 1

    @property
    def metric(self) -> Metric:
        return "log_loss" if self.task.classifies else "rmse"

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"folder": str(self.folder)}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "Job":
        features = tuple(Feature(**feature) for feature in fields["features"])
        return cls(**fields | {"folder": Path(fields["folder"]), "features": features, "task": Task(fields["task"])})


@dataclass(frozen=True)
class Trial:
    """One learner with one choice of settings: `value` of `metric` on the validation rows, None where it failed.

    A `stopped` trial ended at its time limit and counts with what it had by then.
    """

    number: int
    learner: str
    settings: dict[str, Any]
    metric: Metric
    value: float | None
    seconds: float
    state: State
    message: str = ""


@dataclass(frozen=True)
class Progress:
    """What training is doing now, in words, with the share of its time that has passed."""

    step: str
    share: float


@dataclass(frozen=True)
class Outcome:
    """The best model found: its graph, the words for what it is, how it was found, and what to tell."""

    graph: bytes
    learner: str
    detail: str
    trials: tuple[Trial, ...]
    notices: tuple[Problem, ...]


OnEvent = Callable[[Progress | Trial], None]
