"""DROP MODEL [IF EXISTS] name [VERSION n]."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, DropModel
from sqlml.plan.bind import existing_model
from sqlml.plan.operators import Keep
from sqlml.plan.problems import NothingToDrop, VersionIsDefault
from sqlml.statements.parts import model_name


def bind(node: Node, _text: str, catalog: Catalog) -> DropModel | Keep:
    """The removal that the statement asks for."""
    name = model_name(node)
    if "if_exists" in node and catalog.model(name) is None and not catalog.is_table(name):
        return Keep(NothingToDrop(str(name)))
    model = existing_model(name, catalog)
    if name.version is not None and model.is_default:
        raise VersionIsDefault(str(name), name.span)
    return DropModel(model, name.version)
