"""A glance at the rows of a PREDICT: whether they are like those that the model has learnt from."""

from sqlml.engine.scope import Scope, written
from sqlml.engine.scoring import ROW
from sqlml.plan import Score
from sqlml.plan.input_problems import RowsUnlikeTraining

# So many rows are looked at, where there seem to be so many at least; what this share of them has is told.
_ROWS, _LEAST, _SHARE = 2_000, 1_000, 0.1


def look(operator: Score, scope: Scope) -> None:
    """Notes down what many of the first rows are flagged with.

    Only where all rows of a table, or those that a plain filter leaves, are predicted by a statement of their own: to
    look at its first rows costs little beside predicting them all. What is computed, joined or read from a file is
    not run twice, nor is a function that gives another value each time; within a query nobody knows how few of the
    rows are wanted; and a query with parameters is one that is asked often. Measured with 20 columns on a busy machine:
    10 ms where rows are looked at, 0.7 to find out that they are few.
    """
    if scope.given is not None or not _is_table(operator, scope):
        return
    flags = written(scope.host, operator.model, flagged=True).flags(operator.adaptation.casts)
    # Every row has an empty flag beside its own, which counts the rows.
    head = f"SELECT flag, count(*) FROM (SELECT unnest(list_prepend('', {flags})) AS flag FROM (FROM ("
    looking = scope.composed(operator.query.span).within(head, f"\n) LIMIT {_ROWS}) AS {ROW}) GROUP BY flag")
    with looking.blamed():
        counts = dict(scope.host.rows(looking.text))
    rows = counts.pop("", 0)
    common = sorted((-count, flag) for flag, count in counts.items() if count >= _SHARE * rows)
    if common:
        shares = {flag: -count / rows for count, flag in common}
        scope.notices.append(RowsUnlikeTraining(operator.model.name, rows, shares))


def _is_table(operator: Score, scope: Scope) -> bool:
    """Whether the query is nothing but the rows of a table, of which there seem to be many."""
    words = operator.query.text.upper()
    if "FROM" not in words and "TABLE" not in words:
        return False
    return [(step.kind, step.before) for step in scope.planned(operator.query) if step.rows >= _LEAST] == [
        ("SEQ_SCAN", 0)
    ]
