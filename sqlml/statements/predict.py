"""PREDICT model query, and PREDICT(MODEL model, input) in FROM."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, Model, Query, Score
from sqlml.plan.bind import adapt, check_outputs, existing_model
from sqlml.statements.parts import model_name, query


def bind(node: Node, text: str, catalog: Catalog) -> Score:
    """The scoring that the statement asks for."""
    model = existing_model(model_name(node), catalog)
    return score(model, query(node.all("QUERY")[-1], text), catalog)


def prediction(node: Node, rows: Query, catalog: Catalog) -> Score:
    """The scoring that a call in FROM asks for, of `rows`."""
    return score(existing_model(model_name(node), catalog), rows, catalog)


def unseen_prediction(node: Node, rows: Query, catalog: Catalog) -> Score:
    """The same, of `rows` whose columns nobody can tell."""
    return Score(existing_model(model_name(node), catalog), rows)


def score(model: Model, rows: Query, catalog: Catalog) -> Score:
    """The scoring of `rows`, their columns checked against the model."""
    columns = catalog.columns(rows)
    adaptation = adapt(model, columns, rows.span)
    check_outputs(model, columns, rows.span)
    return Score(model, rows, adaptation)
