"""Fitting a recipe: from what the columns hold to the steps that prepare them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext

from sqlml.diagnostics import Notice
from sqlml.prep import roles
from sqlml.prep.ask import Ask, ends, texts
from sqlml.prep.kind import Kind
from sqlml.prep.problems import TextReadAsNumbers
from sqlml.prep.profile import MOST_LEVELS, Profile, Words, profile
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.moment import Moment, days
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.parts import Parts
from sqlml.prep.steps.shape import Shape
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column

# A number's spread below this share of its magnitude would lose too many of a FLOAT's 24 bits.
_NARROW = Decimal(1) / 64
# Text with more different values than this share of its rows is told by its shape.
_VARIED = 0.5
# The levels of varied text are worth a feature when they cover this share of its rows.
_COVERED = 0.1


def fit(
    ask: Ask, relation: str, columns: Sequence[Column], target: Target, order: str = "rowid"
) -> tuple[Recipe, list[Notice]]:
    """The recipe for `columns`, and what was decided about them.

    `relation` is a table of the rows to learn from, all labelled, and `order` the column that numbers them. Nothing
    else is looked at.
    """
    others = [column for column in columns if column.name.lower() != target.column.name.lower()]
    assigned = roles.assign(ask, relation, profile(ask, relation, others), target, order)
    notices: list[Notice] = [*assigned.notices()]
    numerals = [p.column.name for p in assigned.used if p.words and p.words.spell_numbers]
    if numerals:
        notices.append(TextReadAsNumbers(numerals))
    centres = _centres(ask, relation, assigned.used)
    steps = [step for p in assigned.used for step in _steps(p, centres.get(p.column.name))]
    return Recipe(tuple(_varying(ask, relation, steps))), notices


def _steps(profile: Profile, centre: str | None) -> list[Step]:
    column = profile.column
    match profile.kind:
        case Kind.BOOLEAN:
            return [Boolean(column)]
        case Kind.DATE | Kind.MOMENT:
            parts = Moment.all_parts if profile.kind is Kind.MOMENT else Moment.all_parts[:-1]
            return [Moment(column, parts, int(centre or 0))]
        case Kind.TIME | Kind.INTERVAL:
            return [Duration(column)]
        case _:
            if profile.words is None or profile.words.spell_numbers:
                return [Number(column, centre)]
            return _text(profile, profile.words)


def _text(profile: Profile, words: Words) -> list[Step]:
    levels = tuple(level for level, _ in words.levels)
    counts = tuple(count for _, count in words.levels)
    category = Category(profile.column, levels, counts if words.distinct > MOST_LEVELS else ())
    if words.distinct <= _VARIED * profile.present:
        return [category]
    shape = Shape(profile.column, Shape.all_parts)
    return [category, shape] if sum(counts) >= _COVERED * profile.present else [shape]


def _centres(ask: Ask, relation: str, profiles: Sequence[Profile]) -> dict[str, str]:
    """What to subtract from a column, by its name."""
    asked = [(p, value) for p in profiles if (value := _measured(p))]
    # A low, the middle and a high value, each one that is there.
    answers = texts(ask, [f"quantile_disc({value}, [0.05, 0.5, 0.95])" for _, value in asked], f"{relation} AS r")
    centres = {}
    for (p, _), answer in zip(asked, answers, strict=True):
        if answer is None:
            continue
        low, middle, high = answer.strip("[]").split(", ")
        if p.kind in (Kind.DATE, Kind.MOMENT) or _is_narrow(low, middle, high):
            centres[p.column.name] = middle
    return centres


def _measured(profile: Profile) -> str | None:
    """SQL: the number whose centre matters, of a column whose features may need one."""
    value, type_ = f"r.{identifier(profile.column.name)}", profile.column.type
    match profile.kind:
        case Kind.DATE:
            return f"CASE WHEN isfinite({value}) THEN {days(type_, value)} END"
        case Kind.MOMENT:
            return days(type_, value)
        case Kind.INTEGER:
            return None if _is_exact(profile) or _is_beyond(profile) else value
        case Kind.DECIMAL:
            return value
        case Kind.REAL:
            return None if type_ == "FLOAT" else f"nullif({value}, 'NaN'::DOUBLE)"
        case _:
            spells_numbers = profile.words is not None and profile.words.spell_numbers
            return f"nullif(TRY_CAST({value} AS DOUBLE), 'NaN'::DOUBLE)" if spells_numbers else None


def _is_exact(profile: Profile) -> bool:
    """Whether an integer column's values are FLOATs as they are."""
    return all(abs(int(limit)) <= 2**24 for limit in (profile.low, profile.high) if limit is not None)


def _is_beyond(profile: Profile) -> bool:
    """Whether an integer column's differences would not fit HUGEINT."""
    return profile.column.type == "BIGNUM" or int(profile.high or 0) >= 2**127


def _is_narrow(low: str, middle: str, high: str) -> bool:
    with localcontext(prec=80):
        lowest, centre, highest = Decimal(low), Decimal(middle), Decimal(high)
        if lowest.is_infinite() or highest.is_infinite():
            return False
        return highest - lowest < _NARROW * abs(centre)


def _varying(ask: Ask, relation: str, steps: Sequence[Step]) -> list[Step]:
    """The steps without the parts that are the same in every row; the first stays, as it tells what is missing."""
    parted = [step for step in steps if isinstance(step, Parts)]
    found = iter(ends(ask, [value for step in parted for value in step.expressions("r")], f"{relation} AS r"))
    return [step.only(_moving(step, found)) if isinstance(step, Parts) else step for step in steps]


def _moving(step: Parts, found: Iterator[tuple[float, float] | None]) -> tuple[str, ...]:
    pairs = [next(found) for _ in step.parts]
    moving = tuple(part for part, pair in zip(step.parts, pairs, strict=True) if pair and pair[0] != pair[1])
    return moving or step.parts[:1]
