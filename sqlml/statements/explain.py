"""EXPLAIN in front of CREATE MODEL, REFRESH MODEL, PREDICT or EVALUATE."""

from collections.abc import Callable

from sqlml.dialect import Node
from sqlml.plan import Catalog, Evaluate, Explain, InBackground, Operator, Refresh, Score, Train
from sqlml.plan.operators import Keep
from sqlml.statements import create_model, evaluate, predict, refresh_model

_INNER: dict[str, Callable[[Node, str, Catalog], Train | Refresh | InBackground | Keep | Score | Evaluate]] = {
    "create_model": create_model.bind,
    "refresh_model": refresh_model.bind,
    "predict": predict.bind,
    "evaluate": evaluate.bind,
}


def bind(node: Node, text: str, catalog: Catalog) -> Operator:
    """The plan of the statement behind EXPLAIN; a model that would be kept is said to be kept."""
    inner = node.children[0]
    operator = _INNER[inner.rule](inner, text, catalog)
    if isinstance(operator, Keep):
        return operator
    return Explain(operator.training if isinstance(operator, InBackground) else operator)
