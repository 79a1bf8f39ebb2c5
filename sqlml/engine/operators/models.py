"""SHOW MODELS, SHOW TRIALS, DESCRIBE MODEL and DROP MODEL: what the catalog holds."""

import json
from dataclasses import replace

from sqlml.engine import catalog, macros
from sqlml.engine.operators.answer import Answer, Cell, table
from sqlml.engine.scope import Scope
from sqlml.engine.scoring import macro, output_types
from sqlml.plan import DescribeModel, DropModel, Model, ShowModels, ShowTrials
from sqlml.plan.operators import Keep
from sqlml.prep.recipe import Recipe
from sqlml.quote import literal

Rows = list[tuple[Cell, ...]]

_SHOWN = """
SELECT model_name AS name, v.task, v.target, default_version, versions, v.metric, v.value, m.created_at,
       coalesce(aliases, []) AS aliases
FROM {home}.models m
JOIN {home}.versions v USING (schema_name, model_name)
JOIN (SELECT schema_name, model_name, count(*) AS versions FROM {home}.versions GROUP BY ALL) c
  USING (schema_name, model_name)
LEFT JOIN (SELECT schema_name, model_name, list(alias ORDER BY alias) AS aliases FROM {home}.aliases GROUP BY ALL) a
  USING (schema_name, model_name)
WHERE v.version = default_version
"""
_NONE = """
SELECT ''::VARCHAR AS name, ''::VARCHAR AS task, ''::VARCHAR AS target, 0::INTEGER AS default_version,
       0::BIGINT AS versions, ''::VARCHAR AS metric, 0::DOUBLE AS value, NULL::TIMESTAMP AS created_at,
       []::VARCHAR[] AS aliases
WHERE false
"""


def show(_operator: ShowModels, scope: Scope) -> Answer:
    """A row for every model of the attached databases."""
    selects = [_SHOWN.format(home=catalog.home(database)) for database in catalog.homes(scope.host)]
    return Answer.of(" UNION ALL ".join([*selects, _NONE]) + " ORDER BY name", scope.span)


def trials(operator: ShowTrials, scope: Scope) -> Answer:
    """A row for each trial of the model's training, in their order."""
    model = operator.model
    of_model = " OR ".join(f"artifact = {literal(part.artifact)}" for part in model.parts)
    return Answer.of(
        "SELECT number, learner, settings, metric, value, seconds, state, message"
        f" FROM {catalog.home(model.database)}.trials WHERE {of_model} ORDER BY number",
        scope.span,
    )


def describe(operator: DescribeModel, scope: Scope) -> Answer:
    """Rows of (part, name, type, detail): the model, its inputs, features, outputs and notices.

    Where the model has several targets, the names of what is one target's begin with it.
    """
    model, at = operator.model, catalog.home(operator.model.database)
    ((query, options, notices, created_at),) = scope.host.rows(
        f"SELECT query, options, notices, created_at::VARCHAR FROM {at}.versions WHERE {catalog.this(model)}"
    )
    recipes = catalog.recipes(scope.host, model)
    about: Rows = [
        ("model", "name", None, f"{model.database}.{model.schema}.{model.name}"),
        ("model", "version", None, f"{model.version}" + (" (default)" if model.is_default else "")),
        *_targets(model, scope),
        ("model", "created at", None, created_at),
        ("model", "file", None, json.loads(options)["file"]) if model.is_imported else ("model", "query", None, query),
        ("model", "macro", None, macro(model)),
    ]
    about += [("input", column.name, column.type, None) for column in model.inputs]
    for part, recipe in zip(model.parts, recipes, strict=True):
        about += _features(recipe, model.prefix(part))
    for part in model.parts:
        types = output_types(part.target.type)
        about += [("output", name, kind, None) for name, kind in zip(part.outputs, types, strict=False)]
    about += [("notice", None, None, notice) for notice in notices]
    return Answer.of(table(("part", "name", "type", "detail"), about), scope.span)


def _targets(model: Model, scope: Scope) -> Rows:
    """What the model is to each of its targets."""
    known = scope.host.rows(
        f"SELECT learner, detail, rows, metric, value FROM {catalog.home(model.database)}.targets"
        f" WHERE {catalog.this(model)} ORDER BY position"
    )
    rows: Rows = []
    for part, (learner, detail, count, metric, value) in zip(model.parts, known, strict=True):
        prefix = model.prefix(part)
        rows += [
            ("model", f"{prefix}task", None, str(part.task)),
            ("model", f"{prefix}target", part.target.type, part.target.name),
            ("model", f"{prefix}learner", None, learner),
            ("model", f"{prefix}made of", None, detail),
        ]
        # Of a model that was imported, neither is known.
        rows += [] if count is None else [("model", f"{prefix}rows", None, str(count))]
        rows += [] if value is None else [("model", metric, None, f"{value:.6g}")]
    return rows


def _features(recipe: Recipe, prefix: str) -> Rows:
    expressions = zip(recipe.features, recipe.expressions("input"), strict=True)
    return [("feature", prefix + f.name, "category" if f.is_category else "number", sql) for f, sql in expressions]


def drop(operator: DropModel, scope: Scope) -> Answer:
    """Removes the model; no rows."""
    model, host = operator.model, scope.host
    catalog.check_writable(host, model.database)
    with host.transaction():
        catalog.prepare(host, model.database)
        every = catalog.all_called(host, model) if operator.version is None else [model.called]
        for called in every:
            macros.remove(host, replace(model, called=called))
        catalog.remove(host, model, operator.version)
    return nothing(scope)


def keep(operator: Keep, scope: Scope) -> Answer:
    """Says why nothing is done; no rows."""
    scope.notices.append(operator.notice)
    return nothing(scope)


def nothing(scope: Scope) -> Answer:
    """The answer of a statement that has no rows."""
    return Answer.of('SELECT true AS "Success" WHERE false', scope.span)
