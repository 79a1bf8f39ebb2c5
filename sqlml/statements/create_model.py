"""CREATE MODEL name PREDICT target, … AS query."""

from dataclasses import dataclass

from sqlml.diagnostics import Notice, Span
from sqlml.dialect import Node
from sqlml.dialect.problems import ReplaceAndKeep
from sqlml.plan import Aim, Catalog, InBackground, Train
from sqlml.plan.bigquery import from_options
from sqlml.plan.bind import check_distinct, next_version
from sqlml.plan.input_problems import InputTwice
from sqlml.plan.operators import Keep
from sqlml.plan.options import Given, in_background, settings
from sqlml.plan.problems import ModelKept, TargetMissing, TargetTwice
from sqlml.schema import Column
from sqlml.statements.parts import given, model_name, query, span


@dataclass(frozen=True)
class _Goal:
    """What is to be predicted, each target with its place, in whichever way it was said."""

    targets: tuple[tuple[str, Span], ...]
    options: tuple[Given, ...] = ()
    notices: tuple[Notice, ...] = ()


def bind(node: Node, text: str, catalog: Catalog) -> Train | InBackground | Keep:
    """The training that the statement asks for, or the model that it keeps."""
    replaces, keeps = "or_replace" in node, node.find("if_not_exists")
    if replaces and keeps:
        raise ReplaceAndKeep(span(keeps))
    name = model_name(node)
    if keeps and catalog.versions(name):
        return Keep(ModelKept(str(name)))
    version = next_version(name, catalog, replaces=replaces, verb="CREATE")
    goal = _goal(node)
    rows = query(node.all("QUERY")[-1], text)
    columns = catalog.columns(rows)
    aims = _aims(goal, columns)
    targets = [aim.target for aim in aims]
    check_distinct(columns, rows.span)
    told = settings(goal.options, columns, targets)
    training = Train(
        name=name,
        aims=aims,
        query=rows,
        columns=tuple(column for column in columns if column not in (*targets, *told.set_apart)),
        settings=told,
        version=version,
        notices=goal.notices,
        places={one.name.lower(): one.value_span for one in goal.options},
    )
    asked = in_background(goal.options)
    return InBackground(training, asked.name_span, replaces or bool(keeps)) if asked else training


def _goal(node: Node) -> _Goal:
    options = given(node)
    if targets := node.all("target"):
        return _Goal(tuple((target.first.name, span(target)) for target in targets), tuple(options))
    place = span(next(iter(node.all("bigquery_options"))))
    label, place, notices = from_options(options, place)
    return _Goal(((label, place),), notices=notices)


def _aims(goal: _Goal, columns: list[Column]) -> tuple[Aim, ...]:
    aims: list[Aim] = []
    for name, place in goal.targets:
        target = _target(name, place, columns)
        if target in [aim.target for aim in aims]:
            raise TargetTwice(target.name, place)
        aims.append(Aim(target, place))
    return tuple(aims)


def _target(name: str, place: Span, columns: list[Column]) -> Column:
    found = [column for column in columns if column.name.lower() == name.lower()]
    if not found:
        raise TargetMissing(name, columns, place)
    if len(found) > 1:
        raise InputTwice(found[0].name, place)
    return found[0]
