"""A database that others send SQL to: none of it reaches the machine, whatever it says."""

from typing import Any

from sqlml.engine import registration
from sqlml.engine.connection import Connection
from sqlml.engine.database import opened
from sqlml.engine.instance import instance
from sqlml.engine.record import Record

# Set when the database is opened, so that every connection to it has them.
_OPENED_WITH: dict[str, Any] = {
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# What a connection may still set for itself: drivers do.
_FREE = "['TimeZone', 'search_path', 'schema']"


def confined(database: str, settings: dict[str, Any]) -> Connection:
    """Opens a database of which SQL reaches no file but its own, no network, extension or variable of the program.

    `settings` are DuckDB's, such as its memory limit; none can be changed later.
    """
    inner = opened(database, False, _OPENED_WITH | settings)
    registration.register(inner)
    db = Connection(inner, Record(inner, secretive=True), instance(database))
    for statement in (
        "SET enable_progress_bar = false",
        f"SET GLOBAL allowed_configs = {_FREE}",
        "SET GLOBAL enable_external_access = false",
        "SET GLOBAL lock_configuration = true",
    ):
        db.execute(statement)
    return db
