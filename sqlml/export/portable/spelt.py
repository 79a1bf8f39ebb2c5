"""Dates and times that text spells, read by patterns and whole numbers alone.

No engine is asked to cast a text that may be no date: what a pattern does not describe, and a day that no month has, is
NULL.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlml.export.portable.sheet import Sheet
from sqlml.prep.taken import Way
from sqlml.quote import literal

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = "january february march april may june july august september october november december"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_SPACE = r"[ \t\n\v\f\r]"
_DAY_LONG = 86_400_000_000
_SIXTY = "([0-5]?[0-9])"


@dataclass(frozen=True)
class _Form:
    """A pattern that describes all of a text, and the number of each group that has a part of the time."""

    pattern: str
    groups: Mapping[str, int]


@dataclass(frozen=True)
class Spelt:
    """The names of what a text spells: whole days since 1970-01-01, the numbers of its year, month and day, and the
    microseconds since midnight; all are NULL where it spells no date."""

    days: str
    year: str
    month: str
    day: str
    micros: str


def moment(text: str, ways: Sequence[Way], sheet: Sheet) -> Spelt:
    """The date or the point in time that a text spells, read in one of `ways`; `text` is SQL."""
    text, (way, *formats) = sheet.keep(text), ways[0]
    forms = [_form(format_) for format_ in formats[1:]] if way == "moment" else _ISO
    form = _which(text, forms, sheet)
    read = {part: _part(text, form, forms, part, sheet) for part in ("year", "month", "day", "micros")}
    if way == "cast":
        read = _rolled(read, sheet)
    days = sheet.keep(_days(read["year"], read["month"], read["day"]))
    known = [sheet.keep(f"CASE WHEN {days} IS NOT NULL THEN {value} END") for value in read.values()]
    return Spelt(days, *known)


def seconds(text: str, sheet: Sheet) -> str:
    """SQL: the seconds since midnight, DOUBLE, of a time of day that a text spells."""
    text = sheet.keep(text)
    form = _which(text, _TIMES, sheet)
    return f"(CAST({_part(text, form, _TIMES, 'micros', sheet)} AS DOUBLE) / 1000000e0)"


def _which(text: str, forms: Sequence[_Form], sheet: Sheet) -> str:
    """The name of the number of the first form that a text has."""
    tried = " ".join(f"WHEN FITS({text}, {literal(form.pattern)}) THEN {at}" for at, form in enumerate(forms, 1))
    return sheet.keep(f"CASE {tried} END")


def _part(text: str, form: str, forms: Sequence[_Form], part: str, sheet: Sheet) -> str:
    """The name of what each form has for a part."""
    found = " ".join(f"WHEN {at} THEN {_PARTS[part](text, one)}" for at, one in enumerate(forms, 1))
    return sheet.keep(f"CASE {form} {found} END")


def _number(text: str, form: _Form, letter: str, other: int = 0) -> str:
    """The whole number that a text has for the group of a letter; another one where its form has no such group."""
    if letter not in form.groups:
        return str(other)
    return f"TRY_CAST(CONCAT('0', COALESCE({_found(text, form, letter)}, '')) AS INTEGER)"


def _found(text: str, form: _Form, letter: str) -> str:
    return f"FOUND({text}, {literal(form.pattern)}, {form.groups[letter]})"


def _year(text: str, form: _Form) -> str:
    if "Y" in form.groups:
        return _number(text, form, "Y")
    short = _number(text, form, "y")
    return f"({short} + CASE WHEN {short} < 69 THEN 2000 ELSE 1900 END)"


def _month(text: str, form: _Form) -> str:
    name = next((letter for letter in "Bb" if letter in form.groups), None)
    if name is None:
        return _number(text, form, "m", 1)
    numbers = " ".join(f"WHEN '{month}' THEN {at}" for at, month in enumerate(_MONTHS, 1))
    return f"CASE LOWER(SUBSTRING({_found(text, form, name)}, 1, 3)) {numbers} END"


def _micros(text: str, form: _Form) -> str:
    hour = _number(text, form, "H")
    if "I" in form.groups:
        afternoon = f"CASE WHEN LOWER({_found(text, form, 'p')}) = 'pm' THEN 12 ELSE 0 END"
        hour = f"(MOD({_number(text, form, 'I')}, 12) + {afternoon})"
    seconds = f"({hour} * 3600 + {_number(text, form, 'M')} * 60 + {_number(text, form, 'S')})"
    fraction = "0"
    if "f" in form.groups:
        digits = f"REPLACE(COALESCE({_found(text, form, 'f')}, ''), '.', '')"
        digits = f"SUBSTRING(CONCAT({digits}, '000000'), 1, 6)"
        fraction = f"TRY_CAST({digits} AS INTEGER)"
    return f"(CAST({seconds} AS BIGINT) * 1000000 + {fraction})"


_PARTS = {"year": _year, "month": _month, "day": lambda text, form: _number(text, form, "d", 1), "micros": _micros}


def _rolled(read: Mapping[str, str], sheet: Sheet) -> dict[str, str]:
    """The same, and where a clock shows 24:00 the next day's midnight."""
    year, month, day, micros = read.values()
    last = sheet.keep(_last(year, month))
    is_over, is_last = f"{micros} = {_DAY_LONG}", f"{micros} = {_DAY_LONG} AND {day} = {last}"
    rolled = {
        "year": f"CASE WHEN {is_last} AND {month} = 12 THEN {year} + 1 ELSE {year} END",
        "month": f"CASE WHEN {is_last} THEN MOD({month}, 12) + 1 ELSE {month} END",
        "day": f"CASE WHEN {is_last} THEN 1 WHEN {day} < {last} AND {is_over} THEN {day} + 1 ELSE {day} END",
        "micros": f"CASE WHEN {is_over} THEN 0 ELSE {micros} END",
    }
    return {part: sheet.keep(value) for part, value in rolled.items()}


