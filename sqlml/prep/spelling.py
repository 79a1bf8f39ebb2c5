"""Text that spells dates, times of day or amounts: which spelling a column keeps to, by all its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlml.diagnostics import Notice
from sqlml.prep.ask import WIDTH, Ask, chunks, texts
from sqlml.prep.steps.problems import TextReadAsDates
from sqlml.prep.taken import AMOUNTS, WAYS, Taken, Way, reference, source, take
from sqlml.quote import identifier, literal
from sqlml.schema import Column

# Text keeps to a spelling when this share of it does, in more than so many different values.
_NEARLY_ALL, _HANDFUL = 0.95, 10
# Most text shows in so many rows that it spells nothing of the kind. So few show in which order dates have their day
# and their month, and so many with which times of day they come.
_GLANCE, _FEW, _LOOK = 300, 100, 1_000
# What stands for a missing value: neither date nor number, and no reason not to read the others.
_BLANK = ["", "-", "--", ".", "?", "na", "n/a", "nan", "nat", "nil", "none", "null", "missing", "unknown"]

# What may be a date: up to three numbers, or two and the name of a month, and perhaps a time behind.
_DATE = (
    r"\s*([A-Za-z]{3,9},?\s+)?([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9]{8}|[0-9]{4}-[0-9]{2}|[0-9]{1,2}/[0-9]{4}"
    r"|[0-9]{1,2}\.?[- ]?[A-Za-z]{3,9}[-, ]*[0-9]{2,4}|[A-Za-z]{3,9}[- ]([0-9]{1,2},?\s+)?[0-9]{2,4})([T ].{1,30})?"
)
_CLOCK = r"\s*[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*"

# In order of preference where several read as many: `05/01/2013` is in May, `05.01.2013` in January.
_DAYS = (
    *("%Y.%m.%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m.%d.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%d/%m"),
    *("%Y-%d-%m", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y"),
    *("%b %d %Y", "%d %B %Y", "%d %b %Y", "%d. %B %Y", "%d-%b-%Y", "%d-%b-%y", "%d%b%Y", "%b-%Y", "%b %Y", "%B %Y"),
    *("%b-%y", "%Y-%m", "%m/%Y", "%a %d %b %Y", "%a, %d %b %Y", "%A, %B %d, %Y", "%a %b %d %Y"),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p")
# Years beyond these are hardly meant.
_YEARS = (1000, 2999)


@dataclass(frozen=True)
class _Spelling:
    """One way to spell: the value it makes, of which type, and how."""

    type: str
    path: tuple[Way, ...]

    def read(self, column: Column) -> Taken:
        return take(column, column.name, self.type, *self.path)

    def value(self, value: str) -> str:
        for way, *arguments in self.path:
            value = WAYS[way](value, *arguments)
        if self.type == "DOUBLE":
            return f"CASE WHEN isfinite({value}) THEN {value} END"
        if self.type == "TIMESTAMP":
            low, high = _YEARS
            return f"CASE WHEN year({value}) BETWEEN {low} AND {high} THEN {value} END"
        return value


_ISO = _Spelling("TIMESTAMP", (("cast", "TIMESTAMP"),))
_TIME = _Spelling("TIME", (("cast", "TIME"),))
_NUMBER = _Spelling("DOUBLE", (("cast", "DOUBLE"),))
_AMOUNTS = [_Spelling("DOUBLE", (("amount", point),)) for point in AMOUNTS]


@dataclass(frozen=True)
class Spelt:
    """Columns, those that spell something as what they spell; which of them spell amounts, and what is said."""

    columns: list[Column]
    amounts: list[str]
    notices: list[Notice]


def read(ask: Ask, relation: str, columns: Sequence[Column]) -> Spelt:
    """`columns` with a date, a time or a number in place of each text column that nearly always spells one.

    Plain numbers stay text, which the step for numbers reads itself, unless many blanks are among them.
    """
    found: dict[str, Taken] = {}
    notices: list[Notice] = []
    for column, spellings in _candidates(ask, relation, columns):
        chosen = _chosen(ask, relation, column, spellings)
        if chosen is None:
            continue
        found[column.name] = chosen.read(column)
        if chosen.type in ("DATE", "TIMESTAMP"):
            notices.append(_said(ask, relation, column, found[column.name]))
    amounts = [column.name for column in columns if column.name in found and found[column.name].type == "DOUBLE"]
    return Spelt([found.get(column.name, column) for column in columns], amounts, notices)


def _candidates(ask: Ask, relation: str, columns: Sequence[Column]) -> Iterator[tuple[Column, list[_Spelling]]]:
    """The text columns that may spell something, and how."""
    text = [column for column in columns if column.type == "VARCHAR"]
    dates = []
    for column, share in _shares(ask, relation, text):
        if share["dates"] >= _NEARLY_ALL:
            dates.append(column)
        elif share["times"] >= _NEARLY_ALL:
            yield column, [_TIME]
        elif share["numbers"] < _NEARLY_ALL and share["amounts"] >= _NEARLY_ALL:
            yield column, [_NUMBER, *_AMOUNTS]
    for some in chunks(dates, WIDTH):
        yield from zip(some, _date_spellings(ask, relation, some), strict=True)


def _shares(ask: Ask, relation: str, columns: Sequence[Column]) -> Iterator[tuple[Column, dict[str, float]]]:
    """What shares of the first values that are no blanks may be what; of `numbers` among all values."""
    amount = " OR ".join(f"regexp_full_match(value, {literal(pattern)})" for pattern in AMOUNTS.values())
    tests = {
        "dates": f"regexp_full_match(value, {literal(_DATE)})",
        "times": f"regexp_full_match(value, {literal(_CLOCK)})",
        "amounts": f"{amount} OR isfinite(TRY_CAST(value AS DOUBLE))",
    }
    counts = ", ".join(f"count(CASE WHEN {test} THEN 1 END) / count(*) AS {name}" for name, test in tests.items())
    numbers = "count(CASE WHEN isfinite(TRY_CAST(value AS DOUBLE)) THEN 1 END) / any_value(known) AS numbers"
    for part in chunks(columns, WIDTH):
        values = _stacked(relation, _GLANCE, part)
        known = f"(SELECT *, count(*) OVER (PARTITION BY place) AS known FROM {values} WHERE value IS NOT NULL)"
        rows = ask(f"SELECT place, {counts}, {numbers} FROM {known} WHERE NOT {_is_blank('value')} GROUP BY place")
        for row in sorted(rows.to_pylist(), key=lambda row: row["place"]):
            yield part[row.pop("place")], row


def _stacked(relation: str, rows: int, columns: Sequence[Column]) -> str:
    """SQL: the values of the columns in the first rows, each with its column's place."""
    # Named one by one, as to expand a star of thousands of columns takes long.
    names = ", ".join(dict.fromkeys(identifier(source(column).name) for column in columns))
    values = ", ".join(reference(column, "r") for column in columns)
    stacked = f"SELECT unnest(range({len(columns)})) AS place, unnest([{values}]) AS value"
    return f"({stacked} FROM (SELECT {names} FROM {relation} LIMIT {rows}) AS r)"


