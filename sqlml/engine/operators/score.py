"""PREDICT: the query's rows with their predictions."""

from sqlml.engine import glance
from sqlml.engine.composed import Composed
from sqlml.engine.operators.answer import Answer
from sqlml.engine.scope import Scope
from sqlml.plan import Evaluate, Score


def predict(operator: Score, scope: Scope) -> Answer:
    """The query's rows with their predictions; where many are unlike those of the training, that is said."""
    glance.look(operator, scope)
    return around(operator, scope)


def around(operator: Score | Evaluate, scope: Scope) -> Answer:
    """The operator's SQL around its query, which stays the user's own text."""
    head, tail = scope.sql_around(operator)
    query = scope.composed(operator.query.span) if operator.query is not None else Composed()
    composed = Composed.written(head, scope.span) + query + Composed.written(tail, scope.span)
    return Answer(composed, scope.given)
