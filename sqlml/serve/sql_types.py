"""The types of columns that a statement can ask for, as drivers of ODBC and JDBC list them."""

from collections.abc import Iterator
from dataclasses import dataclass

# Numbers of ODBC and JDBC for kinds of data.
_BIGINT, _BIT, _DECIMAL, _DOUBLE, _INTEGER, _REAL, _SMALLINT, _TINYINT = -5, -7, 3, 8, 4, 7, 5, -6
_DATE, _TIME, _TIMESTAMP, _VARBINARY, _VARCHAR, _OTHER = 91, 92, 93, -3, 12, 0
# What columns of these types can be compared by: everything but LIKE, or everything.
_BASIC, _FULL = 2, 3
_DATETIME = 9
_SUBCODES = {_DATE: 1, _TIME: 2, _TIMESTAMP: 3}


@dataclass(frozen=True)
class _Type:
    name: str
    code: int
    size: int | None = None
    unsigned: bool | None = None
    radix: int | None = None
    scale: tuple[int, int] | None = None
    quoted: bool = False
    parameters: tuple[str, ...] = ()


_ALL = (
    _Type("TINYINT", _TINYINT, 3, False, 10, (0, 0)),
    _Type("BIGINT", _BIGINT, 19, False, 10, (0, 0)),
    _Type("UBIGINT", _BIGINT, 20, True, 10, (0, 0)),
    _Type("BOOLEAN", _BIT, 1),
    _Type("BLOB", _VARBINARY, quoted=True),
    _Type("DECIMAL", _DECIMAL, 38, False, 10, (0, 38), parameters=("precision", "scale")),
    _Type("HUGEINT", _DECIMAL, 38, False, 10, (0, 0)),
    _Type("INTEGER", _INTEGER, 10, False, 10, (0, 0)),
    _Type("UINTEGER", _INTEGER, 10, True, 10, (0, 0)),
    _Type("SMALLINT", _SMALLINT, 5, False, 10, (0, 0)),
    _Type("USMALLINT", _SMALLINT, 5, True, 10, (0, 0)),
    _Type("UTINYINT", _SMALLINT, 3, True, 10, (0, 0)),
    _Type("FLOAT", _REAL, 24, False, 2),
    _Type("DOUBLE", _DOUBLE, 53, False, 2),
    _Type("UUID", _VARCHAR, 36, quoted=True),
    _Type("VARCHAR", _VARCHAR, quoted=True),
    _Type("DATE", _DATE, 10, quoted=True),
    _Type("TIME", _TIME, 15, quoted=True),
    _Type("TIMESTAMP", _TIMESTAMP, 26, quoted=True),
    _Type("TIMESTAMP WITH TIME ZONE", _TIMESTAMP, 32, quoted=True),
    _Type("INTERVAL", _OTHER, quoted=True),
)


def listed(code: int | None) -> Iterator[dict[str, object]]:
    """A row for each type of the kind `code`, or for all, in the order of kinds and names."""
    for type_ in sorted(_ALL, key=lambda one: (one.code, one.name)):
        if code is None or type_.code == code:
            yield _row(type_)


def _row(type_: _Type) -> dict[str, object]:
    subcode = _SUBCODES.get(type_.code)
    quote = "'" if type_.quoted else None
    lowest, highest = type_.scale or (None, None)
    return {
        "type_name": type_.name,
        "data_type": type_.code,
        "column_size": type_.size,
        "literal_prefix": quote,
        "literal_suffix": quote,
        "create_params": list(type_.parameters) or None,
        "nullable": 1,
        "case_sensitive": type_.name == "VARCHAR",
        "searchable": _FULL if type_.name == "VARCHAR" else _BASIC,
        "unsigned_attribute": type_.unsigned,
        "fixed_prec_scale": False,
        "auto_increment": None if type_.unsigned is None else False,
        "local_type_name": type_.name,
        "minimum_scale": lowest,
        "maximum_scale": highest,
        "sql_data_type": type_.code if subcode is None else _DATETIME,
        "datetime_subcode": subcode,
        "num_prec_radix": type_.radix,
        "interval_precision": None,
    }
