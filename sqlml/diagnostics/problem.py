"""The root of every condition: its class is the condition, its docstring the condition's page."""

import re
import secrets
from typing import ClassVar, Self

from sqlml.diagnostics.diagnostic import Diagnostic, Severity
from sqlml.diagnostics.span import Place, Span


class Problem(Exception):
    """Something that the user should know, with what to do about it.

    A subclass sets `sqlstate`, takes the facts in its constructor, and words them. Its docstring has a
    first line (what happened), then paragraphs that begin `Why:`, `Example:` and `What to do:`.
    """

    severity: ClassVar[Severity] = Severity.ERROR
    sqlstate: ClassVar[str] = "XX000"
    retryable: bool = False

    def __init__(
        self, message: str, *, detail: str | None = None, hint: str | None = None, span: Span | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.hint = hint
        self.span = span
        self.reference = secrets.token_hex(4)

    @classmethod
    def condition(cls) -> str:
        """The condition's name: the class's own, in snake_case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()

    def at(self, span: Span | None) -> Self:
        """The same problem, placed at `span` unless it has a place already."""
        self.span = self.span or span
        return self

    def diagnostic(self, text: str | None = None) -> Diagnostic:
        """The problem as shown to the user, its span resolved in `text`."""
        place = Place.of(self.span, text) if self.span is not None and text is not None else None
        return Diagnostic(
            severity=self.severity,
            sqlstate=self.sqlstate,
            condition=self.condition(),
            message=self.message,
            detail=self.detail,
            hint=self.hint,
            place=place,
            retryable=self.retryable,
            reference=self.reference,
        )


class Warning(Problem):
    """A problem that did not end its statement, and may surprise."""

    severity = Severity.WARNING


class Notice(Problem):
    """Something decided for the user, told so that nothing is silent."""

    severity = Severity.NOTICE


class Log(Problem):
    """Something kept for whoever looks into a statement later: only `SHOW DIAGNOSTICS` tells of it."""

    severity = Severity.LOG


class RawCause(Exception):
    """What a library or the machine said and no exception holds: kept for `SHOW DIAGNOSTICS`, shown nowhere else."""
