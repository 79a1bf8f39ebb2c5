"""Which columns cannot help, and why: what a column is to the model."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlml.prep import copies
from sqlml.prep.ask import Ask, texts
from sqlml.prep.kind import Kind
from sqlml.prep.problems import ColumnsLeftOut, NoUsableColumns
from sqlml.prep.profile import Profile, Words
from sqlml.prep.target import Target
from sqlml.quote import identifier

# Text with this share of different values, or more, is a key or free text; text of this many words is not a key.
_UNIQUE, _SENTENCE = 0.99, 3
# A key that is missing from more rows than this is not one value a row.
_NEARLY_ALL = 0.95
# Text is numbers when this share of it is, in more than so many different values.
_NUMERAL, _HANDFUL = 0.95, 10

_ID_WORDS = {"id", "key", "uuid", "guid", "nr", "number"}


class Reason(Enum):
    """Why a column is left out; the value is how the notice says it."""

    EMPTY = "no value in any row"
    CONSTANT = "the same value in every row"
    NESTED = "a nested value, such as a list, a struct or JSON"
    COPY = "a copy of the target, or another name for each of its classes"
    ID = "a different value in every row, like an id"


@dataclass(frozen=True)
class Roles:
    """The columns to learn from, and those left out, by reason."""

    used: list[Profile]
    left_out: dict[Reason, list[Profile]]

    def notices(self) -> list[ColumnsLeftOut]:
        return [
            ColumnsLeftOut([profile.column.name for profile in profiles], reason.value, _hint(reason, profiles))
            for reason, profiles in self.left_out.items()
            if profiles
        ]


def assign(ask: Ask, relation: str, profiles: Sequence[Profile], target: Target) -> Roles:
    """What each profiled column is to the model of `target`; where ids alone would be left, they are used."""
    left_out: dict[Reason, list[Profile]] = {reason: [] for reason in Reason}
    rest: list[Profile] = []
    for profile in profiles:
        reason = _useless(profile)
        (left_out[reason] if reason else rest).append(profile)
    copied = copies.of(ask, relation, [profile.column for profile in rest], target)
    left_out[Reason.COPY], rest = _parted(rest, [profile.column in copied for profile in rest])
    left_out[Reason.ID], used = _parted(rest, [is_id(ask, relation, profile) for profile in rest])
    if not used:
        used, left_out[Reason.ID] = _parted(left_out[Reason.ID], [_counts(profile) for profile in left_out[Reason.ID]])
    roles = Roles(used, left_out)
    if not used:
        raise NoUsableColumns(target.column.name, [notice.message for notice in roles.notices()])
    return roles


def spells_numbers(profile: Profile, words: Words) -> bool:
    """Whether text is to be read as numbers."""
    return words.numbers > _HANDFUL and words.numerals >= _NUMERAL * profile.present


def is_sentences(profile: Profile, words: Words) -> bool:
    """Whether text is of several words on average."""
    return words.spaces + profile.present >= _SENTENCE * profile.present


def is_id(ask: Ask, relation: str, profile: Profile) -> bool:
    """Whether each row has a value of its own that only tells it from the others."""
    words = profile.words
    if words is not None and not spells_numbers(profile, words):
        is_unique = words.distinct >= _UNIQUE * profile.present and profile.present >= _NEARLY_ALL * profile.rows
        return is_unique and not is_sentences(profile, words)
    if profile.present < profile.rows or not _may_be_unique(profile):
        return False
    value = f"r.{identifier(profile.column.name)}"
    if words is not None:
        value = f"TRY_CAST({value} AS HUGEINT)"
    distinct = texts(ask, [f"count(DISTINCT {value})"], f"{relation} AS r")[0]
    if int(distinct or 0) < profile.rows:
        return False
    return _is_named_id(profile.column.name) or _is_monotone(ask, relation, value)


def _useless(profile: Profile) -> Reason | None:
    if profile.kind is Kind.NESTED:
        return Reason.NESTED
    if profile.present == 0:
        return Reason.EMPTY
    return Reason.CONSTANT if profile.is_constant else None


def _may_be_unique(profile: Profile) -> bool:
    if profile.words is not None:
        return profile.words.wholes == profile.words.distinct == profile.rows
    # Approximate counts are within a few percent; what passes here is counted exactly.
    return profile.kind is Kind.INTEGER and profile.distinct >= 0.8 * profile.rows


def _is_named_id(name: str) -> bool:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return any(part.lower() in _ID_WORDS for part in parts)


def _is_monotone(ask: Ask, relation: str, value: str) -> bool:
    pairs = f"(SELECT {value} AS this, lag({value}) OVER (ORDER BY r.rowid ASC) AS last FROM {relation} AS r)"
    return "true" in texts(ask, ["bool_and(this > last)", "bool_and(this < last)"], pairs)


def _counts(profile: Profile) -> bool:
    return profile.kind is Kind.INTEGER


def _parted(profiles: Sequence[Profile], marks: Iterable[bool]) -> tuple[list[Profile], list[Profile]]:
    """The marked profiles, and the others."""
    marked: list[Profile] = []
    others: list[Profile] = []
    for profile, mark in zip(profiles, marks, strict=True):
        (marked if mark else others).append(profile)
    return marked, others


def _hint(reason: Reason, profiles: Sequence[Profile]) -> str | None:
    name = identifier(profiles[0].column.name)
    if reason is Reason.NESTED:
        return f"take what matters out in the query, such as {name}[1], {name}.field or len({name})"
    numbers = [identifier(profile.column.name) for profile in profiles if profile.kind is Kind.INTEGER]
    if reason is Reason.ID and numbers:
        return f"to learn from it all the same, cast it in the query: CAST({numbers[0]} AS DOUBLE) AS {numbers[0]}"
    return None
