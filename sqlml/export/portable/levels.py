"""Text as a level, as what it looks like, and as a list of tags."""

from math import log

import numpy as np

from sqlml.export.portable.sheet import Sheet
from sqlml.export.portable.taken import valued
from sqlml.prep.step import Step
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import BETWEEN, Tags
from sqlml.quote import literal


def shape(step: Shape, sheet: Sheet) -> list[str] | None:
    """How long a text is, of how many words, and its share of digits."""
    text = _as_text(step, sheet)
    if text is None:
        return None
    others = text
    for digit in "0123456789":
        others = f"REPLACE({others}, '{digit}', '')"
    said = {
        "length": f"CAST(LENGTH({text}) AS DOUBLE)",
        "words": f"CAST(LENGTH({text}) - LENGTH(REPLACE({text}, ' ', '')) + 1 AS DOUBLE)",
        "digits": f"CAST(CAST(1 - CAST(LENGTH({others}) AS DOUBLE) / GREATEST(LENGTH({text}), 1) AS FLOAT) AS DOUBLE)",
    }
    return [f"CASE WHEN {text} IS NULL THEN NULL ELSE {said[part]} END" for part in step.parts]


def tags(step: Tags, sheet: Sheet) -> list[str] | None:
    """How many different tags there are, and whether there is each of the known ones."""
    value, sign = valued(step.column, sheet), step.separator or BETWEEN
    if value is None:
        return None
    text = value if step.separator else f"ARRAY_TO_STRING({value}, {literal(BETWEEN)})"
    held = f"{literal(sign)} || {text} || {literal(sign)}"
    # What is the same after each tag is taken out of it does not have the tag: no engine reads a match otherwise.
    has = [
        f"CASE WHEN REGEXP_REPLACE({held}, {literal(_between(tag, sign))}, '') <> {held} THEN 1e0 ELSE 0e0 END"
        if sign not in tag
        else "0e0"
        for tag in step.tags
    ]
    different = f"CAST(DIFFERENT_TAGS({text}, {literal(sign)}, {literal(SPACES)}) AS DOUBLE)"
    return [f"CASE WHEN {value} IS NULL THEN NULL ELSE {one} END" for one in (different, *has)]


# What the database trims.
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def _between(tag: str, sign: str) -> str:
    """The pattern of a tag between two signs, in every engine's kind of regular expressions."""
    plain = "".join(f"[{letter}]" if letter in ".*+?()|{}$" else _ESCAPED.get(letter, letter) for letter in tag)
    parts = f"[{sign}]"
    return f"{parts}[{SPACES}]*{plain}[{SPACES}]*{parts}"


_ESCAPED = {"\\": r"\\", "[": r"\[", "^": r"\^", "]": r"\]"}


def category(step: Category, sheet: Sheet) -> list[str] | None:
    """The number of a level, and how common it is."""
    text = _as_text(step, sheet)
    if text is None:
        return None
    levels = [literal(level) for level in step.levels]
    codes = _looked_up(text, dict(zip(levels, map(float, range(len(levels))), strict=True)), float(len(levels)))
    if not step.counts:
        return [codes]
    logarithms = [round(log(count), 6) for count in step.counts]
    return [codes, _looked_up(text, dict(zip(levels, logarithms, strict=True)), 0.0)]


def level_mean(step: LevelMean, sheet: Sheet) -> list[str] | None:
    """What the target was in the rows of a level, which is told by its text, or by its mark where no texts are kept."""
    text, known = _as_text(step, sheet), len(step.marks)
    if text is None:
        return None
    told, levels = text, [literal(level) for level in step.levels]
    if len(levels) != known:
        told, levels = sheet.keep(f"MARK({text})"), list(map(str, step.marks))
    of_outcome = (step.means[at * known : (at + 1) * known] for at in range(len(step.outcomes)))
    return [
        _looked_up(told, dict(zip(levels, map(_single, means), strict=True)), _single(other))
        for means, other in zip(of_outcome, step.others, strict=True)
    ]


def _single(number: float) -> float:
    """The nearest number of 32 bits, as the feature has it."""
    return float(np.float32(number))


def _as_text(step: Step, sheet: Sheet) -> str | None:
    value = valued(step.column, sheet)
    return value if value is None or step.column.type == "VARCHAR" else f"CAST({value} AS VARCHAR)"


def _looked_up(value: str, answers: dict[str, float], other: float) -> str:
    branches = " ".join(f"WHEN {value} = {level} THEN {_number(answer)}" for level, answer in answers.items())
    return f"CASE WHEN {value} IS NULL THEN NULL {branches} ELSE {_number(other)} END"


def _number(number: float) -> str:
    text = repr(number)
    return text if "e" in text else f"{text}e0"
