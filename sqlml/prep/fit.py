"""Fitting a recipe: from what the columns hold to the steps that prepare them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from sqlml.diagnostics import Problem
from sqlml.prep import leaks, roles, spelling, tags, text_columns
from sqlml.prep.ask import Ask, ends, facts, some
from sqlml.prep.between import between
from sqlml.prep.kind import Kind
from sqlml.prep.nan import WithoutNan
from sqlml.prep.outcomes import outcomes
from sqlml.prep.problems import NoUsableColumns, TextReadAsNumbers
from sqlml.prep.profile import Profile, profile
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.moment import Moment, days
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.parts import Parts
from sqlml.prep.steps.problems import TargetGivenAway
from sqlml.prep.taken import seen
from sqlml.prep.target import Target
from sqlml.prep.text_columns import TextColumns
from sqlml.prep.unpack import unpack
from sqlml.quote import identifier
from sqlml.schema import Column

# A number's spread below this share of its magnitude would lose too many of a FLOAT's 24 bits.
_NARROW = Decimal(1) / 64
# So many rows tell where the middle of a column is.
_CENTRED = 100_000


def fit(
    ask: Ask,
    relation: str,
    columns: Sequence[Column],
    target: Target,
    order: str = "rowid",
    *,
    part: str | None = None,
    folds: int = 0,
) -> tuple[Recipe, list[Problem]]:
    """The recipe for `columns`, and what was decided about them.

    `relation` is a table of the rows to learn from, all labelled, and `order` the column that numbers them. Nothing
    else is looked at. `part` is the column that has the number of a row's part of one of `folds`; without two of them
    no step uses the target.

    Raises:
        NoUsableColumns: nothing is left to learn from.
    """
    others = [column for column in columns if column.name.lower() != target.column.name.lower()]
    parts, taken_apart = unpack(ask, relation, others, order)
    spelt = spelling.read(ask, relation, parts)
    # What is asked of columns is asked of this; the steps' own expressions read the rows as they are.
    view = seen(relation, spelt.columns, order)
    profiles = profile(ask, view, spelt.columns)
    tagged = tags.of(ask, view, profiles, order)
    profiles = [replace(p, is_tagged=p.column.name in tagged) for p in profiles]
    assigned = roles.assign(ask, view, profiles, target, order)
    notices: list[Problem] = [*assigned.notices(), *taken_apart, *spelt.notices]
    given_away = leaks.of(ask, view, [p.column for p in assigned.used], target, order)
    if given_away:
        notices.append(TargetGivenAway(target.column.name, [column.name for column in given_away]))
    numerals = [p.column.name for p in assigned.used if p.column.name in spelt.amounts or _spells_numbers(p)]
    if numerals:
        notices.append(TextReadAsNumbers(numerals))
    quantities = outcomes(ask, relation, target) if part and folds > 1 else None
    text = text_columns.read(ask, relation, assigned.used, tagged, quantities, part, order)
    notices += text.notices
    centres = _centres(ask, some(view, target.rows, _CENTRED, order), assigned.used)
    steps = [step for p in assigned.used for step in _steps(p, centres.get(p.column.name), text)]
    steps += between(ask, relation, [p.column for p in assigned.used])
    if not steps:
        raise NoUsableColumns(target.column.name, [notice.message for notice in notices])
    return Recipe(tuple(_varying(ask, relation, steps))), notices


def _spells_numbers(profile: Profile) -> bool:
    return profile.words is not None and profile.words.spell_numbers


def _steps(profile: Profile, centre: str | None, text: TextColumns) -> list[Step]:
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
            is_text = profile.words is not None and not profile.words.spell_numbers
            return text.steps(profile) if is_text or profile.is_tagged else [Number(column, centre)]


def _centres(ask: Ask, relation: str, profiles: Sequence[Profile]) -> dict[str, str]:
    """What to subtract from a column, by its name."""
    asked = [(p, value) for p in profiles if (value := _measured(p))]
    values, rows = [(value, p.column.type) for p, value in asked], min(_CENTRED, profiles[0].rows if profiles else 0)
    # A low, the middle and a high value, each one that is there.
    answers = facts(ask, values, ["quantile_disc({}, [0.05, 0.5, 0.95])"], relation, rows)
    centres = {}
    for (p, _), (answer,) in zip(asked, answers, strict=True):
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
            return None if type_ == "FLOAT" else WithoutNan(value, type_)
        case _:
            spells_numbers = profile.words is not None and profile.words.spell_numbers
            return WithoutNan(f"TRY_CAST({value} AS DOUBLE)", "DOUBLE") if spells_numbers else None


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
