"""Dates, points in time, times of day and intervals."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlml.export.portable import spelt
from sqlml.export.portable.sheet import Sheet
from sqlml.export.portable.taken import spelling, valued
from sqlml.prep.kind import Kind, kind
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.moment import Moment
from sqlml.schema import Column

# Points in time whose clock shows a zone's time.
_ZONED = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
_DAY = 86_400_000_000
_CLOCK = (("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True)
class Instant:
    """SQL of a date or a point in time, in UTC: of its whole days since 1970-01-01, of the days since some day, DOUBLE,
    and of a part of its calendar."""

    day: str
    since: Callable[[int], str]
    part: Callable[[str], str]


def moment(step: Moment, sheet: Sheet) -> list[str] | None:
    """Days since some day, and what a calendar shows."""
    at = _instant(step.column, sheet)
    if at is None:
        return None
    said = {
        "days": f"CAST(CAST({at.since(step.centre)} AS FLOAT) AS DOUBLE)",
        # Monday is 1; before 1970 a remainder may be below zero.
        "weekday": f"CAST((MOD(MOD({at.day} + 3, 7) + 7, 7) + 1) AS DOUBLE)",
    }
    return [said.get(part) or f"CAST({at.part(part)} AS DOUBLE)" for part in step.parts]


def elapsed(step: Elapsed, sheet: Sheet) -> list[str] | None:
    """The days between two points in time."""
    start, end = (_instant(column, sheet) for column in step.columns)
    if start is None or end is None:
        return None
    # One of them may be a value of a later stage than the other.
    days = [sheet.keep(one.since(0)) for one in (start, end)]
    return [f"CAST(CAST({days[1]} - {days[0]} AS FLOAT) AS DOUBLE)"]


def duration(step: Duration, sheet: Sheet) -> list[str] | None:
    """The seconds of a time of day, or of an interval."""
    text, ways = spelling(step.column, sheet.dialect)
    value = valued(text, sheet)
    if value is None:
        return None
    if ways:
        return [f"CAST(CAST({spelt.seconds(value, sheet)} AS FLOAT) AS DOUBLE)"]
    if kind(step.column.type) is Kind.TIME:
        # What a clock shows, in whichever zone it stands.
        shown = f"CAST({value} AS TIME)" if step.column.type == "TIME WITH TIME ZONE" else value
        return [f"CAST(CAST(SECONDS_OF_DAY({shown}) AS FLOAT) AS DOUBLE)"]
    if sheet.dialect == "snowflake":
        return None
    return [f"CAST(CAST(SECONDS_LONG({value}) AS FLOAT) AS DOUBLE)"]


def _instant(column: Column, sheet: Sheet) -> Instant | None:
    text, ways = spelling(column, sheet.dialect)
    value = valued(text, sheet)
    if value is None:
        return None
    if ways:
        return _read(column.type, spelt.moment(value, ways, sheet))
    shown = f"({value} AT TIME ZONE 'UTC')" if column.type in _ZONED else value
    return Instant(
        _day(shown), lambda day: _since(column.type, shown, day), lambda part: f"EXTRACT({part} FROM {shown})"
    )


def _read(type_: str, found: spelt.Spelt) -> Instant:
    """The date or point in time that a text spells."""
    parts = {
        "year": found.year,
        "month": found.month,
        "day": found.day,
        "hour": f"FLOOR({found.micros} / 3600000000e0)",
    }

    def since(day: int) -> str:
        if kind(type_) is Kind.DATE:
            return f"CAST({found.days} - {day} AS DOUBLE)"
        passed = f"CAST({found.days} * {_DAY} + {found.micros} AS DOUBLE)"
        return f"(({passed} - {day * _DAY}e0) / {_DAY}e0)"

    return Instant(found.days, since, parts.__getitem__)


def _day(value: str) -> str:
    return f"date_diff('day', CAST('1970-01-01' AS DATE), CAST({value} AS DATE))"


def _since(type_: str, value: str, day: int) -> str:
    """Days since some day, to the second where the engine tells no less."""
    if kind(type_) is Kind.DATE:
        return f"CAST({_day(value)} - {day} AS DOUBLE)"
    clock = " + ".join(f"CAST(EXTRACT({part} FROM {value}) AS DOUBLE) * {size}" for part, size in _CLOCK)
    return f"((CAST({_day(value)} - {day} AS DOUBLE) * 86400 + {clock}) / 86400e0)"
