"""EVALUATE: the model's metrics, and what must be said of the rows behind them."""

from sqlml.engine.operators.answer import Answer
from sqlml.engine.operators.score import around
from sqlml.engine.problems import NoRowsToMeasure, RowsWithoutTarget, ZeroTargets
from sqlml.engine.scope import Scope
from sqlml.plan import Evaluate, Part, Query
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
    """Says how many rows do not count, by a look at the targets alone."""
    model = operator.model
    counts = f"SELECT count(*), {', '.join(_counts(part) for part in model.parts)} FROM ("
    composed = scope.composed(query.span).within(counts, "\n) AS r")
    with composed.blamed():
        ((rows, *found),) = scope.host.rows(composed.text, scope.given)
    for part, labelled_rows, zeros in zip(model.parts, found[::2], found[1::2], strict=True):
        if labelled_rows == 0:
            scope.notices.append(NoRowsToMeasure(part.target.name))
        elif labelled_rows < rows:
            scope.notices.append(RowsWithoutTarget(part.target.name, rows - labelled_rows))
        if zeros:
            scope.notices.append(ZeroTargets(f"{model.prefix(part)}mape", zeros))


def _counts(part: Part) -> str:
    """SQL: in how many rows `r` the part's target is known, and in how many it is a number and zero."""
    known = usable(part.target, "r")
    zero = f"{known} AND r.{identifier(part.target.name)} = 0"
    return f"count(*) FILTER ({known}), {f'count(*) FILTER ({zero})' if part.task is Task.REGRESSION else '0'}"
