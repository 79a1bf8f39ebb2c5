"""What the columns of the training rows hold: exact statistics, the same on any number of threads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlml.prep.ask import Ask, chunks, texts
from sqlml.prep.kind import Kind, kind
from sqlml.prep.steps.shape import spaces
from sqlml.quote import identifier
from sqlml.schema import Column

# A category has at most this many levels, and longer texts are no level.
MOST_LEVELS = 255
_LONGEST_LEVEL = 200
# Text is numbers when this share of it is, in more than so many different values; of so many words it is sentences.
_NUMERAL, _HANDFUL, _SENTENCE = 0.95, 10, 3
# Text columns looked at in one SELECT.
_TOGETHER = 20


@dataclass(frozen=True)
class Words:
    """What the `rows` of a text column hold that are not NULL.

    `numerals` counts the rows that spell a number and `wholes` those that spell a whole one, in `numbers` different
    texts; `spaces` are counted in all rows. `levels` are the texts seen twice or more, commonest first, ties by text.
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
    `distinct` is approximate, and `words` exact.
    """

    column: Column
    rows: int
    present: int = 0
    low: str | None = None
    high: str | None = None
    distinct: int = 0
    words: Words | None = None

    @property
    def kind(self) -> Kind:
        return kind(self.column.type)

    @property
    def is_constant(self) -> bool:
        """Whether every row has one and the same value."""
        only = self.words.distinct == 1 if self.words else self.low == self.high
        return only and self.present == self.rows


def profile(ask: Ask, relation: str, columns: Sequence[Column]) -> list[Profile]:
    """A profile of each column over the rows of `relation`, in their order; of nested ones only how many rows."""
    rows = int(texts(ask, ["count(*)"], f"{relation} AS r")[0] or 0)
    flat = [column for column in columns if kind(column.type) is not Kind.NESTED]
    found = {column.name: Profile(column, rows) for column in columns}
    facts = texts(ask, [fact for column in flat for fact in _facts(column)], f"{relation} AS r")
    for at, column in enumerate(flat):
        present, low, high, distinct = facts[4 * at : 4 * at + 4]
        found[column.name] = Profile(column, rows, int(present or 0), low, high, int(distinct or 0))
    text = [column for column in flat if kind(column.type) is Kind.TEXT and found[column.name].present]
    for some in chunks(text, _TOGETHER):
        for column, words in zip(some, _words(ask, relation, some), strict=True):
            found[column.name] = replace(found[column.name], words=words)
    return list(found.values())


def _facts(column: Column) -> list[str]:
    value = f"r.{identifier(column.name)}"
    match kind(column.type):
        case Kind.TEXT:
            return [f"count({value})", "NULL", "NULL", "NULL"]
        case Kind.REAL:
            # Planning a thousand FILTER clauses takes seconds; NULLIF says the same.
            value = f"nullif({value}, 'NaN'::{column.type})"
            return [f"count({value})", f"min({value})", f"max({value})", "NULL"]
        case Kind.INTEGER:
            return [f"count({value})", f"min({value})", f"max({value})", f"approx_count_distinct({value})"]
        case _:
            return [f"count({value})", f"min({value})", f"max({value})", "NULL"]


def _words(ask: Ask, relation: str, columns: Sequence[Column]) -> list[Words]:
    selects = [_levels(relation, column, at) for at, column in enumerate(columns)]
    counts: dict[int, list[int]] = {}
    levels: dict[int, list[tuple[str, int]]] = {at: [] for at in range(len(columns))}
    for row in ask(" UNION ALL ".join(selects)).to_pylist():
        if row["level"] is None:
            counts[row["at"]] = [int(number or 0) for number in row["counts"]]
        else:
            levels[row["at"]].append((row["level"], int(row["counts"][0])))
    ordered = [sorted(levels[at], key=lambda pair: (-pair[1], pair[0])) for at in range(len(columns))]
    return [Words(*counts[at], levels=tuple(ordered[at])) for at in range(len(columns))]


def _levels(relation: str, column: Column, at: int) -> str:
    value = f"r.{identifier(column.name)}"
    # Only plain text spells numbers; an ENUM, a UUID or bits may look like some.
    number = "TRY_CAST(level AS DOUBLE)" if column.type == "VARCHAR" else "NULL::DOUBLE"
    return (
        f"(WITH seen AS MATERIALIZED (SELECT CAST({value} AS VARCHAR) AS level, count(*) AS n FROM {relation} AS r"
        f" WHERE {value} IS NOT NULL GROUP BY 1)"
        f" SELECT {at} AS at, NULL AS level, [sum(n), count(*), sum(n) FILTER (isfinite(number)),"
        f" sum(n) FILTER (isfinite(number) AND number = trunc(number)), count(*) FILTER (isfinite(number)),"
        f" sum(n * {spaces('level')})]::HUGEINT[] AS counts FROM (SELECT *, {number} AS number FROM seen)"
        f" UNION ALL (SELECT {at}, level, [n]::HUGEINT[] FROM seen WHERE n >= 2 AND length(level) <= {_LONGEST_LEVEL}"
        f" ORDER BY n DESC, level ASC LIMIT {MOST_LEVELS}))"
    )
