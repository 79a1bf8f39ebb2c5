"""PREDICT: the query's rows with their predictions."""

from sqlml.engine import catalog
from sqlml.engine.composed import Composed
from sqlml.engine.operators.answer import Answer
from sqlml.engine.scope import Scope
from sqlml.engine.scoring import evaluation_sql, scored_sql
from sqlml.plan import Evaluate, Score


def around(operator: Score | Evaluate, scope: Scope) -> Answer:
    """The operator's SQL around its query, which stays the user's own text."""
    catalog.load(scope.host, operator.model)
    scope.notices += operator.adaptation.notices
    head, tail = scored_sql(operator) if isinstance(operator, Score) else evaluation_sql(operator)
    query = scope.composed(operator.query.span) if operator.query is not None else Composed()
    written = Composed.written
    composed = written(f"FROM {head}", scope.span) + query + written(tail, scope.span)
    return Answer(composed, scope.given)
