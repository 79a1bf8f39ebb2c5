"""REFRESH MODEL [IF EXISTS] name [WITH (…)] [IF DRIFTED | IF OLDER THAN interval]."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, InBackground, Refresh
from sqlml.plan.bind import existing_model
from sqlml.plan.name_problems import NothingToRefresh, RefreshOfImport
from sqlml.plan.operators import Keep
from sqlml.plan.options import in_background
from sqlml.plan.retrain_options import check
from sqlml.statements.parts import given, model_name, span


def bind(node: Node, _text: str, catalog: Catalog) -> Refresh | InBackground | Keep:
    """The training that the statement asks for, on whichever condition."""
    name = model_name(node)
    if "if_exists" in node and catalog.model(name) is None and not catalog.is_table(name):
        return Keep(NothingToRefresh(str(name)))
    model = existing_model(name, catalog)
    if model.is_imported:
        raise RefreshOfImport(str(name), name.span)
    options, age = tuple(given(node)), node.find("age")
    check(options)
    training = Refresh(model, name.span, options, "drifted" in node, span(age) if age else None)
    asked = in_background(options)
    return InBackground(training, asked.name_span, may_exist=True) if asked else training
