"""The types inside a nested type, as DuckDB spells them."""

import re
from collections.abc import Iterator

# A quoted name or value, or any other character.
_PIECE = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|.', re.DOTALL)


def members(type_: str) -> list[tuple[str, str]]:
    """The names and the types of a STRUCT's fields, or of a UNION's members."""
    return [_named(part) for part in _arguments(type_)]


def entry(type_: str) -> tuple[str, str]:
    """The types of a MAP's keys and of its values."""
    key, value = _arguments(type_)
    return key, value


def element(type_: str) -> tuple[str, int | None]:
    """The type of what a list holds, and how many of them where that is fixed (an ARRAY)."""
    inner, _, size = type_.removesuffix("]").rpartition("[")
    return inner, int(size) if size else None


def _arguments(type_: str) -> Iterator[str]:
    """What stands between the outer brackets, apart at the commas that are not within others."""
    inner = type_.partition("(")[2].rstrip()[:-1]
    depth, part = 0, ""
    for piece in _PIECE.findall(inner):
        if piece == "," and depth == 0:
            yield part.strip()
            part = ""
            continue
        depth += (piece == "(") - (piece == ")")
        part += piece
    yield part.strip()


def _named(part: str) -> tuple[str, str]:
    quoted = re.match(r'"((?:[^"]|"")*)"(.*)', part, re.DOTALL)
    name, type_ = quoted.groups() if quoted else part.split(" ", 1)
    return name.replace('""', '"'), type_.strip()
