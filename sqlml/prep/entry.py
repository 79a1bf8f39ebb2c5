"""How the values of columns enter a graph: which numbers or texts stand for them, and which are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlml.prep.ask import Ask
from sqlml.prep.kind import TEXTS, Kind, kind
from sqlml.prep.steps.moment import ENDLESS_DAYS, ENDLESS_MICROS, elapsed
from sqlml.prep.steps.tags import BETWEEN
from sqlml.prep.taken import Taken, reference, source
from sqlml.schema import Column

if TYPE_CHECKING:
    from sqlml.model.draft import Draft, Value
    from sqlml.prep.step import Read

# Types of whole numbers that have room for more than the 64 bits that enter.
WIDE = ("UBIGINT", "HUGEINT", "UHUGEINT", "BIGNUM")

Enters = Literal["BOOL", "INT64", "FLOAT", "DOUBLE", "STRING"]


@dataclass(frozen=True)
class Given:
    """A column's value as it entered a graph, (rows, 1), and whether it is missing; `ask` is for the database."""

    value: "Value"
    missing: "Value"
    ask: Ask

    def feature(self, value: "Value") -> "Value":
        """`value` as FLOAT, NaN where the column has none."""
        return value.single().missing_where(self.missing)


@dataclass(frozen=True)
class Entry:
    """A column as an input of a graph: its `name` there, its type, and in `words` what stands for its values."""

    column: Column
    name: str
    enters: Enters
    words: str

    @property
    def is_taken(self) -> bool:
        """Whether it is read out of a column, so that the column itself is not what enters."""
        return isinstance(self.column, Taken)

    @property
    def source(self) -> Column:
        """The column of the query that has it."""
        return source(self.column)

    def sql(self, row: str) -> str:
        """SQL: what enters for a row; NULL where it is missing."""
        return _entered(self.column.type, reference(self.column, row))


_OF_KIND: dict[Kind, tuple[Enters, str]] = {
    Kind.BOOLEAN: ("BOOL", "true or false"),
    Kind.INTEGER: ("INT64", "the number"),
    Kind.DECIMAL: ("DOUBLE", "the number"),
    Kind.REAL: ("DOUBLE", "the number"),
    Kind.TEXT: ("STRING", "the text"),
    Kind.DATE: ("INT64", f"days since 1970-01-01; infinity is {ENDLESS_DAYS}, -infinity -{ENDLESS_DAYS}"),
    Kind.MOMENT: (
        "INT64",
        f"microseconds since 1970-01-01 00:00 UTC; infinity is {ENDLESS_MICROS}, -infinity -{ENDLESS_MICROS}",
    ),
    Kind.TIME: ("DOUBLE", "seconds since midnight"),
    Kind.INTERVAL: ("DOUBLE", "seconds, as the function epoch() counts them"),
}
_OF_TYPE: dict[str, tuple[Enters, str]] = {
    "FLOAT": ("FLOAT", "the number"),
    TEXTS: ("STRING", f"the texts of the list, with the character U+{ord(BETWEEN):04X} between two of them"),
}


def entries(columns: Sequence[Column]) -> list[Entry]:
    """How each of `columns` enters a graph; each has a name that no other has."""
    names: set[str] = set()
    found = []
    for column in columns:
        name, count = column.name, 1
        while name in names:
            count += 1
            name = f"{column.name} ({count})"
        names.add(name)
        found.append(Entry(column, name, *(_OF_TYPE.get(column.type) or _OF_KIND[kind(column.type)])))
    return found


def is_missing(entries: Sequence[Entry]) -> str:
    """The name of the input that tells what is missing, which no other has."""
    names, name = {entry.name for entry in entries}, "is_missing"
    while name in names:
        name += "_"
    return name


def enter(draft: "Draft", entries: Sequence[Entry], ask: Ask) -> "Read":
    """Makes the inputs of a graph; returns what gives a column's value there."""
    import numpy as np

    from sqlml.model.draft import INPUTS, TRUTH

    values = [draft.input(entry.name, INPUTS[entry.enters], entry.words) for entry in entries]
    name, about = is_missing(entries), "which inputs of a row are NULL, in the order of the inputs; none, if not given"
    missing = draft.input(name, TRUTH, about, ["rows or 1", len(entries)])
    draft.assumed(name, np.zeros((1, len(entries)), bool))
    given = {}
    for place, (entry, value) in enumerate(zip(entries, values, strict=True)):
        nothing = missing.column(place).at(1)
        if entry.enters in ("FLOAT", "DOUBLE"):
            nothing |= value.at(1).is_nan()
        given[entry.column] = Given(value.at(1), nothing, ask)
    return given.__getitem__


def _held(type_: str, value: str) -> str:
    """A whole number of any size, at the ends of BIGINT where it is beyond."""
    # To cast a BIGNUM that is beyond fails even where one only tries.
    tried = f"TRY_CAST({f'CAST({value} AS VARCHAR)' if type_ == 'BIGNUM' else value} AS BIGINT)"
    end = f"CASE WHEN {value} > '0'::{type_} THEN {2**63 - 1} WHEN {value} IS NOT NULL THEN {-(2**63)} END"
    return f"coalesce({tried}, {end})"


def _entered(type_: str, value: str) -> str:
    match kind(type_):
        case Kind.INTEGER:
            return _held(type_, value) if type_ in WIDE else f"CAST({value} AS BIGINT)"
        case Kind.DECIMAL:
            return f"CAST({value} AS DOUBLE)"
        case Kind.DATE:
            return elapsed(type_, value)
        case Kind.MOMENT:
            later = f"{value} > '1970-01-01 00:00:00+00'::{type_}"
            endless = f"CASE WHEN {later} THEN {ENDLESS_MICROS} WHEN {value} IS NOT NULL THEN -{ENDLESS_MICROS} END"
            return f"coalesce({elapsed(type_, value)}, {endless})"
        case Kind.TIME | Kind.INTERVAL:
            return f"epoch({value})"
        case Kind.TEXT:
            return f"CAST({value} AS VARCHAR)"
        case Kind.NESTED:
            joined = f"array_to_string({value}, chr({ord(BETWEEN)}))"
            return f"coalesce({joined}, CASE WHEN {value} IS NOT NULL THEN '' END)"
        case _:
            return value
