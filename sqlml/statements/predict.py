"""PREDICT model [WITH (…)] query, PREDICT(MODEL model, input [, …]) in FROM, and predict(MODEL model, row)."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, Query, Score, ScoreRow
from sqlml.plan.bind import adapt, check_outputs, existing_model
from sqlml.plan.operators import Adaptation
from sqlml.plan.row_problems import NoProbability, SeveralPredictions
from sqlml.plan.score_options import THRESHOLD, asked
from sqlml.statements.parts import given, model_name, query, span


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


def row_prediction(node: Node, row: str, catalog: Catalog) -> ScoreRow:
    """One column of the prediction of one row, called `row` in SQL, that a call among values asks for."""
    name = model_name(node)
    model, wanted = existing_model(name, catalog), node.all("row_call")[0].first.text.lower()
    if len(model.parts) > 1:
        raise SeveralPredictions(str(name), [part.target.name for part in model.parts], name.span)
    output = model.outputs[0] + wanted.removeprefix("predict")
    if output not in model.outputs:
        raise NoProbability(str(name), model.parts[0].target, span(node.all("row_call")[0]))
    options = asked(given(node), model, [THRESHOLD])
    place = span(node.all("row")[0])
    columns = catalog.row(place)
    adaptation = Adaptation() if columns is None else adapt(model, columns, place, f"{row}.")
    return ScoreRow(model, output, adaptation, options)
