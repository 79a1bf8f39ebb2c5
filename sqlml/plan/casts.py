"""Which types of a query's column can stand for the type in training, and the cast that makes them."""

import re

_SIGNED = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
_INTEGERS = frozenset([*_SIGNED, *(f"U{name}" for name in _SIGNED)])
_REALS = frozenset({"FLOAT", "DOUBLE"})
_TEXTS = frozenset({"VARCHAR", "ENUM"})
_CLOCKS = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
_UNKNOWN = frozenset({"NULL", '"NULL"'})


def safe_cast(found: str, wanted: str, value: str) -> str | None:
    """SQL that makes of `value`, of type `found`, what stands for type `wanted`; it fails for no value.

    Numbers are rounded and held to the range of the type in training, which no threshold learnt lies beyond. None
    where a cast could lose more than that.
    """
    source, sink = _family(found), _family(wanted)
    if source in _UNKNOWN:
        return f"CAST({value} AS {wanted})"
    if is_number(found) and is_number(wanted):
        return _number(wanted, sink, value)
    if sink in _TEXTS and source in _TEXTS | _INTEGERS | {"UUID"}:
        return f"CAST({value} AS VARCHAR)"
    if sink in _CLOCKS and source in _CLOCKS | {"DATE"}:
        return f"TRY_CAST({value} AS TIMESTAMP)"
    return None


def holds(wanted: str, found: str) -> bool:
    """Whether a model that was made elsewhere takes each value of a column as it is, where it takes type `wanted`.

    It takes any number and truth for a DOUBLE or a FLOAT, as every tool hands them over.
    """
    source, sink = _family(found), _family(wanted)
    if sink in _TEXTS:
        return source in _TEXTS | _INTEGERS | {"UUID", "BOOLEAN"}
    if sink in _REALS:
        return source in _INTEGERS | _REALS | {"DECIMAL", "BOOLEAN"}
    return source == "BOOLEAN" or (source in _SIGNED and _SIGNED[source] <= _SIGNED.get(sink, 0))


def _number(wanted: str, sink: str, value: str) -> str:
    if sink in _REALS or sink == "BIGNUM":
        return f"TRY_CAST({value} AS {'DOUBLE' if sink in _REALS else 'BIGNUM'})"
    low, high = _range(wanted, sink)
    beyond = f"CASE WHEN isnan({value}::DOUBLE) THEN NULL WHEN {value} > 0 THEN {high} WHEN {value} < 0 THEN {low} END"
    return f"coalesce(TRY_CAST({value} AS {wanted}), CAST({beyond} AS {wanted}))"


def _range(type_name: str, family: str) -> tuple[str, str]:
    if family == "DECIMAL":
        digits, scale = map(int, re.findall(r"\d+", type_name))
        greatest = f"{'9' * (digits - scale)}.{'9' * scale}"
        return f"'-{greatest}'", f"'{greatest}'"
    bits = _SIGNED[family.removeprefix("U")]
    low, high = (0, 2**bits - 1) if family.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return f"'{low}'", f"'{high}'"


def is_number(type_name: str) -> bool:
    """Whether a type's values are numbers."""
    family = _family(type_name)
    return family in _INTEGERS or family in _REALS or family in ("DECIMAL", "BIGNUM")


def _family(type_name: str) -> str:
    """The type without its parameters; a list's stays whole."""
    return type_name if type_name.endswith("]") else re.sub(r"\(.*", "", type_name, flags=re.DOTALL)
