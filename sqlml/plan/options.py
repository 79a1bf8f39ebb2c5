"""The options of CREATE MODEL: each one's name, type, default and meaning, as data."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlml.diagnostics import Span
from sqlml.plan.casts import is_number
from sqlml.plan.option_problems import (
    OptionColumnMissing,
    OptionColumnType,
    OptionGivenTwice,
    OptionIsTarget,
    OptionType,
    OptionUnknown,
    OptionValueUnknown,
)
from sqlml.schema import Column

Value = str | int | float | bool | list["Value"]
"""What an option was given; a name without quotes is text."""

Effort = Literal["fast", "balanced", "best"]
Device = Literal["cpu", "gpu"]

# Every metric of every task; which of them a model has is known when its target has been looked at.
METRICS = (
    "roc_auc log_loss accuracy precision recall f1 pr_auc brier macro_f1 balanced_accuracy rmse mae r2 mape"
).split()


@dataclass(frozen=True)
class Given:
    """An option as the user wrote it; `value` is None of what is no constant."""

    name: str
    value: Value | None
    name_span: Span
    value_span: Span


@dataclass(frozen=True)
class Settings:
    """What CREATE MODEL was told; the defaults are what it decides unasked.

    `metric` may be one that the task turns out not to have. `weight` says how much each row counts and `group` which
    rows belong together: columns of the query that the model does not learn from.
    """

    max_runtime: float = 60.0
    max_trials: int | None = None
    metric: str | None = None
    effort: Effort = "balanced"
    device: Device | None = None
    weight: Column | None = None
    group: Column | None = None
    seed: int = 0
    positive: str | None = None

    @property
    def set_apart(self) -> tuple[Column, ...]:
        """The columns of the query that say something of its rows, and are no features."""
        return tuple(column for column in (self.weight, self.group) if column is not None)


@dataclass(frozen=True)
class Option:
    """One option: `read` turns what was written into its value, or gives None.

    What was read must be one of the `choices`, where there are any, or the name of a `column` of the query's.
    """

    name: str
    meaning: str
    takes: str
    example: str
    read: Callable[[Value], float | int | str | bool | None]
    choices: Sequence[str] = ()
    column: Literal["any", "number"] | None = None


_UNITS = {"ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60}
_UNITS |= {"h": 3600, "hour": 3600, "d": 86400, "day": 86400}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.IGNORECASE)


def seconds(value: Value) -> float | None:
    """The seconds that a time such as `2 minutes`, `90 s` or `5m` has; None where it is none, or has none."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    word = match[2].lower()
    # As it stands first: `ms` is no plural.
    return float(match[1]) * (_UNITS.get(word) or _UNITS.get(word.removesuffix("s"), 0)) or None


def _whole(least: int, most: int) -> Callable[[Value], int | None]:
    def read(value: Value) -> int | None:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return int(value) if is_whole and least <= value <= most else None  # type: ignore[arg-type,operator]

    return read


def _class(value: Value) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if isinstance(value, list) else str(value)


def _word(value: Value) -> str | None:
    return value.lower() if isinstance(value, str) else None


def truth(value: Value) -> bool | None:
    """The value where it is true or false; None of any other."""
    return value if isinstance(value, bool) else None


def _name(value: Value) -> str | None:
    return value if isinstance(value, str) else None


BACKGROUND = Option("background", "trains while other statements run, as a job", "true or false", "true", truth)
"""How a statement is run, which is nothing of the model's."""

_EFFORTS, _DEVICES = ("fast", "balanced", "best"), ("cpu", "gpu")

OPTIONS = (
    Option("max_runtime", "the time that training may take", "a time", "'2 minutes'", seconds),
    Option("max_trials", "how many settings may be tried", "a whole number of at least 1", "20", _whole(1, 10**6)),
    Option("metric", "the metric that models are chosen by", "the name of a metric", "'f1'", _word, METRICS),
    Option("effort", "a quicker model, or a better one", "'fast', 'balanced' or 'best'", "'best'", _word, _EFFORTS),
    Option("device", "where to train, if not where it pays", "'cpu' or 'gpu'", "'cpu'", _word, _DEVICES),
    Option("weight", "the column that weighs the rows", "a column of numbers", "amount", _name, column="number"),
    Option("group", "the column whose equal values stay together", "a column", "customer_id", _name, column="any"),
    Option("seed", "the seed of every random choice", "a whole number", "42", _whole(0, 2**31 - 1)),
    Option("positive", "the class that counts as positive", "a value of the target", "'yes'", _class),
    BACKGROUND,
)


def settings(given: Sequence[Given], columns: Sequence[Column], targets: Sequence[Column]) -> Settings:
    """What the options of a training of `targets` say, on a query that returns `columns`.

    Raises:
        OptionUnknown, OptionType, OptionValueUnknown, OptionGivenTwice: at the option's place.
        OptionColumnMissing, OptionColumnType, OptionIsTarget: at the place of the column that it names.
    """
    known = {option.name: option for option in OPTIONS}
    values: dict[str, float | int | str | Column] = {}
    for one in given:
        name = one.name.lower()
        if name not in known:
            raise OptionUnknown(one.name, list(known), one.name_span)
        if name in values:
            raise OptionGivenTwice(name, one.name_span)
        values[name] = _value(known[name], one, columns, targets)
    values.pop(BACKGROUND.name, None)
    return Settings(**values)  # type: ignore[arg-type]


def in_background(given: Sequence[Given]) -> Given | None:
    """The option that asks for a training in the background, if one does."""
    return next((one for one in given if one.name.lower() == BACKGROUND.name and one.value is True), None)


def read(option: Option, one: Given) -> float | int | str:
    """What was written for an option.

    Raises:
        OptionType: at its place, where it is of another kind than the option takes.
    """
    value = None if one.value is None else option.read(one.value)
    if value is None:
        raise OptionType(option.name, option.takes, option.example, one.value_span)
    return value


def _value(
    option: Option, one: Given, columns: Sequence[Column], targets: Sequence[Column]
) -> float | int | str | Column:
    value = read(option, one)
    if option.choices and value not in option.choices:
        raise OptionValueUnknown(option.name, str(one.value), option.choices, one.value_span)
    return value if option.column is None else _column(option, one, columns, targets)


def _column(option: Option, one: Given, columns: Sequence[Column], targets: Sequence[Column]) -> Column:
    name, place = str(one.value), one.value_span
    column = next((column for column in columns if column.name.lower() == name.lower()), None)
    if column is None:
        raise OptionColumnMissing(name, columns, place)
    if column in targets:
        raise OptionIsTarget(option.name, column.name, place)
    if option.column == "number" and not is_number(column.type):
        raise OptionColumnType(option.name, column, place)
    return column
