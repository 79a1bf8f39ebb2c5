"""The scoring function in every database that is open, and where it finds models."""

import atexit
import weakref
from typing import Any

from sqlml.engine import catalog, jobs
from sqlml.engine.database import Host, Inner, add_function, cursor_of
from sqlml.engine.worded import carried
from sqlml.score import function

_OPEN: "weakref.WeakSet[Inner]" = weakref.WeakSet()


def register(inner: Inner) -> None:
    """Makes `sqlml_score(id, features)` a function of the connection's database instance.

    And `sqlml_score_unheld`, of features as `Recipe.unheld_array` has them.
    """
    for name, run in (("sqlml_score", _score), ("sqlml_score_unheld", _score_unheld)):
        add_function(inner, name, run, ["VARCHAR", "FLOAT[]", "DOUBLE[]"])


# DuckDB evaluates a function's annotations, and those of the real ones name a library that is loaded late.
def _score(models: Any, rows: Any) -> Any:
    with carried():
        return function.score(models, rows)


def _score_unheld(models: Any, rows: Any) -> Any:
    with carried():
        return function.score(models, rows, held=False)


def keep(inner: Inner) -> None:
    """Remembers a connection while it lives, which is no cursor of another: models are looked for in its databases."""
    _OPEN.add(inner)


def _find(artifact: str) -> bytes | None:
    """The bytes of an artifact in any open database; a view may score with a model that no statement named."""
    for cursor in filter(None, map(cursor_of, list(_OPEN))):
        host = Host(cursor)
        for database in catalog.homes(host):
            if found := catalog.read(host, database, artifact):
                return found
    return None


@atexit.register
def _close() -> None:
    """DuckDB complains on stderr of functions that outlive the interpreter; closing lets go of them."""
    jobs.end_all()
    for inner in list(_OPEN):
        inner.close()


function.loader = _find
