"""Which columns other engines hold as JSON, and how they spell a place in it."""

from collections.abc import Sequence

from sqlml.prep.kind import Kind, family, kind
from sqlml.prep.nested import element
from sqlml.prep.taken import Taken, source
from sqlml.quote import literal
from sqlml.schema import Column

_LIST = "LIST"
# The type that a nested column is expected to have, by what it is here; text that is taken apart holds JSON.
_TYPES = {
    "postgres": dict.fromkeys(("VARCHAR", "JSON", "VARIANT", "STRUCT", "MAP"), "jsonb") | {_LIST: "ARRAY"},
    "bigquery": {
        "VARCHAR": "STRING",
        "JSON": "JSON",
        "VARIANT": "JSON",
        "STRUCT": "STRUCT",
        "MAP": "JSON",
        _LIST: "ARRAY",
    },
    "snowflake": {
        "VARCHAR": "VARCHAR",
        "JSON": "VARIANT",
        "VARIANT": "VARIANT",
        "STRUCT": "OBJECT",
        "MAP": "OBJECT",
        _LIST: "ARRAY",
    },
    "spark": {
        "VARCHAR": "STRING",
        "JSON": "STRING",
        "VARIANT": "VARIANT",
        "STRUCT": "STRUCT",
        "MAP": "MAP",
        _LIST: "ARRAY",
    },
}


def expected(column: Column, dialect: str) -> str | None:
    """The type that a column of the query is expected to have in an engine, where that is not plain; else None."""
    if not isinstance(column, Taken):
        return "INTERVAL DAY TO SECOND" if column.type == "INTERVAL" and dialect == "spark" else None
    if column.path[:1] == (("cast", "VARCHAR[]"),):
        return None
    first = column.path[0][0] if column.path else ""
    if source(column).type == "VARCHAR" and first != "json":
        return None
    return _TYPES[dialect].get(_held(source(column).type, dialect))


def is_document(type_: str, dialect: str) -> bool:
    """Whether an engine holds as a document of JSON what is of a nested type here."""
    return _TYPES[dialect].get(_held(type_, dialect)) in ("jsonb", "JSON") and kind(type_) is Kind.NESTED


def path(keys: Sequence[str | int], dialect: str) -> str | None:
    """SQL of a place in a document, as a text; None where the engine cannot spell a key of it."""
    steps = [_STEP[dialect](key) for key in keys]
    if None in steps:
        return None
    joined = "".join(step or "" for step in steps)
    match dialect:
        case "postgres":
            return literal("{" + joined.removeprefix(",") + "}")
        case "snowflake":
            return literal(joined)
        case _:
            return literal(f"${joined}")


def _held(type_: str, dialect: str) -> str:
    if not type_.endswith("]"):
        return family(type_)
    # An array of arrays has but one length there, and one of records a type of its own.
    return "JSON" if dialect == "postgres" and kind(element(type_)[0]) is Kind.NESTED else _LIST


def _in_postgres(key: str | int) -> str | None:
    escaped = str(key).replace("\\", "\\\\").replace('"', '\\"')
    return f',"{escaped}"'


def _in_spark(key: str | int) -> str | None:
    if isinstance(key, int):
        return f"[{key}]"
    if not set("'?") & set(key):
        return f"['{key}']"
    return None if set(".[") & set(key) else f".{key}"


def _in_snowflake(key: str | int) -> str | None:
    if isinstance(key, int):
        return f"[{key}]"
    return None if set('"\\') & set(key) else f'["{key}"]'


def _in_bigquery(key: str | int) -> str | None:
    if isinstance(key, int):
        return f"[{key}]"
    return None if set('"\\') & set(key) else f'."{key}"'


_STEP = {"postgres": _in_postgres, "spark": _in_spark, "snowflake": _in_snowflake, "bigquery": _in_bigquery}
