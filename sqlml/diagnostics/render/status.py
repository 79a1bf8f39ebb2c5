"""A diagnostic for clients of a server: a status code of the gRPC family, a message, and the whole as JSON."""

from dataclasses import dataclass

from sqlml.diagnostics.diagnostic import Diagnostic
from sqlml.diagnostics.render.json import as_json
from sqlml.diagnostics.render.text import as_text


@dataclass(frozen=True)
class Status:
    """What goes over the wire: `code` is a canonical status name, `extra` the diagnostic as UTF-8 JSON."""

    code: str
    message: str
    extra: bytes


# By SQLSTATE, or by its class: the first that fits.
_CODES = (
    ("42704", "NOT_FOUND"),
    ("42P01", "NOT_FOUND"),
    ("42710", "ALREADY_EXISTS"),
    ("42P07", "ALREADY_EXISTS"),
    ("42501", "PERMISSION_DENIED"),
    ("57014", "CANCELLED"),
    ("08P01", "INVALID_ARGUMENT"),
    ("0A", "UNIMPLEMENTED"),
    ("22", "INVALID_ARGUMENT"),
    ("42", "INVALID_ARGUMENT"),
    ("ML", "INVALID_ARGUMENT"),
    ("26", "NOT_FOUND"),
    ("28", "UNAUTHENTICATED"),
    ("54", "INVALID_ARGUMENT"),
    ("57", "UNAVAILABLE"),
    ("25", "FAILED_PRECONDITION"),
    ("55", "FAILED_PRECONDITION"),
    ("40", "ABORTED"),
    ("53", "RESOURCE_EXHAUSTED"),
    ("58", "UNAVAILABLE"),
)


def as_status(diagnostic: Diagnostic) -> Status:
    """The status of a diagnostic; what is nobody's mistake is INTERNAL."""
    code = next((name for prefix, name in _CODES if diagnostic.sqlstate.startswith(prefix)), "INTERNAL")
    return Status(code, as_text(diagnostic), as_json(diagnostic).encode())
