"""Whatever goes wrong in a call, as the status that its client gets: a diagnostic, and nothing of the machine."""

import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import pyarrow.flight as flight

import sqlml
from sqlml.diagnostics import Diagnostic, Problem
from sqlml.diagnostics.render import as_status
from sqlml.engine.worded import problem_of
from sqlml.faults import of_system
from sqlml.faults.problems import InternalError

# The codes that a server in this language can send without its own words behind them; the rest is in the JSON.
_SENT = {
    "ABORTED": flight.FlightServerError,
    "CANCELLED": flight.FlightCancelledError,
    "INTERNAL": flight.FlightInternalError,
    "PERMISSION_DENIED": flight.FlightUnauthorizedError,
    "RESOURCE_EXHAUSTED": flight.FlightUnavailableError,
    "UNAUTHENTICATED": flight.FlightUnauthenticatedError,
    "UNAVAILABLE": flight.FlightUnavailableError,
}

# Absolute paths, of whatever system.
_PATH = re.compile(r"(?:(?<![\w/])/|\b[A-Za-z]:\\)[^\s\"'`,;:)]*[\\/][^\s\"'`,;:)]*")


class Refused(Exception):
    """A statement that failed, with what its client is told of it; the cause is what the machinery raised."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def refused(error: BaseException, text: str) -> Refused:
    """What the client of the statement `text` is told of an error."""
    if isinstance(error, Refused):
        return error
    told = Refused(_veiled(_diagnostic(error, text), text))
    told.__cause__ = error
    return told


def _diagnostic(error: BaseException, text: str) -> Diagnostic:
    if isinstance(error, sqlml.Diagnosed):
        return error.diagnostic
    if isinstance(error, Problem):
        return error.diagnostic(text)
    if isinstance(error, sqlml.Error):
        return problem_of(error, text).diagnostic(text)
    known = of_system(error) if isinstance(error, Exception) else None
    return (known or InternalError()).diagnostic(text)


def _veiled(told: Diagnostic, text: str) -> Diagnostic:
    """The diagnostic without paths of the machine; those that the statement itself names stay."""

    def veil(words: str | None) -> str | None:
        return words and _PATH.sub(lambda path: path[0] if path[0] in text else "…", words)

    return replace(told, message=veil(told.message) or "", detail=veil(told.detail), hint=veil(told.hint))


def raised(error: BaseException) -> flight.FlightError:
    """The error to raise in a call, so that its client gets the diagnostic and no word of where it was raised."""
    if isinstance(error, flight.FlightError):
        return error
    status = as_status(refused(error, "").diagnostic)
    kind = _SENT.get(status.code, flight.FlightServerError)
    return kind(status.message, status.extra)


def traced(error: BaseException) -> str | None:
    """What the machinery said, for the log of the server: of errors alone that nobody foresaw."""
    cause = error.__cause__ if isinstance(error, Refused) else error
    if isinstance(error, Refused) and not error.diagnostic.sqlstate.startswith("XX"):
        return None
    return "".join(traceback.format_exception(cause))[-20_000:] if cause else None


@contextmanager
def wordless() -> Iterator[None]:
    """Inside, a status that leaves a call tells its words alone.

    Of most calls they are sent as they are; for some, the library below appends how the error came about, which it
    asks the standard library for.
    """
    whole = traceback.format_exception

    @wraps(whole)
    def brief(*arguments: Any, **named: Any) -> list[str]:
        return [] if isinstance(arguments[1 % len(arguments)], flight.FlightError) else whole(*arguments, **named)

    traceback.format_exception = brief
    try:
        yield
    finally:
        traceback.format_exception = whole


Call = Callable[..., Any]


def guarded(call: Call) -> Call:
    """A handler whose every error leaves as a status. An error of another class would take its traceback along."""

    @wraps(call)
    def guard(self: Any, *arguments: Any) -> Any:
        try:
            return call(self, *arguments)
        except Exception as error:
            self.note(error)
            # Held by no name: an error holds the calls that it went through, and they must not hold it.
            raise raised(error) from None

    return guard
