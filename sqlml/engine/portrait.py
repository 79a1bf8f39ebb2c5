"""What can be shown of a model: what it goes by, and how it did on the rows that it never saw."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlml.dialect import lex
from sqlml.dialect.grammar import grammar
from sqlml.engine import catalog
from sqlml.engine.connection import Connection
from sqlml.engine.database import Host, tokenize
from sqlml.plan import Model, Part
from sqlml.quote import identifier, literal
from sqlml.schema import Task
from sqlml.statements.parts import model_name

# Rows whose values change places, and the columns of which that is tried.
_ROWS, _MOST_COLUMNS = 500, 100
_PLACE, _COLUMN = '"__sqlml_place"', '"__sqlml_column"'


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
    has_curves = host.rows(
        f"SELECT 1 FROM duckdb_tables() WHERE database_name = {literal(model.database)}"
        " AND schema_name = 'sqlml' AND table_name = 'curves'"
    )
    found = []
    for part, (learner, metric, value, baseline) in zip(model.parts, about, strict=True):
        curves: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        if has_curves:
            sql = f"FROM {at}.curves WHERE artifact = ? ORDER BY curve, position"
            for _, curve, _, *point in host.rows(sql, [part.artifact]):
                curves[curve].append(tuple(point))
        found.append(Portrait(part.target.name, part.task, learner, metric, value, baseline, curves))
    return found


def importances(db: Connection, name: str) -> list[list[tuple[str, float]]] | None:
    """For each target, how much each column of a row matters to its prediction, most first; None where nobody can tell.

    That is by how much the prediction changes where the column has the value of another row, on average over a sample
    of the rows of the training query, which is run again: the share of the probability that moves to other classes, or
    the difference of the numbers.

    Raises:
        sqlml.Error: the query no longer runs.
    """
    host, model = _found(db, name)
    if not 0 < len(model.inputs) <= _MOST_COLUMNS:
        return None
    query, _ = catalog.training(host, model)
    if query is None:
        return None
    columns = [column.name for column in model.inputs]
    changes = db.execute(_changes(model, query, columns)).fetchall()
    return [
        sorted(((columns[at - 1], found[part]) for at, *found in changes), key=lambda one: -(one[1] or 0.0))
        for part in range(len(model.parts))
    ]


def is_quick(db: Connection, name: str) -> bool:
    """Whether `importances` costs little: the training query is no more than the rows of a table, or none is run."""
    host, model = _found(db, name)
    query, _ = catalog.training(host, model)
    if query is None:
        return True
    ((_, plan),) = host.rows(f"EXPLAIN (FORMAT json) FROM ({query}\n)")
    return [(step["name"].strip(), step["children"]) for step in json.loads(plan)] == [("SEQ_SCAN", [])]


def _changes(model: Model, query: str, columns: list[str]) -> str:
    """SQL of a row for each column: its number, and the mean change of each part's prediction."""
    called = ".".join(map(identifier, (model.database, model.schema, model.name))) + model.called
    listed = ", ".join(map(identifier, columns))
    stacked = [f"SELECT 0 AS {_COLUMN}, {_PLACE}, {listed} FROM sample"]
    for at, column in enumerate(columns, 1):
        of = ", ".join(f"{'o' if one == column else 's'}.{identifier(one)}" for one in columns)
        stacked.append(
            f"SELECT {at}, s.{_PLACE}, {of} FROM sample s"
            f" JOIN sample o ON o.{_PLACE} = (s.{_PLACE} + 1) % (SELECT count(*) FROM sample)"
        )
    outputs = [identifier(part.outputs[-1]) for part in model.parts]
    compared = ", ".join(_change(part, output) for part, output in zip(model.parts, outputs, strict=True))
    return (
        f"WITH sample AS MATERIALIZED (SELECT row_number() OVER () - 1 AS {_PLACE}, {listed} FROM ({query}\n)"
        f" USING SAMPLE reservoir({_ROWS} ROWS) REPEATABLE (1)), stacked AS ({' UNION ALL '.join(stacked)}),"
        f" predicted AS MATERIALIZED (FROM PREDICT(MODEL {called}, (FROM stacked)))"
        f" SELECT c.{_COLUMN}, {compared} FROM predicted c JOIN predicted b"
        f" ON b.{_PLACE} = c.{_PLACE} AND b.{_COLUMN} = 0 WHERE c.{_COLUMN} > 0 GROUP BY 1 ORDER BY 1"
    )


def _change(part: Part, output: str) -> str:
    if part.task is Task.REGRESSION:
        return f"avg(abs(c.{output} - b.{output}))"
    pairs = f"list_zip(map_values(c.{output}), map_values(b.{output}))"
    return f"avg(list_sum(list_transform({pairs}, lambda pair: abs(pair[1] - pair[2]))) / 2)"


def _found(db: Connection, name: str) -> tuple[Host, Model]:
    # A name that means nothing is an error of DESCRIBE's, with its place and what was meant.
    db.execute(f"DESCRIBE MODEL {name}")
    host, tokens = db.host(), lex(name, tokenize(name))
    node, _ = grammar().match("model_version", tokens)
    model = catalog.find(host, model_name(node)) if node else None
    if model is None:
        raise LookupError(name)
    return host, model
