"""ALTER MODEL [IF EXISTS] name RENAME TO …, SET DEFAULT VERSION n, SET ALIAS a TO VERSION n, UNSET ALIAS a."""

from dataclasses import replace

from sqlml.dialect import Node
from sqlml.plan import Catalog, Model, ModelName, RenameModel, SetAlias, SetDefault, UnsetAlias
from sqlml.plan.bind import existing_model
from sqlml.plan.name_problems import NewNameTaken, NothingToAlter
from sqlml.plan.operators import Keep
from sqlml.statements.parts import model_name, span


def bind(node: Node, _text: str, catalog: Catalog) -> RenameModel | SetDefault | SetAlias | UnsetAlias | Keep:
    """The change that the statement asks for."""
    name = replace(model_name(node), version=None, span=span(node.all("model")[0]))
    if "if_exists" in node and catalog.model(name) is None and not catalog.is_table(name):
        return Keep(NothingToAlter(str(name)))
    model = existing_model(name, catalog)
    change = node.children[-1]
    if change.rule == "rename":
        return RenameModel(model, _free(change.children[0], model, catalog))
    if change.rule == "unset_alias":
        place = change.children[0]
        named = replace(name, alias=place.first.name, span=span(place))
        return UnsetAlias(existing_model(named, catalog), place.first.name)
    version = change.children[-1]
    meant = existing_model(replace(name, version=int(version.last.text), span=span(version)), catalog)
    return SetDefault(meant) if change.rule == "set_default" else SetAlias(meant, change.children[0].first.name)


def _free(new: Node, model: Model, catalog: Catalog) -> str:
    """The model's new name, which nothing else in its schema may have; only its case may be another."""
    name = ModelName((model.database, model.schema, new.first.name), span(new))
    if new.first.name.lower() == model.name.lower():
        return new.first.name
    if catalog.versions(name):
        raise NewNameTaken(new.first.name, "model", name.span)
    if catalog.is_table(name):
        raise NewNameTaken(new.first.name, "table", name.span)
    return new.first.name
