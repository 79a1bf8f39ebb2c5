"""ASSERT MODEL: the metrics that a model must have, beside those that it has."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt

from sqlml.engine.assert_problems import AssertionFailed, MetricMissing
from sqlml.engine.measures import MEASURES
from sqlml.engine.operators.answer import Answer
from sqlml.engine.operators.evaluate import evaluate
from sqlml.engine.scope import Scope
from sqlml.plan import Assert, Model
from sqlml.plan.operators import Requirement
from sqlml.quote import literal, word

_SIGNS: dict[str, Callable[[float, float], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt}


@dataclass(frozen=True)
class _Found:
    """A metric as EVALUATE gives it."""

    value: float | None
    lower: float | None
    upper: float | None
    rows: int


def check(operator: Assert, scope: Scope) -> Answer:
    """A row for each requirement: what was asked, and what was found.

    Raises:
        MetricMissing: a requirement is of a metric that the model does not have.
        AssertionFailed: a requirement does not hold, or its metric has no value on the rows.
    """
    model, requirements = operator.measured.model, operator.requirements
    names = [_named(model, requirement) for requirement in requirements]
    measured = evaluate(operator.measured, scope)
    with measured.composed.blamed():
        rows = scope.host.rows(measured.composed.text, measured.parameters)
    found = {metric: _Found(value, lower, upper, count) for metric, value, lower, upper, _, count in rows}
    pairs = [(requirement, found[name]) for requirement, name in zip(requirements, names, strict=True)]
    broken = [(requirement, one) for requirement, one in pairs if not _holds(requirement, one.value)]
    if broken:
        raise _failure(operator, broken)
    selects = [_row(model, name, *pair) for name, pair in zip(names, pairs, strict=True)]
    return Answer.of(" UNION ALL ".join(selects), scope.span)


def _named(model: Model, requirement: Requirement) -> str:
    """The metric's name as EVALUATE spells it."""
    known = [model.prefix(part) + measure.name for part in model.parts for measure in MEASURES[part.task]]
    spelt = {name.lower(): name for name in known}
    if requirement.metric.lower() not in spelt:
        raise MetricMissing(model.name, requirement.metric, known, requirement.place)
    return spelt[requirement.metric.lower()]


def _holds(requirement: Requirement, value: float | None) -> bool:
    if value is None:
        return False
    first, last = requirement.numbers[0], requirement.numbers[-1]
    return first <= value <= last if requirement.sign == "BETWEEN" else _SIGNS[requirement.sign](value, first)


def _failure(operator: Assert, broken: list[tuple[Requirement, _Found]]) -> AssertionFailed:
    model, (first, found) = operator.measured.model, broken[0]
    held_out = operator.measured.query is None
    where = "rows held out in training" if held_out else "rows of the query"
    figures = "; ".join(f"{requirement.metric} is {_told(one, where)}" for requirement, one in broken)
    return AssertionFailed(model.name + model.called, first, figures, len(broken), _hint(model, first, found))


def _hint(model: Model, requirement: Requirement, found: _Found) -> str:
    if found.value is None:
        return "measure it on rows in which the target is known and has more than one value"
    lower, upper = found.lower, found.upper
    if lower is not None and upper is not None and any(lower <= number <= upper for number in requirement.numbers):
        return "the bound lies in the interval: more rows would tell for certain"
    return f"EVALUATE {word(model.name)}{model.called} shows every metric; more rows or columns may better them"


def _told(found: _Found, where: str) -> str:
    if found.value is None:
        return f"not defined on the {found.rows:,} {where} that count"
    interval = "" if found.lower is None else f" ({found.lower:.4g} to {found.upper:.4g}, 19 times of 20)"
    return f"{found.value:.6g}{interval} on {found.rows:,} {where}"


def _row(model: Model, metric: str, requirement: Requirement, found: _Found) -> str:
    """SQL of a row of the answer."""
    numbers = {"value": found.value, "lower": found.lower, "upper": found.upper}
    return (
        f"SELECT {literal(model.name)} AS model, {model.version}::INTEGER AS version, {literal(metric)} AS metric,"
        f" {', '.join(f'{_double(number)} AS {name}' for name, number in numbers.items())},"
        f" {literal(str(requirement))} AS bound, {found.rows}::BIGINT AS rows"
    )


def _double(number: float | None) -> str:
    return "NULL::DOUBLE" if number is None else f"{literal(repr(number))}::DOUBLE"
