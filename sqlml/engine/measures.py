"""Which metrics EVALUATE gives for a task, as calls of the macros of udfs/metrics."""

from dataclasses import dataclass

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
_CHANCES = ("actual, probabilities", "actual, prior")

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