def _is_blank(value: str) -> str:
    return f"lower(trim({value})) IN ({', '.join(map(literal, _BLANK))})"


def _date_spellings(ask: Ask, relation: str, columns: Sequence[Column]) -> list[list[_Spelling]]:
    """The ways to read each column's dates, by the formats that some of its first values keep to."""
    days = [[day + clock for clock in _CLOCKS] for day in _DAYS]
    likely = _counts(ask, relation, _FEW, columns, [_ISO.value("value"), *(_try("value", formats) for formats in days)])
    found = []
    for column, (iso, *counts) in zip(columns, likely, strict=True):
        formats = [format_ for day, count in zip(days, counts, strict=True) if count for format_ in day]
        (used,) = _counts(ask, relation, _LOOK, [column], [_try("value", [format_]) for format_ in formats] or ["NULL"])
        kept = {format_ for format_, count in zip(formats, used, strict=False) if count}
        spellings = [_by_day([format_ for format_ in day if format_ in kept]) for day in days]
        found.append([_ISO] * (iso > 0) + [spelling for spelling in spellings if spelling])
    return found


def _counts(ask: Ask, relation: str, first: int, columns: Sequence[Column], values: Sequence[str]) -> list[list[int]]:
    """For each column, in how many of the first rows each expression over its `value` is not NULL."""
    counts = ", ".join(f"count({value})" for value in values)
    rows = ask(
        f"SELECT place, [{counts}] AS counts FROM {_stacked(relation, first, columns)} GROUP BY place"
    ).to_pylist()
    found = {row["place"]: row["counts"] for row in rows}
    return [found.get(at, [0] * len(values)) for at in range(len(columns))]


def _try(value: str, formats: Sequence[str]) -> str:
    return WAYS["moment"](value, "TIMESTAMP", *formats)


def _by_day(formats: Sequence[str]) -> _Spelling | None:
    """The spelling of one order of day, month and year, with and without the times of day that are used."""
    return _Spelling("TIMESTAMP", (("moment", "TIMESTAMP", *formats),)) if formats else None


def _chosen(ask: Ask, relation: str, column: Column, spellings: Sequence[_Spelling]) -> _Spelling | None:
    """The spelling that reads most values, the first of several; None where it does not read nearly all."""
    if not spellings:
        return None
    value = reference(column, "r")
    values = f"SELECT {value} AS value, count(*) AS n FROM {relation} AS r WHERE {value} IS NOT NULL GROUP BY 1"
    readings = [f"{spelling.value('value')} AS v{at}" for at, spelling in enumerate(spellings)]
    read = f"(SELECT n, {', '.join(readings)} FROM ({values}) WHERE NOT {_is_blank('value')})"
    facts = ["sum(n)", *(f"sum(CASE WHEN v{at} IS NULL THEN 0 ELSE n END)" for at in range(len(spellings)))]
    known, *counts = (int(fact or 0) for fact in texts(ask, facts, read))
    if max(counts) < _NEARLY_ALL * known:
        return None
    at = counts.index(max(counts))
    chosen = spellings[at]
    is_day = f"bool_and(v{at} = date_trunc('day', v{at}))" if chosen.type == "TIMESTAMP" else "false"
    distinct, whole = texts(ask, [f"count(DISTINCT v{at})", is_day], read)
    if int(distinct or 0) <= _HANDFUL:
        return None
    return _Spelling("DATE", (*chosen.path, ("cast", "DATE"))) if whole == "true" else chosen


def _said(ask: Ask, relation: str, column: Column, taken: Taken) -> TextReadAsDates:
    """By the example of the latest day of a month, which shows what is the day."""
    text, value = reference(column, "r"), reference(taken, "r")
    by = f"struct_pack(day := day({value}), spelt := {text})"
    latest = [f"arg_max({shown}, {by})" for shown in (text, value)]
    example = texts(ask, latest, f"{relation} AS r WHERE {value} IS NOT NULL")
    return TextReadAsDates(column.name, example[0] or "", example[1] or "")
