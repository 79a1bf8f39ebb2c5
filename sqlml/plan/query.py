"""A query of the user's, as text that only the host reads."""

from dataclasses import dataclass

from sqlml.diagnostics import Span


@dataclass(frozen=True)
class Query:
    """The text of a query and its place in the statement's source."""

    text: str
    span: Span
