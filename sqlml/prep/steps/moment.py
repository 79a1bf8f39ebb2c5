"""A date or a point in time as days passed, and its place in the calendar."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.kind import Kind, kind
from sqlml.prep.step import GREATEST, MISSING, present
from sqlml.prep.steps.parts import Parts

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.entry import Given

_DAY = 86_400_000_000
# What stands for an infinite date and an infinite point in time in the database itself.
ENDLESS_DAYS, ENDLESS_MICROS = 2**31 - 1, 2**63 - 1


@dataclass(frozen=True)
class Moment(Parts):
    """Days since day `centre` (counted from 1970-01-01), year, month, day, weekday (Monday is 1) and hour.

    A point in time with a zone is read in UTC, so that the session's zone changes nothing. Before and after all time
    (`-infinity`, `infinity`) are the ends of the days, and have no place in the calendar.
    """

    name = "moment"
    all_parts = ("days", "year", "month", "day", "weekday", "hour")
    centre: int = 0

    def measured(self, row: str) -> tuple[str, str]:
        return self.reference(row), self.column.type

    def part(self, name: str, value: str) -> str:
        if name == "days":
            return self._days(value)
        moment = clock(self.column.type, value)
        return present(f"isodow({moment})" if name == "weekday" else f"{name}({moment})")

    def _days(self, value: str) -> str:
        since = elapsed(self.column.type, value)
        if kind(self.column.type) is Kind.DATE:
            return present(f"({since} - {self.centre})")
        return (
            f"CASE WHEN {since} IS NOT NULL"
            f" THEN CAST((CAST({since} AS DOUBLE) - {self.centre * _DAY}::DOUBLE) / {_DAY}::DOUBLE AS FLOAT)"
            f" WHEN {value} > '1970-01-01 00:00:00+00'::{self.column.type} THEN {GREATEST}::FLOAT"
            f" WHEN {value} IS NOT NULL THEN -{GREATEST}::FLOAT ELSE {MISSING} END"
        )

    def drawn_part(self, name: str, given: "Given") -> "Value":
        endless = is_endless(self.column.type, given.value)
        if name != "days":
            part = _calendar(self.column.type, name, given.value)
            return given.feature(part.single()).missing_where(endless)
        if kind(self.column.type) is Kind.DATE:
            return given.feature(given.value - self.centre)
        days = ((given.value.double() - float(self.centre * _DAY)) / float(_DAY)).single()
        end = float(GREATEST)
        ends = (given.value < 0).chosen(days.draft.number(-end, days.dtype), end)
        return given.feature(endless.chosen(ends, days))


def elapsed(type_: str, value: str) -> str:
    """Since 1970-01-01, as BIGINT: days of a date, microseconds of a point in time (NULL where it is infinite)."""
    return f"({value} - DATE '1970-01-01')" if kind(type_) is Kind.DATE else f"epoch_us({_instant(type_, value)})"


def days(type_: str, value: str) -> str:
    """Whole days since 1970-01-01, as BIGINT."""
    since = elapsed(type_, value)
    return since if kind(type_) is Kind.DATE else f"({since} // {_DAY})"


def clock(type_: str, value: str) -> str:
    """What a clock in UTC shows."""
    return f"make_timestamp(epoch_us({_instant(type_, value)}))" if _zoned(type_) else value


def _zoned(type_: str) -> bool:
    return type_ in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")


def _instant(type_: str, value: str) -> str:
    return f"CAST({value} AS TIMESTAMP WITH TIME ZONE)" if type_ == "TIMESTAMPTZ_NS" else value


def is_endless(type_: str, value: "Value") -> "Value":
    """Of what `elapsed` is in a graph: whether it stands for before or after all time."""
    return abs(value) >= (ENDLESS_DAYS if kind(type_) is Kind.DATE else ENDLESS_MICROS)


def _calendar(type_: str, part: str, elapsed: "Value") -> "Value":
    """A part of the calendar, by the days since 1970-01-01."""
    days = elapsed if kind(type_) is Kind.DATE else elapsed // _DAY
    match part:
        case "hour":
            return elapsed % _DAY / (_DAY // 24)
        case "weekday":
            return (days + 3) % 7 + 1
        case _:
            return _civil(days)[part]


def _civil(days: "Value") -> "dict[str, Value]":
    """Year, month and day, by eras of 400 years that begin in March (Hinnant, "chrono-compatible low-level date
    algorithms", 2013). What is divided is never negative, but for the days themselves."""
    since_march = days + 719_468
    era, day_of_era = since_march // 146_097, since_march % 146_097
    year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365
    day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100)
    month_from_march = (day_of_year * 5 + 2) / 153
    month = (month_from_march + 2) % 12 + 1
    year = year_of_era + era * 400 + (month < 3).whole()
    return {"year": year, "month": month, "day": day_of_year - (month_from_march * 153 + 2) / 5 + 1}
