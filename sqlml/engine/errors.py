"""Problems as exceptions of PEP 249, each also one of DuckDB's."""

import duckdb

from sqlml.diagnostics import Diagnostic, Problem
from sqlml.diagnostics.render import as_text


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
