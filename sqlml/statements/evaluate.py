"""EVALUATE model [query], and EVALUATE(MODEL model [, input]) in FROM."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, Evaluate, Model, Query
from sqlml.plan.bind import adapt, check_targets, existing_model
from sqlml.plan.input_problems import NothingHeldOut
from sqlml.statements.parts import model_name, query


def bind(node: Node, text: str, catalog: Catalog) -> Evaluate:
    """The measuring that the statement asks for."""
    rows = node.find("QUERY")
    return evaluation(node, query(rows, text) if rows else None, catalog)


def evaluation(node: Node, rows: Query | None, catalog: Catalog) -> Evaluate:
    """The measuring that a statement or a call in FROM asks for."""
    name = model_name(node)
    model = existing_model(name, catalog)
    if rows is not None:
        return _evaluate(model, rows, catalog)
    if model.is_imported:
        raise NothingHeldOut(str(name), [part.target.name for part in model.parts], name.span)
    return Evaluate(model, None)


def _evaluate(model: Model, rows: Query, catalog: Catalog) -> Evaluate:
    columns = catalog.columns(rows)
    check_targets(model, columns, rows.span)
    return Evaluate(model, rows, adapt(model, columns, rows.span))