def _last(year: str, month: str) -> str:
    """The last day of a month."""
    is_leap = f"(MOD({year}, 4) = 0 AND MOD({year}, 100) <> 0 OR MOD({year}, 400) = 0)"
    return (
        f"CASE WHEN {month} = 2 AND {is_leap} THEN 29 WHEN {month} = 2 THEN 28"
        f" WHEN {month} IN (4, 6, 9, 11) THEN 30 ELSE 31 END"
    )


def _days(year: str, month: str, day: str) -> str:
    """Whole days since 1970-01-01 of a day that there is, else NULL.

    Years begin in March, so that the day that only some of them have is their last (Hinnant, "chrono-compatible
    low-level date algorithms", 2013).
    """
    begun = f"({year} - CASE WHEN {month} < 3 THEN 1 ELSE 0 END)"
    years = f"{begun} * 365 + FLOOR({begun} / 4e0) - FLOOR({begun} / 100e0) + FLOOR({begun} / 400e0)"
    months = f"FLOOR((153 * MOD({month} + 9, 12) + 2) / 5e0)"
    return f"CASE WHEN {day} <= {_last(year, month)} THEN CAST({years} + {months} + {day} - 719469 AS BIGINT) END"


def _form(format_: str) -> _Form:
    """The form of a format that strptime reads."""
    tokens = re.findall(r"%.|[^%]", format_)
    pattern, count, groups = f"{_SPACE}*", 0, dict[str, int]()
    for token, after in zip(tokens, [*tokens[1:], ""], strict=True):
        if token[0] != "%":
            pattern += _PLAIN.get(token, token)
            continue
        count += 1
        groups[token[1]] = count
        # Where numbers touch, all but the last have all their digits.
        pattern += _WHOLE[token] if token in _WHOLE and after in _WHOLE else _READ[token]
    return _Form(f"{pattern}{_SPACE}*", groups)


def _any_case(names: Sequence[str]) -> str:
    spelt = ("".join(f"[{letter.upper()}{letter}]" for letter in name) for name in names)
    return f"({'|'.join(spelt)})"


_PLAIN = {" ": f"{_SPACE}+", ".": "[.]"}
_HOUR, _MONTH, _DAY = "([01]?[0-9]|2[0-3])", "(0?[1-9]|1[0-2])", "(0?[1-9]|[12][0-9]|3[01])"
_READ = {
    "%Y": "([0-9]{1,4})",
    "%y": "([0-9]{1,2})",
    "%m": _MONTH,
    "%d": _DAY,
    "%H": _HOUR,
    "%I": _MONTH,
    "%M": _SIXTY,
    "%S": _SIXTY,
    "%f": "([0-9]{1,6})",
    "%p": "([AaPp][Mm])",
    "%B": _any_case(_NAMES.split()),
    "%b": _any_case(_MONTHS),
    "%A": _any_case(_WEEKDAYS.split()),
    "%a": _any_case([day[:3] for day in _WEEKDAYS.split()]),
}
_WHOLE = {"%Y": "([0-9]{4})", "%m": "(0[1-9]|1[0-2])", "%d": "(0[1-9]|[12][0-9]|3[01])"}

# What may stand behind a time of day in a point in time: a zone, which is not looked at.
_ZONE = rf"(Z{_SPACE}*|[+-][0-9]{{2}}(:?[0-9]{{2}}(:[0-9]{{2}})?)?{_SPACE}*| [A-Za-z0-9_/+:-]*{_SPACE}*)?"
_CLOCK = rf"0*{_HOUR}:{_SIXTY}(:{_SIXTY}([.][0-9]*)?)?"
_DATES = [rf"{_SPACE}*([0-9]{{1,5}}){sign}{_MONTH}{sign}{_DAY}" for sign in ("-", "/", " ", r"[\\]")]
_GAP = rf"[T \t\n\v\f\r]{_SPACE}*"
_END_OF_DAY = r"0*(24):00?(:00?([.]0*)?)?"
_ISO = [
    *(
        _Form(f"{date}({_GAP}{_CLOCK}{_ZONE})?", {"Y": 1, "m": 2, "d": 3, "H": 5, "M": 6, "S": 8, "f": 9})
        for date in _DATES
    ),
    *(_Form(f"{date}{_GAP}{_END_OF_DAY}{_ZONE}", {"Y": 1, "m": 2, "d": 3, "H": 4}) for date in _DATES),
]
# Behind the seconds of a time of day the database looks at nothing more.
_TIMES = [
    _Form(rf"{_SPACE}*0*{_HOUR}:{_SIXTY}", {"H": 1, "M": 2}),
    _Form(rf"{_SPACE}*0*{_HOUR}:{_SIXTY}:([0-5][0-9])([.][0-9]*)?[^\f]*", {"H": 1, "M": 2, "S": 3, "f": 4}),
    _Form(rf"{_SPACE}*0*{_HOUR}:{_SIXTY}:([0-9])([.][0-9]*)?([^0-9][^\f]*)?", {"H": 1, "M": 2, "S": 3, "f": 4}),
    _Form(rf"{_SPACE}*{_END_OF_DAY}", {"H": 1}),
]
