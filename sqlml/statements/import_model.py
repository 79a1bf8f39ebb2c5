"""IMPORT [OR REPLACE] MODEL name [PREDICT target] FROM 'file'."""

from sqlml.dialect import Node
from sqlml.plan import Catalog, Import
from sqlml.plan.bind import next_version
from sqlml.plan.imports import columns
from sqlml.statements.parts import given, model_name, span


def bind(node: Node, text: str, catalog: Catalog) -> Import:  # noqa: ARG001
    """The model to bring in; what it predicts is called like the model, unless the statement says how."""
    name, file, target = model_name(node), node.all("file")[0], node.find("target")
    told = given(node)
    return Import(
        name=name,
        target=target.first.name if target else name.parts[-1],
        file=file.first.content,
        place=span(file),
        columns=columns(told),
        columns_place=told[0].value_span if told else None,
        version=next_version(name, catalog, replaces="or_replace" in node, verb="IMPORT"),
    )
