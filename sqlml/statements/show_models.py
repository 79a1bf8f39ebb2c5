"""SHOW MODELS."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, ShowModels


def bind(_node: Node, _text: str, _catalog: Catalog) -> ShowModels:
    """The list of all models."""
    return ShowModels()
