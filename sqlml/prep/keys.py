"""Columns that have one value a row and only tell the rows apart: ids, keys, running numbers."""

import re
from collections.abc import Sequence

from sqlml.prep.ask import Ask, texts
from sqlml.prep.kind import Kind
from sqlml.prep.profile import Profile
from sqlml.quote import identifier
from sqlml.schema import Column

# Text with this share of different values is a key, unless it is missing from more rows than this.
_UNIQUE, _NEARLY_ALL = 0.99, 0.95
# Approximate counts are within a few percent: a column that may be unique has this share of different values.
_MAY_BE_UNIQUE = 0.8

_NAMES = {"id", "key", "uuid", "guid", "nr", "number"}


def of(ask: Ask, relation: str, profiles: Sequence[Profile], order: str) -> set[Column]:
    """The columns that are keys.

    Text is one when hardly a value repeats and it is neither sentences nor tags. Whole numbers, spelt in text too, are
    one when none repeats or is missing, and either the name says so or they rise or fall from row to row; other numbers
    never are.
    """
    keys = {profile.column for profile in profiles if _is_text_key(profile)}
    candidates = [profile for profile in profiles if _may_count_rows(profile)]
    named = [profile for profile in candidates if _is_named_key(profile.column.name)]
    keys |= {profile.column for profile in named if _is_unique(ask, relation, profile)}
    others = [profile for profile in candidates if profile.column not in keys]
    running = _from_end_to_end(ask, relation, others, order)
    return keys | {profile.column for profile in running if _is_monotone(ask, relation, profile, order)}


def _is_text_key(profile: Profile) -> bool:
    words = profile.words
    if words is None or words.spell_numbers or words.are_sentences or profile.is_tagged:
        return False
    return words.distinct >= _UNIQUE * profile.present and profile.present >= _NEARLY_ALL * profile.rows


def _may_count_rows(profile: Profile) -> bool:
    if profile.present < profile.rows:
        return False
    if profile.words is not None:
        return profile.words.wholes == profile.words.distinct == profile.rows
    return profile.kind is Kind.INTEGER and profile.distinct >= _MAY_BE_UNIQUE * profile.rows


def _is_named_key(name: str) -> bool:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return any(part.lower() in _NAMES for part in parts)


def _is_unique(ask: Ask, relation: str, profile: Profile) -> bool:
    return texts(ask, [f"count(DISTINCT {_value(profile)})"], f"{relation} AS r") == [str(profile.rows)]


def _from_end_to_end(ask: Ask, relation: str, profiles: Sequence[Profile], order: str) -> list[Profile]:
    """Those whose first and last row have the least and the greatest value, as all have that rise or fall."""
    ends = [
        texts(ask, map(_value, profiles), f"{relation} AS r WHERE r.{order} = (SELECT {end}({order}) FROM {relation})")
        for end in ("min", "max")
    ]
    return [
        profile
        for profile, *pair in zip(profiles, *ends, strict=True)
        if profile.words is not None or set(pair) == {profile.low, profile.high}
    ]


def _is_monotone(ask: Ask, relation: str, profile: Profile, order: str) -> bool:
    value = _value(profile)
    pairs = f"(SELECT {value} AS this, lag({value}) OVER (ORDER BY r.{order} ASC) AS last FROM {relation} AS r)"
    return "true" in texts(ask, ["bool_and(this > last)", "bool_and(this < last)"], pairs)


def _value(profile: Profile) -> str:
    value = f"r.{identifier(profile.column.name)}"
    return value if profile.words is None else f"TRY_CAST({value} AS HUGEINT)"
