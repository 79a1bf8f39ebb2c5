"""SHOW CREATE MODEL name."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, ShowCreateModel
from sqlml.plan.bind import existing_model
from sqlml.statements.parts import model_name


def bind(node: Node, _text: str, catalog: Catalog) -> ShowCreateModel:
    """The statement that makes the model again that the statement names."""
    return ShowCreateModel(existing_model(model_name(node), catalog))
