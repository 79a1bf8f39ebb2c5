"""A date or a point in time as days passed, and its place in the calendar."""

from dataclasses import dataclass

from sqlml.prep.kind import Kind, kind
from sqlml.prep.step import GREATEST, MISSING, present
from sqlml.prep.steps.parts import Parts

_DAY = 86_400_000_000


@dataclass(frozen=True)
class Moment(Parts):
    """Days since day `centre` (counted from 1970-01-01), year, month, day, weekday (Monday is 1) and hour.

    A point in time with a zone is read in UTC, so that the session's zone changes nothing. Before and after all time
    (`-infinity`, `infinity`) are the ends of the days, and have no place in the calendar.
    """

    name = "moment"
    all_parts = ("days", "year", "month", "day", "weekday", "hour")
    centre: int = 0

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
