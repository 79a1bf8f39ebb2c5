"""CREATE MODEL name PREDICT target AS query."""

from dataclasses import dataclass

from sqlml.diagnostics import Notice, Span
from sqlml.dialect import Node
from sqlml.dialect.problems import ReplaceAndKeep
from sqlml.plan import Catalog, Train
from sqlml.plan.bigquery import from_options
from sqlml.plan.bind import check_distinct
from sqlml.plan.input_problems import InputTwice
from sqlml.plan.operators import Keep
from sqlml.plan.options import Settings, settings
from sqlml.plan.problems import ModelExists, ModelKept, NamedLikeATable, TargetMissing
from sqlml.schema import Column
from sqlml.statements.parts import given, model_name, query, span


@dataclass(frozen=True)
class _Goal:
    """What is to be predicted, in whichever way it was said."""

    target: str
    span: Span
    settings: Settings
    notices: tuple[Notice, ...] = ()


def bind(node: Node, text: str, catalog: Catalog) -> Train | Keep:
    """The training that the statement asks for, or the model that it keeps."""
    replaces, keeps = "or_replace" in node, node.find("if_not_exists")
    if replaces and keeps:
        raise ReplaceAndKeep(span(keeps))
    name = model_name(node)
    versions = catalog.versions(name)
    if versions and keeps:
        return Keep(ModelKept(str(name)))
    if versions and not replaces:
        raise ModelExists(str(name), name.span)
    if not versions and catalog.is_table(name):
        raise NamedLikeATable(str(name), name.span)
    goal = _goal(node)
    rows = query(node.all("QUERY")[-1], text)
    columns = catalog.columns(rows)
    target = _target(goal, columns)
    check_distinct(columns, rows.span)
    version = max(versions, default=0) + 1
    return Train(name, target, goal.span, rows, tuple(columns), goal.settings, version, goal.notices)


def _goal(node: Node) -> _Goal:
    options = given(node)
    if target := node.find("target"):
        return _Goal(target.first.name, span(target), settings(options))
    place = span(next(iter(node.all("bigquery_options"))))
    label, place, notices = from_options(options, place)
    return _Goal(label, place, Settings(), notices)


def _target(goal: _Goal, columns: list[Column]) -> Column:
    found = [column for column in columns if column.name.lower() == goal.target.lower()]
    if not found:
        raise TargetMissing(goal.target, columns, goal.span)
    if len(found) > 1:
        raise InputTwice(found[0].name, goal.span)
    return found[0]
