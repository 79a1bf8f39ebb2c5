"""The options of CREATE MODEL: each one's name, type, default and meaning, as data."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlml.diagnostics import Span
from sqlml.plan.problems import OptionGivenTwice, OptionType, OptionUnknown

Value = str | int | float | bool | list["Value"]


@dataclass(frozen=True)
class Given:
    """An option as the user wrote it."""

    name: str
    value: Value
    name_span: Span
    value_span: Span


@dataclass(frozen=True)
class Settings:
    """What CREATE MODEL was told; the defaults are what it decides unasked."""

    max_runtime: float = 60.0
    max_trials: int | None = None
    seed: int = 0
    positive: str | None = None


@dataclass(frozen=True)
class Option:
    """One option: `read` turns what was written into its value, or gives None."""

    name: str
    meaning: str
    takes: str
    example: str
    read: Callable[[Value], float | int | str | None]


_UNITS = {"ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60}
_UNITS |= {"h": 3600, "hour": 3600, "d": 86400, "day": 86400}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*", re.IGNORECASE)


def _seconds(value: Value) -> float | None:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    unit = _UNITS.get(match[2].lower() or "s") if match else None
    seconds = float(match[1]) * unit if match and unit else 0.0
    return seconds or None


def _whole(least: int, most: int) -> Callable[[Value], int | None]:
    def read(value: Value) -> int | None:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return int(value) if is_whole and least <= value <= most else None  # type: ignore[arg-type,operator]

    return read


def _class(value: Value) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if isinstance(value, list) else str(value)


OPTIONS = (
    Option("max_runtime", "the time that training may take", "a time", "'2 minutes'", _seconds),
    Option("max_trials", "how many settings may be tried", "a whole number of at least 1", "20", _whole(1, 10**6)),
    Option("seed", "the seed of every random choice", "a whole number", "42", _whole(0, 2**31 - 1)),
    Option("positive", "the class that counts as positive", "a value of the target", "'yes'", _class),
)


def settings(given: list[Given]) -> Settings:
    """What the options say.

    Raises:
        OptionUnknown, OptionType, OptionGivenTwice: at the option's place.
    """
    known = {option.name: option for option in OPTIONS}
    values: dict[str, float | int | str] = {}
    for one in given:
        name = one.name.lower()
        if name not in known:
            raise OptionUnknown(one.name, list(known), one.name_span)
        if name in values:
            raise OptionGivenTwice(name, one.name_span)
        value = known[name].read(one.value)
        if value is None:
            raise OptionType(known[name].name, known[name].takes, known[name].example, one.value_span)
        values[name] = value
    return Settings(**values)  # type: ignore[arg-type]
