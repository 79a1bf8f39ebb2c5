"""Which metrics EVALUATE gives for a task, as calls of the macros of udfs/metrics."""

from dataclasses import dataclass

from sqlml.diagnostics import Span
from sqlml.engine.problems import MetricOfAnotherTask
from sqlml.prep.target import Target
from sqlml.schema import Task


@dataclass(frozen=True)
class Measure:
    """A metric, named like its macro: the columns it is called with, and those of a model that ignores its inputs."""

    name: str
    arguments: str
    baseline: str


_CLASSES = ("actual, predicted", "actual, baseline")
_POSITIVE = ("positive, predicted_positive", "positive, baseline_positive")
_SCORE = ("positive, score", "positive, rate")
_CHANCES = ("actual, probabilities", "actual, shares")

MEASURES: dict[Task, tuple[Measure, ...]] = {
    Task.BINARY: (
        Measure("roc_auc", *_SCORE),
        Measure("log_loss", *_CHANCES),
        Measure("accuracy", *_CLASSES),
        Measure("precision", *_POSITIVE),
        Measure("recall", *_POSITIVE),
        Measure("f1", *_POSITIVE),
        Measure("pr_auc", *_SCORE),
        Measure("brier", *_SCORE),
    ),
    Task.MULTICLASS: (
        Measure("log_loss", *_CHANCES),
        Measure("accuracy", *_CLASSES),
        Measure("macro_f1", *_CLASSES),
        Measure("balanced_accuracy", *_CLASSES),
    ),
    Task.REGRESSION: tuple(Measure(name, *_CLASSES) for name in ("rmse", "mae", "r2", "mape")),
}


def chosen_by(asked: str | None, target: Target, place: Span | None) -> str:
    """The metric that models are chosen by: the one asked for, or one that rewards honest scores.

    Raises:
        MetricOfAnotherTask: at `place`, where the target's task does not have it.
    """
    if asked is None:
        return "log_loss" if target.task.classifies else "rmse"
    known = [measure.name for measure in MEASURES[target.task]]
    if asked not in known:
        raise MetricOfAnotherTask(asked, target.column.name, str(target.task), known, place)
    return asked
