"""Whether rows are a log in time, told by columns that never fall from row to row."""

import re
from collections.abc import Sequence

from sqlml.prep.ask import WIDTH, Ask, chunks, texts
from sqlml.prep.kind import Kind, kind
from sqlml.prep.partition import HELD_OUT, labelled, parts
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column

# A log in time has so many rows and so many different moments, of which hardly any is unknown.
_LEAST_ROWS, _LEAST_MOMENTS, _KNOWN = 100, 20, 0.99
# Most tables that are no log show it in so many rows.
_GLANCE = 1_000
# What a year is called, and the least and the greatest number of a quarter, a month, a week or a day in it.
_YEAR = frozenset("year yr yyyy jahr jaar år année annee an año ano anno rok год 年 연도 वर्ष سنة".split())
_IN_A_YEAR = (0, 366)
# A year, a month and a day.
_MOST_COLUMNS = 3

# Columns that tell the time together, the one that changes least first.
_Time = tuple[Column, ...]


def in_time_order(ask: Ask, relation: str, columns: Sequence[Column], target: Target, order: str = "rowid") -> _Time:
    """What tells that rows are in the order of time, that of the column `order`; nothing where they are no log.

    It is the first date or point in time that never falls from row to row, or a year with a number in it, as its month,
    that never falls but with the next year. The rows are no log where these are unknown in more than a few labelled
    rows or have but a handful of values, where the rows are too few, or where the last of them have a class that none
    before them has.
    """
    if target.rows < _LEAST_ROWS:
        return ()
    moments = [(column,) for column in columns if kind(column.type) in (Kind.DATE, Kind.MOMENT)]
    glance = f"{labelled(relation, target)} AND r.{order} < {_GLANCE}"
    for time in _rising(ask, glance, moments, order):
        if _tells(ask, relation, target, order, time):
            return time
    calendar = _calendar(ask, relation, [column for column in columns if column != target.column], target, order)
    return calendar if len(calendar) > 1 and _tells(ask, relation, target, order, calendar) else ()


def _tells(ask: Ask, relation: str, target: Target, order: str, time: _Time) -> bool:
    source, value = labelled(relation, target), _value(time)
    rows, known, moments = texts(ask, ["count(*)", f"count({value})", f"count(DISTINCT {value})"], source)
    if int(known or 0) < _KNOWN * int(rows or 0) or int(moments or 0) < _LEAST_MOMENTS:
        return False
    return bool(_rising(ask, source, [time], order)) and _is_known_before(ask, relation, target, order)


def _calendar(ask: Ask, relation: str, columns: Sequence[Column], target: Target, order: str) -> _Time:
    """A year, and what tells the time within it, each of which never falls but where one before it rises."""
    whole = [column for column in columns if kind(column.type) is Kind.INTEGER]
    years = [(column,) for column in whole if _YEAR & set(re.findall(r"[^\W\d_]+", column.name.casefold()))]
    glance, source = f"{labelled(relation, target)} AND r.{order} < {_GLANCE}", labelled(relation, target)
    found = next(iter(_rising(ask, source, _rising(ask, glance, years, order), order)), ())
    while 0 < len(found) < _MOST_COLUMNS:
        longer = [(*found, column) for column in whole if column not in found]
        longer = _rising(ask, source, _rising(ask, glance, longer, order), order)
        finest = _finest(ask, source, [found, *longer])
        if finest == found:
            break
        found = finest
    return found


def _rising(ask: Ask, source: str, times: Sequence[_Time], order: str) -> list[_Time]:
    """Those that never fall from row to row."""
    found = []
    for some in chunks(times, WIDTH):
        pairs = [
            f"{_value(time)} AS c{at}, lag({_value(time)} IGNORE NULLS) OVER (ORDER BY r.{order} ASC) AS p{at}"
            for at, time in enumerate(some)
        ]
        rise = [f"coalesce(bool_and(c{at} >= p{at}), true)" for at in range(len(some))]
        answers = texts(ask, rise, f"(SELECT {', '.join(pairs)} FROM {source})")
        found += [time for time, answer in zip(some, answers, strict=True) if answer == "true"]
    return found


def _finest(ask: Ask, source: str, times: Sequence[_Time]) -> _Time:
    """The one of most different moments, the first of equals; of those whose last column is a number in a year."""
    least, greatest = _IN_A_YEAR
    asked = [
        f"CASE WHEN min({_name(time[-1])}) >= {least} AND max({_name(time[-1])}) <= {greatest} OR {len(time) == 1}"
        f" THEN count(DISTINCT {_value(time)}) END"
        for time in times
    ]
    counts = [int(count or 0) for count in texts(ask, asked, source)]
    return times[counts.index(max(counts))]


def _name(column: Column) -> str:
    return f"r.{identifier(column.name)}"


def _value(time: _Time) -> str:
    """SQL: the moment of a row, NULL where a part of it is."""
    first, *rest = map(_name, time)
    known = " AND ".join(f"{name} IS NOT NULL" for name in (first, *rest))
    return f"CASE WHEN {known} THEN row({', '.join((first, *rest))}) END" if rest else first


def _is_known_before(ask: Ask, relation: str, target: Target, order: str) -> bool:
    """Whether the rows that would not be held out have every class, so that all of them can be learnt."""
    if not target.task.classifies:
        return True
    split = (
        f"({parts(relation, target, 0, order, folds=1, ordered=True)}) AS s JOIN {relation} AS r ON r.{order} = s.row"
    )
    found = texts(ask, [f"count(DISTINCT {target.label('r')})"], f"{split} WHERE s.part <> {HELD_OUT}")
    return found == [str(len(target.classes))]
