"""Problems as exceptions of PEP 249, each also one of DuckDB's."""

import duckdb

from sqlml.diagnostics import Diagnostic, Problem
from sqlml.diagnostics.render import as_text
from sqlml.faults import of_machine


class Diagnosed(duckdb.Error):
    """An error of sqlml; `diagnostic` has its parts."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(as_text(diagnostic))
        self.diagnostic = diagnostic


class ProgrammingError(Diagnosed, duckdb.ProgrammingError):
    """The statement is wrong."""


class NotSupportedError(Diagnosed, duckdb.NotSupportedError):
    """The statement asks for what is not there."""


class DataError(Diagnosed, duckdb.DataError):
    """The data does not allow what the statement asks."""


class OperationalError(Diagnosed, duckdb.OperationalError):
    """The database or the machine does not allow it now."""


class InternalError(Diagnosed, duckdb.InternalError):
    """A mistake of sqlml's own."""


# By the class of the SQLSTATE.
_CLASSES: dict[str, type[Diagnosed]] = {
    "08": OperationalError,
    "0A": NotSupportedError,
    "22": DataError,
    "25": OperationalError,
    "3F": ProgrammingError,
    "40": OperationalError,
    "42": ProgrammingError,
    "53": OperationalError,
    "55": OperationalError,
    "57": OperationalError,
    "58": OperationalError,
    "ML": DataError,
}


def error(problem: Problem, text: str | None) -> Diagnosed:
    """The exception to raise for a problem of the statement `text`."""
    return _CLASSES.get(problem.sqlstate[:2], InternalError)(problem.diagnostic(text))


# What was asked for is not there or not allowed, whenever it is asked for.
_ASKED_WRONGLY = range(400, 500)


def passes(failure: duckdb.Error) -> bool:
    """Whether the same statement may do later what it cannot now: for want of memory or disk, or of what another holds.

    DuckDB's own errors say it by their kind and, where the machine is to blame, in their words.
    """
    if isinstance(failure, Diagnosed):
        return failure.diagnostic.retryable
    if isinstance(failure, duckdb.HTTPException):
        return getattr(failure, "status_code", 0) not in _ASKED_WRONGLY
    if isinstance(failure, duckdb.OutOfMemoryException):
        return True
    if not isinstance(failure, duckdb.IOException):
        return False
    problem = of_machine(str(failure))
    return "could not set lock" in str(failure).lower() or (problem is not None and problem.retryable)
