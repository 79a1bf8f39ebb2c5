"""EVALUATE: the model's metrics, and what must be said of the rows behind them."""

from sqlml.engine.operators.answer import Answer
from sqlml.engine.operators.score import around
from sqlml.engine.problems import NoRowsToMeasure, RowsWithoutTarget, ZeroTargets
from sqlml.engine.scope import Scope
from sqlml.plan import Evaluate, Query
from sqlml.prep.target import usable
from sqlml.quote import identifier
from sqlml.schema import Task


def evaluate(operator: Evaluate, scope: Scope) -> Answer:
    """The metrics, as SQL over the query or as they were measured in training."""
    answer = around(operator, scope)
    if operator.query is not None:
        _count(operator, operator.query, scope)
    return answer


def _count(operator: Evaluate, query: Query, scope: Scope) -> None:
    """Says how many rows do not count, by a look at the target alone."""
    model, target = operator.model, f"r.{identifier(operator.model.target.name)}"
    known = usable(model.target, "r")
    zero = f"count(*) FILTER ({known} AND {target} = 0)" if model.task is Task.REGRESSION else "0"
    counts = f"SELECT count(*), count(*) FILTER ({known}), {zero} FROM ("
    composed = scope.composed(query.span).within(counts, "\n) AS r")
    with composed.blamed():
        ((rows, labelled_rows, zeros),) = scope.host.rows(composed.text, scope.given)
    if labelled_rows == 0:
        scope.notices.append(NoRowsToMeasure())
    elif labelled_rows < rows:
        scope.notices.append(RowsWithoutTarget(model.target.name, rows - labelled_rows))
    if zeros:
        scope.notices.append(ZeroTargets(zeros))
