"""A list of tags as how many there are, and whether it has each of the commonest."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.step import MISSING
from sqlml.prep.steps.shared import GIVEN, Shared
from sqlml.quote import literal
from sqlml.schema import Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.step import Read

# What stands between the texts of a list where they enter a graph as one: the "unit separator".
BETWEEN = "\x1f"


@dataclass(frozen=True)
class Tags(Shared):
    """How many different tags a value has, and whether it has each of `tags`.

    The value is a list of texts, or text in which a `separator` stands between the tags. Spaces around a tag do not
    count, and neither do empty tags.
    """

    name = "tags"
    separator: str
    tags: tuple[str, ...] = ()

    def features(self) -> list[Feature]:
        column = self.column.name
        return [Feature(f"tags({column})", column)] + [Feature(f"has({column}, {tag})", column) for tag in self.tags]

    def given(self, row: str) -> str:
        return parts(self.reference(row), self.separator)

    def from_given(self) -> list[str]:
        numbers = [f"len({GIVEN})", *(f"list_contains({GIVEN}, {literal(tag)})" for tag in self.tags)]
        return [f"CASE WHEN {GIVEN} IS NULL THEN {MISSING} ELSE CAST({number} AS FLOAT) END" for number in numbers]

    def drawn(self, read: "Read") -> "list[Value]":
        given, sign = read(self.column), re.escape(self.separator or BETWEEN)
        has = [given.value.matches(_holding(tag, sign)) for tag in self.tags]
        tags = given.value.tokens("", tokenexp=rf"[^\p{{Zs}}{sign}]([^{sign}]*[^\p{{Zs}}{sign}])?")
        return [given.feature(value) for value in [_different(tags), *has]]


def _holding(tag: str, sign: str) -> str:
    """The pattern of texts that have a tag between two signs, or at an end."""
    if re.search(sign, tag):
        return r"[^\s\S]"
    return rf"(?s)(.*{sign})?\p{{Zs}}*{re.escape(tag)}\p{{Zs}}*({sign}.*)?"


def _different(tags: "Value") -> "Value":
    """How many different tags there are in each row (rows, places), where empty ones fill the rest."""
    present = ~tags.equals("")
    times = tags.at(2).equals(tags.at(1)).single().summed(2)
    # A tag that is there n times counts as 1 / n each time; what is lost in that is far less than a half.
    return (present.single() / times).summed(1).at(1).node("Round")


def parts(value: str, separator: str) -> str:
    """SQL: the different tags of a value, VARCHAR[]; NULL of NULL."""
    whole = f"string_split({value}, {literal(separator)})" if separator else value
    return f"list_distinct(list_filter(list_transform({whole}, lambda tag: trim(tag)), lambda tag: tag <> ''))"
