"""Storing a model: its rows in the catalog, its macros, and its metrics."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from sqlml.diagnostics import Problem, Span
from sqlml.engine import catalog
from sqlml.engine.database import Host
from sqlml.engine.scoring import Written, evaluation_sql, score_call
from sqlml.plan import Evaluate, Model, Query, Train
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target
from sqlml.quote import identifier, literal
from sqlml.schema import Task
from sqlml.train.job import Outcome

# The metric that stands for a model in CREATE MODEL and SHOW MODELS.
HEADLINE = {Task.BINARY: "roc_auc", Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


# A macro looks up each field of its argument among all of them, unless a lambda has them looked up once. Measured at
# 500 features: 0.9 s to plan without, 0.1 s with; below this many the lambda costs more per row than it saves.
_MANY = 200


@dataclass(frozen=True)
class Learnt:
    """A trained model that is not stored yet."""

    artifact: str
    where: tuple[str, str, str]
    operator: Train
    target: Target
    recipe: Recipe
    outcome: Outcome


def publish(host: Host, learnt: Learnt, notices: Sequence[Problem]) -> Model:
    """Writes the version and makes it the default; in a transaction, so that it is there whole or not at all."""
    database, schema, name = learnt.where
    at = catalog.home(database)
    catalog.prepare(host, database)
    catalog.store(host, database, learnt.artifact, learnt.outcome.graph)
    _insert(host, f"{at}.versions", _version(learnt, notices))
    for trial in learnt.outcome.trials:
        settings = json.dumps(trial.settings, sort_keys=True)
        _insert(host, f"{at}.trials", asdict(trial) | {"artifact": learnt.artifact, "settings": settings})
    key = f"schema_name = {literal(schema)} AND model_name = {literal(name)}"
    if not host.rows(f"UPDATE {at}.models SET default_version = ? WHERE {key} RETURNING 1", [learnt.operator.version]):
        host.run(f"INSERT INTO {at}.models VALUES (?, ?, ?, ?)", [schema, name, learnt.operator.version, _now()])
    _macros(host, learnt)
    return catalog.by_artifact(host, database, learnt.artifact)


def measure(host: Host, model: Model, recipe: Recipe, relation: str) -> None:
    """Measures the model on rows held out, by the SQL that EVALUATE uses, and stores what came out."""
    head, tail = evaluation_sql(Evaluate(model, Query(relation, Span(0, 0))), Written(model, recipe))
    at = catalog.home(model.database)
    artifact = literal(model.artifact)
    host.run(f"INSERT INTO {at}.metrics SELECT {artifact}, row_number() OVER (), * FROM {head}FROM {relation}{tail}")
    headline = literal(HEADLINE[model.task])
    host.run(
        f"UPDATE {at}.versions v SET metric = m.metric, value = m.value, baseline = m.baseline"
        f" FROM {at}.metrics m WHERE m.artifact = {artifact} AND v.artifact = {artifact} AND m.metric = {headline}"
    )


def note_seconds(host: Host, model: Model, seconds: float) -> None:
    """Stores how long all of it took."""
    artifact = literal(model.artifact)
    host.run(f"UPDATE {catalog.home(model.database)}.versions SET seconds = {seconds!r} WHERE artifact = {artifact}")


def summary(model: Model) -> str:
    """The row that CREATE MODEL returns."""
    return (
        "SELECT model_name AS model, version, task, target, rows, features, learner, metric, value, baseline, seconds,"
        f" device, notices FROM {catalog.home(model.database)}.versions WHERE artifact = {literal(model.artifact)}"
    )


def _now() -> datetime:
    """UTC without saying so: a zone would make every client need a library of time zones."""
    return datetime.now(UTC).replace(tzinfo=None)


def _insert(host: Host, table: str, row: dict[str, Any]) -> None:
    values = ", ".join(f"? AS {identifier(column)}" for column in row)
    host.run(f"INSERT INTO {table} BY NAME SELECT {values}", list(row.values()))


def _version(learnt: Learnt, notices: Sequence[Problem]) -> dict[str, Any]:
    _, schema, name = learnt.where
    operator, target, outcome = learnt.operator, learnt.target, learnt.outcome
    return {
        "schema_name": schema,
        "model_name": name,
        "version": operator.version,
        "artifact": learnt.artifact,
        "task": str(target.task),
        "target": target.column.name,
        "target_type": target.column.type,
        "query": operator.query.text,
        "options": json.dumps(asdict(operator.settings), sort_keys=True),
        "learner": outcome.learner,
        "rows": target.rows,
        "features": len(learnt.recipe.features),
        "device": "CPU",
        "notices": [notice.message for notice in notices],
        "inputs": [asdict(column) for column in learnt.recipe.inputs],
        "classes": list(target.classes),
        "prior": list(target.prior),
        "recipe": learnt.recipe.to_json(),
        "sqlml_version": version("sqlml"),
        "created_at": _now(),
    }


def _macros(host: Host, learnt: Learnt) -> None:
    """Under the version's own name and, as the model's default, under the model's."""
    database, schema, name = learnt.where
    features = learnt.recipe.array("input")
    if len(learnt.recipe.features) > _MANY:
        features = f"list_transform([input], lambda input: {features})[1]"
    scores = score_call(learnt.artifact, features)
    outputs = learnt.target.outputs("scores")
    for suffix in ("", f" VERSION {learnt.operator.version}"):
        called = f"CREATE OR REPLACE MACRO {catalog.home(database)}."
        host.run(f"{called}{identifier(f'{schema}.{name}{suffix}')}(input) AS {scores}")
        host.run(f"{called}{identifier(f'{schema}.{name}{suffix} outputs')}(scores) AS {outputs}")
