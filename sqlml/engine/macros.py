"""The macros that lie beside a model, by which text that is kept scores: a view follows the name that it calls."""

from dataclasses import replace

from sqlml.engine import catalog
from sqlml.engine.database import Host
from sqlml.engine.scoring import joined, macro_name, outputs, targets
from sqlml.plan import Model
from sqlml.prep.limits import flags
from sqlml.quote import literal
from sqlml.schema import Task

_KINDS = ("", " outputs", " flags")


def write(host: Host, model: Model) -> None:
    """Makes the macros of a stored version under what `model` is called, or lets those that are there score with it."""
    formulas = catalog.formulas(host, model)
    scores = joined([formula.scores_in_macro("input") for formula in formulas])
    recipes = [formula.recipe for formula in formulas]
    unlike = flags(list(zip(recipes, catalog.limits(host, model), strict=True)), "input")
    bodies = (f"(input) AS {scores}", _outputs(model), f"(input) AS {unlike}")
    for kind, body in zip(_KINDS, bodies, strict=True):
        host.run(f"CREATE OR REPLACE MACRO {catalog.home(model.database)}.{macro_name(model, kind)}{body}")


def remove(host: Host, model: Model) -> None:
    """Drops the macros under what `model` is called."""
    for kind in _KINDS:
        host.run(f"DROP MACRO IF EXISTS {catalog.home(model.database)}.{macro_name(model, kind)}")


def calling(host: Host, model: Model) -> list[str]:
    """The views and macros of the model's database that call the model, whichever version of it."""
    names = [macro_name(replace(model, called=called)) for called in catalog.all_called(host, model)]
    calls = " OR ".join(f"contains(lower(text), lower({literal(f'sqlml.{name}(')}))" for name in names)
    found = host.rows(
        "SELECT DISTINCT name FROM (SELECT database_name, view_name AS name, sql AS text FROM duckdb_views()"
        " UNION ALL SELECT database_name, function_name, macro_definition FROM duckdb_functions()"
        f" WHERE schema_name <> 'sqlml') WHERE database_name = {literal(model.database)} AND ({calls}) ORDER BY name"
    )
    return [name for (name,) in found]


def _outputs(model: Model) -> str:
    """Parameters and body of the macro of the outputs: with a threshold where one means something."""
    if [part.task for part in model.parts] != [Task.BINARY]:
        return f"(scores) AS {outputs(targets(model), 'scores')}"
    return f"(scores, threshold := NULL) AS {outputs(targets(model), 'scores', 'threshold')}"
