"""EVALUATE model [WITH (…)] [query], and EVALUATE(MODEL model [, input] [, …]) in FROM."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, Evaluate, Query
from sqlml.plan.bind import adapt, check_targets, existing_model
from sqlml.plan.input_problems import NothingHeldOut
from sqlml.plan.option_problems import ThresholdWithoutRows
from sqlml.plan.score_options import THRESHOLD, asked
from sqlml.statements.parts import given, model_name, query


def bind(node: Node, text: str, catalog: Catalog) -> Evaluate:
    """The measuring that the statement asks for."""
    rows = node.find("QUERY")
    return evaluation(node, query(rows, text) if rows else None, catalog)


def evaluation(node: Node, rows: Query | None, catalog: Catalog) -> Evaluate:
    """The measuring that a statement or a call in FROM asks for."""
    name, options = model_name(node), given(node)
    model = existing_model(name, catalog)
    threshold = asked(options, model, [THRESHOLD]).threshold
    if rows is None:
        if threshold is not None:
            raise ThresholdWithoutRows(str(name), options[0].name_span)
        if model.is_imported:
            raise NothingHeldOut(str(name), [part.target.name for part in model.parts], name.span)
        return Evaluate(model, None)
    columns = catalog.columns(rows)
    check_targets(model, columns, rows.span)
    return Evaluate(model, rows, adapt(model, columns, rows.span), threshold)
