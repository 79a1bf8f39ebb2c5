"""DESCRIBE MODEL name."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, DescribeModel
from sqlml.plan.bind import existing_model
from sqlml.statements.parts import model_name


def bind(node: Node, _text: str, catalog: Catalog) -> DescribeModel:
    """The description of the model that the statement names."""
    return DescribeModel(existing_model(model_name(node), catalog))
