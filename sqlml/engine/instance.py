"""A database as this process has it open, by however many connections: what runs there, and its jobs."""

import os
from typing import Any
from weakref import WeakValueDictionary

from sqlml.engine.activity import Activities
from sqlml.engine.jobs import Jobs


class Instance:
    """What the connections to one database share."""

    def __init__(self) -> None:
        self.activities = Activities()
        self.jobs = Jobs()


# Those of files and of named databases in memory, of which DuckDB too opens each once in a process.
_SHARED: "WeakValueDictionary[str, Instance]" = WeakValueDictionary()


def instance(database: Any) -> Instance:
    """That of a database, as `duckdb.connect` is told which: each `:memory:` is another one."""
    name = os.fsdecode(database)
    if name in ("", ":memory:"):
        return Instance()
    return _SHARED.setdefault(name if name.startswith(":memory:") else os.path.realpath(name), Instance())
