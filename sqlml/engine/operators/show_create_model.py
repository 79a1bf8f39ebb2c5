"""SHOW CREATE MODEL: the statement that makes a model again."""

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlml.dialect.grammar import grammar
from sqlml.engine import catalog
from sqlml.engine.operators.answer import Answer, table
from sqlml.engine.scope import Scope
from sqlml.plan import Model, ShowCreateModel
from sqlml.plan.options import BACKGROUND, OPTIONS, Settings
from sqlml.quote import identifier, literal

# How options are written that are neither words nor whole numbers.
_WRITTEN: dict[str, Callable[[Any], str]] = {
    "max_runtime": lambda seconds: literal(f"{seconds:.15g} seconds"),
    "weight": lambda column: _name(column["name"]),
    "group": lambda column: _name(column["name"]),
}


def show(operator: ShowCreateModel, scope: Scope) -> Answer:
    """One row, one column: a statement that makes the model anew, with every option that was said."""
    return Answer.of(table(("sql",), [(statement(operator.model, scope),)]), scope.span)


def statement(model: Model, scope: Scope) -> str:
    """The statement that makes the model anew, as it has to be written here."""
    query, options = catalog.training(scope.host, model)
    targets = ", ".join(_name(part.target.name) for part in model.parts)
    said = f"OR REPLACE MODEL {_called(model, scope)} PREDICT {targets}"
    if model.is_imported:
        return " ".join(["IMPORT", said, f"FROM {literal(options['file'])}", *_columns(options["columns"])])
    return " ".join(["CREATE", said, *_options(options), f"AS {query}"])


def _called(model: Model, scope: Scope) -> str:
    """The model's name as a statement that is run here has to write it."""
    here = scope.host.current
    qualified = [model.name] if (model.database, model.schema) == here else [model.database, model.schema, model.name]
    return ".".join(map(_name, qualified))


def _options(options: dict[str, Any]) -> list[str]:
    """WITH and the options that are not what they would be unsaid."""
    unsaid = asdict(Settings())
    said = [
        f"{option.name} = {_WRITTEN.get(option.name, _value)(options[option.name])}"
        for option in OPTIONS
        if option is not BACKGROUND and options[option.name] != unsaid[option.name]
    ]
    return [f"WITH ({', '.join(said)})"] if said else []


def _columns(names: list[str] | None) -> list[str]:
    """WITH and the names that were given to what an imported model reads, if any were."""
    return [f"WITH (columns = [{', '.join(map(_name, names))}])"] if names else []


def _value(value: str | int) -> str:
    return literal(value) if isinstance(value, str) else str(value)


def _name(name: str) -> str:
    """A name, in quotes where it could be read as something else."""
    is_plain = re.fullmatch("[a-z_][a-z0-9_]*", name) and name.upper() not in {*grammar().reserved, "PREDICT", "IF"}
    return name if is_plain else identifier(name)
