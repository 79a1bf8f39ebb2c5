"""PREDICT model [WITH (…)] query, and PREDICT(MODEL model, input [, …]) in FROM."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, Query, Score
from sqlml.plan.bind import adapt, check_outputs, existing_model
from sqlml.plan.score_options import asked
from sqlml.statements.parts import given, model_name, query


def bind(node: Node, text: str, catalog: Catalog) -> Score:
    """The scoring that the statement asks for."""
    return prediction(node, query(node.children[-1], text), catalog)


def prediction(node: Node, rows: Query, catalog: Catalog) -> Score:
    """The scoring that a statement or a call in FROM asks for, of `rows`, their columns checked against the model."""
    unseen = unseen_prediction(node, rows, catalog)
    columns = catalog.columns(rows)
    adaptation = adapt(unseen.model, columns, rows.span)
    check_outputs(unseen.model, unseen.asked, columns, rows.span)
    return Score(unseen.model, rows, adaptation, unseen.asked)


def unseen_prediction(node: Node, rows: Query, catalog: Catalog) -> Score:
    """The scoring of `rows` whose columns nobody can tell."""
    model = existing_model(model_name(node), catalog)
    return Score(model, rows, asked=asked(given(node), model))
