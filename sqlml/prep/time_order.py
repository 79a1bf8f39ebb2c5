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
# What a year is called in a column's name, and what a quarter, a month, a week or a day in it, which is such a number.
_YEAR = frozenset("year yr yyyy jahr jaar år année annee año anno rok год 年 연도 वर्ष سنة".split())
_IN_A_YEAR = (0, 366)
_WITHIN = frozenset(
    "quarter qtr quartal trimestre kwartaal month mnth mth mon mm monat mois mes mês mese maand måned miesiąc месяц 月"
    " week wk woche semaine semana settimana uke vecka неделя 週 周 day dy dd doy yday dayofyear tag jour día dia"
    " giorno dag dzień день 日 월 주 일".split()
)
# A year, a month and a day.
_MOST_COLUMNS = 3

# Columns that tell the time together, the one that changes least first.
_Time = tuple[Column, ...]


def in_time_order(ask: Ask, relation: str, columns: Sequence[Column], target: Target, order: str = "rowid") -> _Time:
    """What tells that rows are in the order of time, that of the column `order`; nothing where they are no log.

    It is the first date or point in time that never falls from row to row, or a year with its months, weeks or days, by
    their names, that fall with the next year alone. The rows are no log where these are unknown in more than a few
    labelled rows or have but a handful of values, where the rows are too few, or where the last of them have a class
    that none before them has.
    """
    if target.rows < _LEAST_ROWS:
        return ()
    source = labelled(relation, target)
    glance = f"{source} AND r.{order} < {_GLANCE}"
    moments = [(column,) for column in columns if kind(column.type) in (Kind.DATE, Kind.MOMENT)]
    told = (time for time in _rising(ask, glance, moments, order) if _is_told(ask, source, time))
    found = next((time for time in told if _rising(ask, source, [time], order)), ())
    found = found or _calendar(ask, source, glance, columns, order)
    return found if found and _is_known_before(ask, relation, target, order) else ()


def _is_told(ask: Ask, source: str, time: _Time) -> bool:
    """Whether hardly any moment is unknown, and they are more than a handful."""
    value = _value(time)
    rows, known, moments = texts(ask, ["count(*)", f"count({value})", f"count(DISTINCT {value})"], source)
    return int(known or 0) >= _KNOWN * int(rows or 0) and int(moments or 0) >= _LEAST_MOMENTS


def _calendar(ask: Ask, source: str, glance: str, columns: Sequence[Column], order: str) -> _Time:
    """A year, and what tells the time within it, each of which falls where one before it rises, and nowhere else."""
    whole = [(column, _words(column.name)) for column in columns if kind(column.type) is Kind.INTEGER]
    within = [column for column, words in whole if words & _WITHIN]
    longer: list[_Time] = [(column,) for column, words in whole if words & _YEAR]
    found: _Time = ()
    while longer and len(found) < _MOST_COLUMNS:
        rising = _rising(ask, source, _rising(ask, glance, longer, order), order)
        finest = _finest(ask, source, [found, *rising] if found else rising)
        if finest == found:
            break
        found = finest
        longer = [(*found, column) for column in within if column not in found]
    return found if len(found) > 1 and _is_told(ask, source, found) else ()


def _words(name: str) -> set[str]:
    """The words of a column's name: `order_year` and `OrderYear` have two."""
    return {word.casefold() for word in re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+", name)}


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
    """The one of most different moments, the first of equals; of several columns, the last is a number in a year."""
    least, greatest = _IN_A_YEAR
    asked = [
        f"CASE WHEN min({_name(time[-1])}) >= {least} AND max({_name(time[-1])}) <= {greatest} OR {len(time) == 1}"
        f" THEN count(DISTINCT {_value(time)}) END"
        for time in times
    ]
    counts = [int(count or 0) for count in texts(ask, asked, source)]
    return times[counts.index(max(counts))] if times else ()


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
