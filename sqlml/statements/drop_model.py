"""DROP MODEL [IF EXISTS] name [VERSION n]."""

from dataclasses import replace

from sqlml.dialect import Node
from sqlml.plan import Catalog, DropModel, Model, ModelName
from sqlml.plan.bind import existing_model
from sqlml.plan.name_problems import VersionHasAlias
from sqlml.plan.operators import Keep
from sqlml.plan.problems import NothingToDrop, VersionIsDefault
from sqlml.statements.parts import model_name


def bind(node: Node, _text: str, catalog: Catalog) -> DropModel | Keep:
    """The removal that the statement asks for."""
    name = model_name(node)
    if "if_exists" in node and catalog.model(name) is None and not catalog.is_table(name):
        return Keep(NothingToDrop(str(name)))
    model = existing_model(name, catalog)
    if name.version is not None:
        _check_unused(name, model, catalog)
    return DropModel(model, name.version)


def _check_unused(name: ModelName, model: Model, catalog: Catalog) -> None:
    """Raises VersionIsDefault or VersionHasAlias where the model's own name or an alias means the version."""
    whole = str(replace(name, version=None))
    if model.is_default:
        raise VersionIsDefault(str(name), whole, name.span)
    if aliases := [alias for alias, version in catalog.aliases(name).items() if version == model.version]:
        raise VersionHasAlias(str(name), whole, aliases, name.span)
