"""A list of tags as how many there are, and whether it has each of the commonest."""

from dataclasses import dataclass

from sqlml.prep.step import MISSING
from sqlml.prep.steps.shared import GIVEN, Shared
from sqlml.quote import literal
from sqlml.schema import Feature


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


def parts(value: str, separator: str) -> str:
    """SQL: the different tags of a value, VARCHAR[]; NULL of NULL."""
    whole = f"string_split({value}, {literal(separator)})" if separator else value
    return f"list_distinct(list_filter(list_transform({whole}, lambda tag: trim(tag)), lambda tag: tag <> ''))"
