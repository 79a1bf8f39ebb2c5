"""SHOW DIAGNOSTICS."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, ShowDiagnostics


def bind(_node: Node, _text: str, _catalog: Catalog) -> ShowDiagnostics:
    """The list of what statements were told of late."""
    return ShowDiagnostics()
