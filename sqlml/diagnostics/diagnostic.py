"""The object that every error, warning and notice becomes."""

from dataclasses import dataclass
from enum import StrEnum

from sqlml.diagnostics.span import Place


class Severity(StrEnum):
    """How a diagnostic bears on its statement: ERROR ends it, the others do not; LOG is kept and shown to nobody."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    NOTICE = "NOTICE"
    LOG = "LOG"


@dataclass(frozen=True)
class Diagnostic:
    """What happened, in the user's nouns, and what can be done about it in SQL.

    `sqlstate` follows PostgreSQL's classes, with class `ML` for what only a model can have. `reference`
    names this one occurrence. The raw cause of a failure is never part of it.
    """

    severity: Severity
    sqlstate: str
    condition: str
    message: str
    detail: str | None = None
    hint: str | None = None
    place: Place | None = None
    retryable: bool = False
    reference: str = ""
