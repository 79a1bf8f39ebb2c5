"""How many of a query's rows a training reads: no more than there is time and memory to learn from."""

from dataclasses import dataclass

from sqlml.diagnostics import Notice
from sqlml.engine import memory
from sqlml.engine.problems import RowsBeyondMemory, RowsBeyondTime
from sqlml.engine.scope import Scope
from sqlml.plan import Train
from sqlml.train.learner import learners
from sqlml.train.plan import rows_in_memory, rows_in_time


@dataclass(frozen=True)
class Reading:
    """So many of the query's `of` rows are read, an even choice of them, for the reason that `notices` give."""

    rows: int
    of: int
    notices: tuple[Notice, ...] = ()

    @property
    def share(self) -> float:
        return self.rows / self.of if self.notices else 1.0


def reading(operator: Train, scope: Scope) -> Reading:
    """What a training reads; its rows are counted only where they seem to be too many."""
    chosen = choice(operator, scope, _expected(operator, scope))
    return choice(operator, scope, count(operator, scope)) if chosen.notices else chosen


def choice(operator: Train, scope: Scope, rows: int) -> Reading:
    """What a training would read of so many rows."""
    columns = len(operator.columns)
    in_memory = rows_in_memory(rows, columns, scope.host.threads(), memory.allowed(scope.host))
    in_time = rows_in_time(rows, columns, operator.settings.max_runtime / len(operator.aims), learners())
    some = min(in_memory, in_time)
    if some == rows:
        return Reading(rows, rows)
    notice = RowsBeyondMemory(some, rows) if some == in_memory else RowsBeyondTime(some, rows)
    return Reading(some, rows, (notice,))


def count(operator: Train, scope: Scope) -> int:
    """How many rows the query has."""
    counting = scope.composed(operator.query.span).within("SELECT count(*) FROM (", "\n)")
    with counting.blamed():
        return int(scope.host.rows(counting.text, scope.parameters(operator.query.span))[0][0])


def _expected(operator: Train, scope: Scope) -> int:
    """How many rows DuckDB expects of the query, before it is run."""
    return max((step.rows for step in scope.planned(operator.query)), default=0)
