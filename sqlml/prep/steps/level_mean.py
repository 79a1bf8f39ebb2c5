"""A level as what the target was in the rows that had it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.step import MISSING
from sqlml.prep.steps.shared import GIVEN, Crossed
from sqlml.quote import literal
from sqlml.schema import Feature

if TYPE_CHECKING:
    from sqlml.model.draft import Value
    from sqlml.prep.step import Read

# Levels share a bucket, which is looked through from its start, with about so many others.
_BUCKET = 8


@dataclass(frozen=True)
class LevelMean(Crossed):
    """The mean of each of the target's `outcomes` over the rows of the value's level.

    `marks` are the `mark` of each known level, and `means` the means of the first outcome of all levels, then those
    of the second, and so on; `others` has what every other level gets. `levels` are the texts of the known levels,
    which SQL does without.
    """

    name = "level_mean"
    outcomes: tuple[str, ...]
    marks: tuple[int, ...]
    means: tuple[float, ...]
    others: tuple[float, ...]
    levels: tuple[str, ...] = ()

    def features(self) -> list[Feature]:
        column = self.column.name
        return [Feature(called("mean", column, outcome), column) for outcome in self.outcomes]

    def given(self, row: str) -> str:
        return mark(self.level(row))

    def level(self, row: str) -> str:
        return f"CAST({self.reference(row)} AS VARCHAR)"

    def from_given(self) -> list[str]:
        buckets = bucketed(self.marks)
        own = f"({GIVEN} % {len(buckets)} + 1)"
        marks = nested([[self.marks[at] for at in bucket] for bucket in buckets], "UINTEGER")
        place = f"list_position(list_extract({marks}, {own}), {GIVEN})"
        found = []
        for outcome, other in enumerate(self.others):
            first = outcome * len(self.marks)
            means = nested([[self.means[first + at] for at in bucket] for bucket in buckets], "FLOAT")
            mean = f"coalesce(list_extract(list_extract({means}, {own}), {place}), {other!r}::FLOAT)"
            found.append(f"CASE WHEN {GIVEN} IS NULL THEN {MISSING} ELSE {mean} END")
        return found

    @property
    def obstacle(self) -> str | None:
        whole = len(self.levels) == len(self.marks)
        return (
            None if whole else "its values are too long, or were trained on by an older release that did not keep them"
        )

    def drawn(self, read: "Read") -> "list[Value]":
        given, known = read(self.column), len(self.marks)
        means = [self.means[outcome * known : (outcome + 1) * known] for outcome in range(len(self.outcomes))]
        return [
            given.feature(given.value.looked_up(self.levels, mean, other))
            for mean, other in zip(means, self.others, strict=True)
        ]


def bucketed(marks: Sequence[int]) -> list[list[int]]:
    """The places of the marks, in buckets: a mark is in that whose number is its remainder by how many there are."""
    buckets: list[list[int]] = [[] for _ in range(max(1, len(marks) // _BUCKET))]
    for at, number in enumerate(marks):
        buckets[number % len(buckets)].append(at)
    return buckets


def mark(text: str) -> str:
    """SQL: UINTEGER, a number that two texts hardly ever share, in this release of the database and in the next."""
    return f"('0x' || left(md5({text}), 8))::UINTEGER"


def called(what: str, column: str, outcome: str) -> str:
    """The name of a feature that tells of one of the target's outcomes, which has none where there is only one."""
    return f"{what}({column}, {outcome})" if outcome else f"{what}({column})"


def nested(lists: Sequence[Sequence[float]], type_: str) -> str:
    """SQL of a list of lists of numbers; a single literal, as one in brackets takes twenty times as long to plan."""
    text = ",".join(f"[{','.join(map(repr, numbers))}]" for numbers in lists)
    return f"{literal(f'[{text}]')}::{type_}[][]"
