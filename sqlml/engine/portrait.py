"""What can be shown of a model: what it goes by, and how it did on the rows that it never saw."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlml.dialect import lex
from sqlml.dialect.grammar import grammar
from sqlml.engine import catalog
from sqlml.engine.connection import Connection
from sqlml.engine.database import Host, tokenize
from sqlml.plan import Model
from sqlml.quote import literal
from sqlml.schema import Task
from sqlml.statements.parts import model_name


@dataclass(frozen=True)
class Portrait:
    """One target of a model.

    `curves` are rows (x, y, actual, predicted, rows) of the table `sqlml.curves`, by their names; none of a model that
    was imported, or trained before there was that table.
    """

    target: str
    task: Task
    learner: str
    metric: str | None
    value: float | None
    baseline: float | None
    curves: dict[str, list[tuple[Any, ...]]]


def portraits(db: Connection, name: str) -> list[Portrait]:
    """Each target of the model that a statement calls `name`. Raises the problem of a name that means none."""
    host, model = _found(db, name)
    at = catalog.home(model.database)
    about = host.rows(
        f"SELECT learner, metric, value, baseline FROM {at}.targets WHERE {catalog.this(model)} ORDER BY position"
    )
    has_curves = _is_kept(host, model, "curves")
    found = []
    for part, (learner, metric, value, baseline) in zip(model.parts, about, strict=True):
        curves: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        if has_curves:
            sql = f"FROM {at}.curves WHERE artifact = ? ORDER BY curve, position"
            for _, curve, _, *point in host.rows(sql, [part.artifact]):
                curves[curve].append(tuple(point))
        found.append(Portrait(part.target.name, part.task, learner, metric, value, baseline, curves))
    return found


def importances(db: Connection, name: str) -> list[list[tuple[str, float]]]:
    """For each target, how much each column of a row matters to its prediction, as measured in training, most first.

    A list is empty where that is not known: of a model that was imported, or trained before there was the table
    `sqlml.importance`.
    """
    host, model = _found(db, name)
    if not _is_kept(host, model, "importance"):
        return [[] for _ in model.parts]
    sql = (
        f'SELECT "column", importance FROM {catalog.home(model.database)}.importance'
        f' WHERE {catalog.this(model)} AND target = ? ORDER BY importance DESC, "column"'
    )
    return [[(column, moved) for column, moved in host.rows(sql, [part.target.name])] for part in model.parts]


def _is_kept(host: Host, model: Model, table: str) -> bool:
    return bool(
        host.rows(
            f"SELECT 1 FROM duckdb_tables() WHERE database_name = {literal(model.database)}"
            f" AND schema_name = 'sqlml' AND table_name = {literal(table)}"
        )
    )


def _found(db: Connection, name: str) -> tuple[Host, Model]:
    # A name that means nothing is an error of DESCRIBE's, with its place and what was meant.
    db.execute(f"DESCRIBE MODEL {name}")
    host, tokens = db.host(), lex(name, tokenize(name))
    node, _ = grammar().match("model_version", tokens)
    model = catalog.find(host, model_name(node)) if node else None
    if model is None:
        raise LookupError(name)
    return host, model
