"""What a SQL type holds, as far as preparing it goes."""

from enum import StrEnum


class Kind(StrEnum):
    """A family of SQL types that are prepared alike."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    REAL = "real"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"
    INTERVAL = "interval"
    NESTED = "nested"

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL, Kind.REAL)


# A list of texts, which is prepared as tags.
TEXTS = "VARCHAR[]"

_KINDS = {
    "BOOLEAN": Kind.BOOLEAN,
    "TINYINT": Kind.INTEGER,
    "SMALLINT": Kind.INTEGER,
    "INTEGER": Kind.INTEGER,
    "BIGINT": Kind.INTEGER,
    "HUGEINT": Kind.INTEGER,
    "UTINYINT": Kind.INTEGER,
    "USMALLINT": Kind.INTEGER,
    "UINTEGER": Kind.INTEGER,
    "UBIGINT": Kind.INTEGER,
    "UHUGEINT": Kind.INTEGER,
    "BIGNUM": Kind.INTEGER,
    "DECIMAL": Kind.DECIMAL,
    "FLOAT": Kind.REAL,
    "DOUBLE": Kind.REAL,
    "DATE": Kind.DATE,
    "TIMESTAMP": Kind.MOMENT,
    "TIMESTAMP_S": Kind.MOMENT,
    "TIMESTAMP_MS": Kind.MOMENT,
    "TIMESTAMP_NS": Kind.MOMENT,
    "TIMESTAMP WITH TIME ZONE": Kind.MOMENT,
    "TIMESTAMPTZ_NS": Kind.MOMENT,
    "TIME": Kind.TIME,
    "TIME_NS": Kind.TIME,
    "TIME WITH TIME ZONE": Kind.TIME,
    "INTERVAL": Kind.INTERVAL,
    "STRUCT": Kind.NESTED,
    "MAP": Kind.NESTED,
    "UNION": Kind.NESTED,
    "VARIANT": Kind.NESTED,
    "JSON": Kind.NESTED,
    "GEOMETRY": Kind.NESTED,
}

_INTEGER_BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}


def kind(type_: str) -> Kind:
    """The kind of a type as DuckDB spells it; a type unknown here is handled as its text."""
    if type_.endswith("]"):
        return Kind.NESTED
    return _KINDS.get(family(type_), Kind.TEXT)


def family(type_: str) -> str:
    """The type without its parameters: `DECIMAL` of `DECIMAL(18,3)`."""
    return type_.partition("(")[0].strip()


def decimal_shape(type_: str) -> tuple[int, int]:
    """The digits of a DECIMAL type in all, and those after the point."""
    digits, _, scale = type_.partition("(")[2].rstrip(")").partition(",")
    return int(digits), int(scale or 0)


def integer_range(type_: str) -> tuple[int, int] | None:
    """The least and the greatest value of an integer type; None where there is no limit (BIGNUM)."""
    bits = _INTEGER_BITS.get(type_)
    if bits is not None:
        return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    bits = _INTEGER_BITS.get(type_.removeprefix("U"))
    return None if bits is None else (0, 2**bits - 1)
