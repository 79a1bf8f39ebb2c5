"""Problems as data, so that they get from one process to another."""

import traceback
from typing import Any

from sqlml.diagnostics.index import conditions
from sqlml.diagnostics.problem import Problem, RawCause


def packed(problem: Problem) -> dict[str, Any]:
    """A problem as JSON can hold it, without its place."""
    cause = problem.__cause__
    return {
        "condition": problem.condition(),
        "worded": {"message": problem.message, "detail": problem.detail, "hint": problem.hint},
        "retryable": problem.retryable,
        "cause": "".join(traceback.format_exception(cause)) if cause else None,
    }


def unpacked(fields: dict[str, Any]) -> Problem:
    """The problem that `packed` was given, where the module that words it is loaded."""
    # Worded where its facts were; only the class is looked up here.
    kind = conditions()[fields["condition"]]
    problem = kind.__new__(kind)
    Problem.__init__(problem, **fields["worded"])
    problem.retryable = fields["retryable"]
    problem.__cause__ = RawCause(fields["cause"]) if fields["cause"] else None
    return problem
