"""SHOW TRIALS OF name."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, ShowTrials
from sqlml.plan.bind import existing_model
from sqlml.statements.parts import model_name


def bind(node: Node, _text: str, catalog: Catalog) -> ShowTrials:
    """The list of what was tried for the model that the statement names."""
    return ShowTrials(existing_model(model_name(node), catalog))
