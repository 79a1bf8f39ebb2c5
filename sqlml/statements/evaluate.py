"""EVALUATE model [query], and EVALUATE(MODEL model [, input]) in FROM."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, Evaluate, Model, Query
from sqlml.plan.bind import adapt, check_targets, existing_model
from sqlml.statements.parts import model_name, query


def bind(node: Node, text: str, catalog: Catalog) -> Evaluate:
    """The measuring that the statement asks for."""
    rows = node.find("QUERY")
    return evaluation(node, query(rows, text) if rows else None, catalog)


def evaluation(node: Node, rows: Query | None, catalog: Catalog) -> Evaluate:
    """The measuring that a statement or a call in FROM asks for."""
    model = existing_model(model_name(node), catalog)
    return Evaluate(model, None) if rows is None else _evaluate(model, rows, catalog)


def _evaluate(model: Model, rows: Query, catalog: Catalog) -> Evaluate:
    columns = catalog.columns(rows)
    check_targets(model, columns, rows.span)
    return Evaluate(model, rows, adapt(model, columns, rows.span))
