"""SHOW MODELS, DESCRIBE MODEL and DROP MODEL: what the catalog holds."""

from sqlml.engine import catalog
from sqlml.engine.operators.answer import Answer, Cell, table
from sqlml.engine.scope import Scope
from sqlml.engine.scoring import macro
from sqlml.plan import DescribeModel, DropModel, ShowModels
from sqlml.plan.operators import Keep
from sqlml.prep.recipe import Recipe
from sqlml.quote import literal

_SHOWN = """
SELECT model_name AS name, v.task, v.target, default_version, versions, v.metric, v.value, m.created_at,
       []::VARCHAR[] AS aliases
FROM {home}.models m
JOIN {home}.versions v USING (schema_name, model_name)
JOIN (SELECT schema_name, model_name, count(*) AS versions FROM {home}.versions GROUP BY ALL) c
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


def describe(operator: DescribeModel, scope: Scope) -> Answer:
    """Rows of (part, name, type, detail): the model, its inputs, features, outputs and notices."""
    model = operator.model
    ((learner, rows, metric, value, query, recipe_text, notices, created_at),) = scope.host.rows(
        f"SELECT learner, rows, metric, value, query, recipe, notices, created_at::VARCHAR"
        f" FROM {catalog.home(model.database)}.versions WHERE artifact = {literal(model.artifact)}"
    )
    recipe = Recipe.from_json(recipe_text)
    about: list[tuple[Cell, ...]] = [
        ("model", "name", None, f"{model.database}.{model.schema}.{model.name}"),
        ("model", "version", None, f"{model.version}" + (" (default)" if model.is_default else "")),
        ("model", "task", None, str(model.task)),
        ("model", "target", model.target.type, model.target.name),
        ("model", "learner", None, learner),
        ("model", "rows", None, str(rows)),
        ("model", metric, None, f"{value:.6g}"),
        ("model", "created at", None, created_at),
        ("model", "query", None, query),
        ("model", "macro", None, macro(model)),
    ]
    about += [("input", column.name, column.type, None) for column in recipe.inputs]
    expressions = zip(recipe.features, recipe.expressions("input"), strict=True)
    about += [("feature", f.name, "category" if f.is_category else "number", sql) for f, sql in expressions]
    types = (model.target.type, "DOUBLE", f"MAP({model.target.type}, DOUBLE)")
    about += [("output", name, kind, None) for name, kind in zip(model.outputs, types, strict=False)]
    about += [("notice", None, None, notice) for notice in notices]
    return Answer.of(table(("part", "name", "type", "detail"), about), scope.span)


def drop(operator: DropModel, scope: Scope) -> Answer:
    """Removes the model; no rows."""
    with scope.host.transaction():
        catalog.remove(scope.host, operator.model, operator.version)
    return _nothing(scope)


def keep(operator: Keep, scope: Scope) -> Answer:
    """Says why nothing is done; no rows."""
    scope.notices.append(operator.notice)
    return _nothing(scope)


def _nothing(scope: Scope) -> Answer:
    return Answer.of('SELECT true AS "Success" WHERE false', scope.span)
