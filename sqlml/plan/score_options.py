"""The options of PREDICT and EVALUATE: each one's name, type and meaning, as data."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlml.plan.catalog import Model
from sqlml.plan.option_problems import OptionGivenTwice, OptionUnknown, ThresholdWithoutPositive
from sqlml.plan.options import Given, Option, Value, read, truth
from sqlml.schema import Task


@dataclass(frozen=True)
class Asked:
    """What was asked of a prediction besides itself.

    With a `threshold`, the positive class is predicted where its probability is at least that. `flags` asks for the
    column that tells in what a row is unlike those of the training.
    """

    threshold: float | None = None
    flags: bool = False


def _share(value: Value) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= 1 else None  # type: ignore[arg-type,operator]


THRESHOLD = Option(
    "threshold",
    "the probability from which on the positive class is predicted",
    "a number from 0 to 1, written out",
    "0.3",
    _share,
)
FLAGS = Option("flags", "in what a row is unlike those of the training", "true or false", "true", truth)


def asked(given: Sequence[Given], model: Model, known: Sequence[Option] = (THRESHOLD, FLAGS)) -> Asked:
    """What the options of a statement that reads `model` say; `known` are those that it takes.

    Raises:
        OptionUnknown, OptionType, OptionGivenTwice, ThresholdWithoutPositive: at the option's place.
    """
    options = {option.name: option for option in known}
    values: dict[str, float | int | str] = {}
    for one in given:
        name = one.name.lower()
        if name not in options:
            raise OptionUnknown(one.name, list(options), one.name_span)
        if name in values:
            raise OptionGivenTwice(name, one.name_span)
        values[name] = read(options[name], one)
        if name == THRESHOLD.name and (reason := _no_positive(model)):
            raise ThresholdWithoutPositive(model.name, reason, one.name_span)
    return Asked(**values)  # type: ignore[arg-type]


def _no_positive(model: Model) -> str | None:
    """Why no class of what a model predicts is the positive one, if so."""
    if len(model.parts) > 1:
        return f"{len(model.parts)} columns"
    (part,) = model.parts
    if part.task is Task.BINARY:
        return None
    return "a number" if part.task is Task.REGRESSION else f"one of {len(part.classes)} classes"
