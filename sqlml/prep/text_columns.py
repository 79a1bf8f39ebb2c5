"""What text columns are besides categories: lists of tags, free text, and levels too many to learn each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlml.diagnostics import Notice
from sqlml.prep import levels, prose
from sqlml.prep.ask import Ask, texts
from sqlml.prep.outcomes import Outcomes
from sqlml.prep.profile import MOST_LEVELS, Profile, Words
from sqlml.prep.step import Step
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.problems import LevelsTellNothing, LongTexts, TextReadAsTags, TextReadAsWords, TextReadByShape
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import Tags
from sqlml.prep.steps.text import LONGEST, Text

# Text with more different values than this share of its rows is told by its shape.
VARIED = 0.5
# The levels of text are worth a feature when they cover this share of its rows.
_COVERED = 0.1
# Free text has so many words on average, and so many rows can tell what they say. Where many rows share a text it has
# the words of a sentence: two words that are in ten rows or more are a name.
_WORDS, _LEAST_ROWS, _RARE = 1.5, 50, 0.1
# Where the means of levels were looked at, a level's number is worth knowing from so many rows on: of a rarer one a
# model would only learn by heart which rows had it.
_OFTEN = 30


@dataclass(frozen=True)
class TextColumns:
    """The steps that text columns have besides their levels, by the column's name; None where a mean tells nothing."""

    tags: dict[str, Tags]
    prose: dict[str, Text] = field(default_factory=dict)
    means: dict[str, LevelMean | None] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def steps(self, profile: Profile) -> list[Step]:
        """All steps of a text or a list of texts."""
        name, found = profile.column.name, list[Step]()
        if profile.words:
            found += _levels(profile, profile.words, name in self.means)
        special: tuple[Step | None, ...] = (self.means.get(name), self.prose.get(name), self.tags.get(name))
        return found + [step for step in special if step]


def read(
    ask: Ask,
    relation: str,
    profiles: Sequence[Profile],
    tags: dict[str, Tags],
    outcomes: Outcomes | None,
    part: str | None,
    order: str,
) -> TextColumns:
    """What the text among the columns to learn from holds, and what is said of it.

    Without `outcomes` or `part`, the column of `relation` that has the number of a row's part, nothing is made of the
    target.
    """
    used = {profile.column.name for profile in profiles}
    tags = {name: step for name, step in tags.items() if name in used}
    notices: list[Notice] = [TextReadAsTags({name: step.separator for name, step in tags.items()})] if tags else []
    if part is None or outcomes is None:
        return TextColumns(tags, notices=tuple(notices))
    wordy = [profile for profile in profiles if _is_prose(profile) and profile.column.name not in tags]
    found = prose.texts(ask, relation, wordy, outcomes, part, order)
    means = levels.level_means(ask, relation, [p for p in profiles if _has_many_levels(p)], outcomes, part)
    notices += _said(ask, relation, wordy, found)
    useless = [p.column.name for p in profiles if p.column.name in means and not means[p.column.name] and not _often(p)]
    notices += [LevelsTellNothing(useless)] if useless else []
    return TextColumns(tags, found, means, tuple(notices))


def _levels(profile: Profile, words: Words, have_means: bool) -> list[Step]:
    known = _often(profile) if have_means else words.levels
    levels_, counts = tuple(level for level, _ in known), tuple(count for _, count in known)
    category = Category(profile.column, levels_, counts if words.distinct > MOST_LEVELS else ())
    shape = Shape(profile.column, Shape.all_parts)
    if words.distinct <= VARIED * profile.present:
        return [category] if known else []
    return [category, shape] if known and _covered(profile) else [shape]


def _often(profile: Profile) -> list[tuple[str, int]]:
    """The levels that are worth knowing by their number where means are taken, with their rows."""
    return [pair for pair in profile.words.levels if pair[1] >= _OFTEN] if profile.words else []


def _covered(profile: Profile) -> bool:
    words = profile.words
    return words is not None and sum(count for _, count in words.levels) >= _COVERED * profile.present


def _has_many_levels(profile: Profile) -> bool:
    words = profile.words
    if words is None or words.spell_numbers or words.distinct <= levels.MANY:
        return False
    return words.distinct <= VARIED * profile.present or _covered(profile)


def _is_prose(profile: Profile) -> bool:
    words = profile.words
    if words is None or words.spell_numbers or profile.column.type != "VARCHAR" or profile.present < _LEAST_ROWS:
        return False
    is_rare = words.are_sentences or words.distinct > _RARE * profile.present
    is_varied = words.distinct > VARIED * profile.present or (words.distinct > MOST_LEVELS and is_rare)
    return is_varied and words.spaces + words.rows >= _WORDS * words.rows


def _said(ask: Ask, relation: str, wordy: Sequence[Profile], found: dict[str, Text]) -> list[Notice]:
    said: list[Notice] = []
    names = [profile.column.name for profile in wordy]
    if found:
        said.append(TextReadAsWords([name for name in names if name in found]))
        lengths = [f"max(length({step.reference('r')}))" for step in found.values()]
        answers = texts(ask, lengths, f"{relation} AS r")
        long = [name for name, answer in zip(found, answers, strict=True) if int(answer or 0) > LONGEST]
        said += [LongTexts(long, LONGEST)] if long else []
    shapes = [name for name in names if name not in found]
    return [*said, TextReadByShape(shapes)] if shapes else said
