"""What is asked of training and what comes back, as plain data that can travel between processes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sqlml.diagnostics import Problem
from sqlml.schema import Feature, Task

MATRIX, LABEL, PART, WEIGHT, SCORES = "matrix.f32", "label.f64", "part.u8", "weight.f64", "scores.f64"

State = Literal["done", "stopped", "failed"]
Effort = Literal["fast", "balanced", "best"]
Device = Literal["cpu", "gpu"]

# Microseconds of one core that scoring a row may take: `balanced` gives 100,000 rows a second on two cores.
_SCORING: dict[Effort, float] = {"fast": 4.0, "balanced": 14.0, "best": 150.0}


def scoring(effort: Effort, classes: int) -> float:
    """Microseconds of one core that scoring a row may take; more classes are more work in whatever form."""
    return _SCORING[effort] * (classes if classes > 2 else 1)


@dataclass(frozen=True)
class Job:
    """One model to train.

    `folder` holds `matrix.f32` (rows x features, C order, missing = NaN), `label.f64` (the class's index, or the
    number), `part.u8` (known rows only, each in a part of one of `folds`) and, where `weighted`, `weight.f64`: first
    the known `rows`, then those `held_out`, which are scored by models that never saw them, into `scores.f64` (held out
    x outputs). Where the rows are `ordered`, a fold is of one part and later than those before it. `classes` is 0 for
    regression. `metric` is what models are chosen by. `seconds` count from the moment the job is handed over,
    `allowed` are those of the whole statement; `max_trials` counts what is tried beyond the baseline, and where it is
    given nothing depends on how long anything takes, unless the seconds end it; `device` is where to train, None where
    it pays; `memory` is what the process may take in bytes, None where nothing tells. Whoever hands the job over
    deletes `folder`; if it dies first, the worker does.
    """

    folder: Path
    rows: int
    held_out: int
    folds: int
    features: tuple[Feature, ...]
    task: Task
    classes: int
    seed: int
    seconds: float
    allowed: float
    metric: str
    ordered: bool = False
    weighted: bool = False
    max_trials: int | None = None
    threads: int = 1
    effort: Effort = "balanced"
    device: Device | None = None
    memory: int | None = None

    @property
    def scoring(self) -> float:
        """Microseconds of one core that scoring a row may take."""
        return scoring(self.effort, self.classes)

    @property
    def writing(self) -> float:
        """Seconds that are kept to check the model and to write it down."""
        return min(5.0, max(0.3, 0.05 * self.seconds))

    @property
    def outputs(self) -> int:
        """Scores a row: one a class, or the one number."""
        return max(1, self.classes)

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
    metric: str
    value: float | None
    seconds: float
    state: State
    message: str = ""


@dataclass(frozen=True)
class Progress:
    """What training is doing now, in words, with the share of its time that has passed.

    `trials` have ended by now; `best` is the best value of the job's metric among them, None where there is none.
    `done` is how far the step is, from 0 to 1; it may be over before 1.
    """

    step: str
    share: float
    trials: int = 0
    best: float | None = None
    done: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """The best model found: its graph, the words for how fast it scores and for what it is, how and where it was found,
    and what to tell; where it is a small linear model, that as `linear_json` has it; and how much each column matters
    to it, most first, as `train.importance` measures that."""

    graph: bytes
    scoring: str
    learner: str
    detail: str
    trials: tuple[Trial, ...]
    notices: tuple[Problem, ...]
    device: str = "CPU"
    device_reason: str = ""
    linear: str | None = None
    importance: tuple[tuple[str, float], ...] = ()


OnEvent = Callable[[Progress | Trial], None]
