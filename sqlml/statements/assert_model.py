"""ASSERT MODEL model [WITH (…)] HAS metric >= bound [AND …] [ON query]."""

from sqlml.dialect import Node
from sqlml.plan import Assert, Catalog
from sqlml.plan.operators import Requirement
from sqlml.statements.evaluate import evaluation
from sqlml.statements.parts import number, query, span


def bind(node: Node, text: str, catalog: Catalog) -> Assert:
    """The measuring that the statement asks for, and what must come out of it."""
    rows = node.find("QUERY")
    measured = evaluation(node, query(rows, text) if rows else None, catalog)
    return Assert(measured, tuple(map(_requirement, node.all("requirement"))))


def _requirement(node: Node) -> Requirement:
    measure, condition = node.children
    sign = condition.find("sign")
    return Requirement(
        metric=".".join(part.first.name for part in measure.all("NAME")),
        sign=sign.first.text if sign else "BETWEEN",
        numbers=tuple(float(number(one)) for one in condition.all("number")),
        place=span(node),
    )
