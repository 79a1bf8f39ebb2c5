"""Which columns cannot help, and why: what a column is to the model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlml.diagnostics import Notice
from sqlml.prep import copies, keys, repeats
from sqlml.prep.ask import Ask
from sqlml.prep.kind import TEXTS, Kind
from sqlml.prep.problems import ColumnsLeftOut, NoUsableColumns
from sqlml.prep.profile import Profile
from sqlml.prep.steps.problems import ColumnsRepeated
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column


class Reason(Enum):
    """Why a column is left out; the value is how the notice says it."""

    EMPTY = "no value in any row"
    CONSTANT = "the same value in every row"
    NESTED = "a nested value, such as a list, a struct or JSON"
    COPY = "a copy of the target, or another name for each of its classes"
    ID = "a different value in every row, like an id"


@dataclass(frozen=True)
class Roles:
    """The columns to learn from, and those left out, by reason; `repeats` with the columns that they repeat."""

    used: list[Profile]
    left_out: dict[Reason, list[Profile]]
    repeats: list[tuple[Column, Column]]

    def notices(self) -> list[Notice]:
        repeated = (
            [ColumnsRepeated([(later.name, first.name) for later, first in self.repeats])] if self.repeats else []
        )
        return repeated + [
            ColumnsLeftOut([profile.column.name for profile in profiles], reason.value, _hint(reason, profiles))
            for reason, profiles in self.left_out.items()
            if profiles
        ]


def assign(ask: Ask, relation: str, profiles: Sequence[Profile], target: Target, order: str) -> Roles:
    """What each profiled column is to the model of `target`; where ids alone would be left, they are used."""
    left_out: dict[Reason, list[Profile]] = {reason: [] for reason in Reason}
    rest: list[Profile] = []
    for profile in profiles:
        reason = _useless(profile)
        (left_out[reason] if reason else rest).append(profile)
    copied = copies.of(ask, relation, [profile.column for profile in rest], target)
    left_out[Reason.COPY], rest = _parted(rest, [profile.column in copied for profile in rest])
    repeated = repeats.of(ask, relation, [profile.column for profile in rest], order)
    rest = [profile for profile in rest if profile.column not in dict(repeated)]
    ids = keys.of(ask, relation, rest, order)
    left_out[Reason.ID], used = _parted(rest, [profile.column in ids for profile in rest])
    if not used:
        used, left_out[Reason.ID] = _parted(rest, [profile.kind is Kind.INTEGER for profile in rest])
    roles = Roles(used, left_out, repeated)
    if not used:
        raise NoUsableColumns(target.column.name, [notice.message for notice in roles.notices()])
    return roles


def _useless(profile: Profile) -> Reason | None:
    if profile.kind is Kind.NESTED and profile.column.type != TEXTS:
        return Reason.NESTED
    if profile.present == 0:
        return Reason.EMPTY
    return Reason.CONSTANT if profile.is_constant else None


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
