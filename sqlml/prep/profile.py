"""What the columns of the training rows hold: exact statistics, the same on any number of threads."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlml.prep.ask import WIDTH, Ask, chunks, exact, facts, stacked, texts
from sqlml.prep.kind import TEXTS, Kind, kind
from sqlml.prep.nan import WithoutNan
from sqlml.prep.steps.text import gaps
from sqlml.quote import identifier
from sqlml.schema import Column

# A category has at most this many levels, and longer texts are no level.
MOST_LEVELS = 255
_LONGEST_LEVEL = 200
# Text is numbers when this share of it is, in more than so many different values; of so many words it is sentences.
_NUMERAL, _HANDFUL, _SENTENCE = 0.95, 10, 3
# At most so many values of text columns are counted in one SELECT.
_VALUES = 10_000_000
_EXTREMES, _DIFFERENT = ("count({})", "min({})", "max({})"), "approx_count_distinct({})"


@dataclass(frozen=True)
class Words:
    """What the `rows` of a text column hold that are not NULL.

    `numerals` counts the rows that spell a number and `wholes` those that spell a whole one, in `numbers` different
    texts; `spaces` are counted in all rows, as are the
    letters of scripts that part no words. `levels` are the texts seen twice or more, commonest first, ties by text.
    """

    rows: int
    distinct: int
    numerals: int
    wholes: int
    numbers: int
    spaces: int
    levels: tuple[tuple[str, int], ...]

    @property
    def spell_numbers(self) -> bool:
        """Whether the text is to be read as numbers."""
        return self.numbers > _HANDFUL and self.numerals >= _NUMERAL * self.rows

    @property
    def are_sentences(self) -> bool:
        """Whether the text is of several words on average."""
        return self.spaces + self.rows >= _SENTENCE * self.rows


@dataclass(frozen=True)
class Profile:
    """What one column holds.

    `present` counts the rows that are neither NULL nor NaN; `low` and `high` are the extremes among them, as text;
    `distinct` is approximate, except of text, and `words` is exact. `is_tagged` says that it is a list of tags.
    """

    column: Column
    rows: int
    present: int = 0
    low: str | None = None
    high: str | None = None
    distinct: int = 0
    words: Words | None = None
    is_tagged: bool = False

    @property
    def kind(self) -> Kind:
        return kind(self.column.type)

    @property
    def is_constant(self) -> bool:
        """Whether every row has one and the same value."""
        only = self.words.distinct == 1 if self.words else self.low == self.high
        return only and self.present == self.rows


def profile(ask: Ask, relation: str, columns: Sequence[Column]) -> list[Profile]:
    """A profile of each column over the rows of `relation`, in their order.

    Of nested columns, other than lists of texts, only how many rows there are.
    """
    rows = int(texts(ask, ["count(*)"], f"{relation} AS r")[0] or 0)
    found = {column.name: Profile(column, rows) for column in columns}
    unordered = (Kind.TEXT, Kind.NESTED)
    ordered = [column for column in columns if column.type == TEXTS or kind(column.type) not in unordered]
    wholes = [column for column in ordered if kind(column.type) is Kind.INTEGER]
    others = [column for column in ordered if kind(column.type) is not Kind.INTEGER]
    for group, asked in ((wholes, [*_EXTREMES, _DIFFERENT]), (others, _EXTREMES)):
        values = [(_value(column), column.type) for column in group]
        answers = facts(ask, values, asked, relation, rows)
        for column, (present, low, high, *rest) in zip(group, answers, strict=True):
            different = int(rest[0] or 0) if rest else 0
            found[column.name] = Profile(column, rows, int(present or 0), low, high, different)
    text = [column for column in columns if kind(column.type) is Kind.TEXT]
    for some in chunks(text, max(1, min(WIDTH, _VALUES // max(rows, 1)))):
        for column, words in zip(some, _words(ask, relation, some), strict=True):
            found[column.name] = Profile(column, rows, words.rows, distinct=words.distinct, words=words)
    return list(found.values())


def _value(column: Column) -> str:
    value = f"r.{identifier(column.name)}"
    return WithoutNan(value, column.type) if kind(column.type) is Kind.REAL else value


def _words(ask: Ask, relation: str, columns: Sequence[Column]) -> list[Words]:
    counts: dict[int, list[int]] = {}
    levels: dict[int, list[tuple[str, int]]] = {place: [] for place in range(len(columns))}
    for row in ask(_levels(relation, columns)).to_pylist():
        if row["level"] is None:
            counts[row["place"]] = [int(number or 0) for number in row["counts"]]
        else:
            levels[row["place"]].append((row["level"], int(row["counts"][0])))
    return [_counted(column, counts.get(place, [0] * 6), levels[place]) for place, column in enumerate(columns)]


def _counted(column: Column, counts: Sequence[int], levels: Sequence[tuple[str, int]]) -> Words:
    rows, distinct, numerals, wholes, numbers, spaces_ = counts
    # Only plain text spells numbers; an ENUM, a UUID or bits may look like some.
    if column.type != "VARCHAR":
        numerals = wholes = numbers = 0
    ordered = tuple(sorted(levels, key=lambda pair: (-pair[1], pair[0])))
    return Words(rows, distinct, numerals, wholes, numbers, spaces_, ordered)


def _levels(relation: str, columns: Sequence[Column]) -> str:
    """SQL: of each column, by its place, one row of counts, and a row for each of its commonest levels."""
    long = stacked([f"CAST(r.{identifier(column.name)} AS VARCHAR)" for column in columns], f"{relation} AS r")
    return (
        "WITH seen AS MATERIALIZED (SELECT place, level, count(*) AS n FROM"
        f" (SELECT place, {exact('value')} AS level FROM {long})"
        " WHERE level IS NOT NULL GROUP BY place, level),"
        " measured AS (SELECT *, CAST(isfinite(number) AS INTEGER) AS is_number,"
        " CAST(isfinite(number) AND number = trunc(number) AS INTEGER) AS is_whole"
        " FROM (SELECT *, TRY_CAST(level AS DOUBLE) AS number FROM seen))"
        " SELECT place, NULL AS level, [sum(n), count(*), sum(n * is_number), sum(n * is_whole), sum(is_number),"
        f" sum(n * {gaps('level')})]::HUGEINT[] AS counts FROM measured GROUP BY place"
        f" UNION ALL (SELECT place, level, [n]::HUGEINT[] FROM seen WHERE n >= 2 AND length(level) <= {_LONGEST_LEVEL}"
        f" QUALIFY row_number() OVER (PARTITION BY place ORDER BY n DESC, level ASC) <= {MOST_LEVELS})"
    )
