"""Machine learning at SQL's own level of abstraction, over DuckDB.

    >>> import sqlml
    >>> db = sqlml.connect()

`db` is a DuckDB connection that understands CREATE MODEL, PREDICT and EVALUATE.
"""

from duckdb import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,
    apilevel,
    paramstyle,
    threadsafety,
)

from sqlml.diagnostics import Diagnostic
from sqlml.engine import Connection, connect
from sqlml.engine.errors import Diagnosed
from sqlml.engine.progress import Progress

# DuckDB never raises an error of its interface alone.
InterfaceError = Error

__all__ = [
    "Connection",
    "DataError",
    "DatabaseError",
    "Diagnosed",
    "Diagnostic",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Progress",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]
