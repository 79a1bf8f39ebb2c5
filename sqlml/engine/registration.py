"""The scoring function in every database that is open, and where it finds models."""

import atexit
import weakref
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

from sqlml.engine import catalog
from sqlml.engine.database import Host
from sqlml.score import function

_OPEN: "weakref.WeakSet[duckdb.DuckDBPyConnection]" = weakref.WeakSet()


def register(inner: duckdb.DuckDBPyConnection) -> None:
    """Makes `sqlml_score(id, features)` a function of the connection's database instance."""
    try:
        inner.create_function(
            "sqlml_score",
            _score,
            ["VARCHAR", "FLOAT[]"],
            "DOUBLE[]",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
    except duckdb.CatalogException:
        # Another connection of this process has the same database open, and the function with it.
        return


def _score(models: Any, rows: Any) -> Any:
    # DuckDB evaluates a function's annotations, and those of the real one name a library that is loaded late.
    return function.score(models, rows)


def keep(inner: duckdb.DuckDBPyConnection) -> None:
    """Remembers a connection while it lives: models are looked for in its databases."""
    _OPEN.add(inner)


def _find(artifact: str) -> bytes | None:
    """The bytes of an artifact in any open database; a view may score with a model that no statement named."""
    for inner in list(_OPEN):
        host = Host(inner.cursor())
        for database in catalog.homes(host):
            if found := catalog.read(host, database, artifact):
                return found
    return None


@atexit.register
def _close() -> None:
    """DuckDB complains on stderr of functions that outlive the interpreter; closing lets go of them."""
    for inner in list(_OPEN):
        inner.close()


function.loader = _find
