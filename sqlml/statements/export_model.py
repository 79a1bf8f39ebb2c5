"""EXPORT MODEL name TO 'folder' (FORMAT format)."""

from sqlml.dialect import Kind, Node
from sqlml.plan import Catalog, Export
from sqlml.plan.bind import existing_model
from sqlml.plan.export_problems import ImportedAlready
from sqlml.plan.exports import dialect, format_
from sqlml.statements.parts import model_name, span


def bind(node: Node, text: str, catalog: Catalog) -> Export:  # noqa: ARG001
    """The files that the statement asks for."""
    asked, folder, of = node.all("format")[0], node.all("folder")[0], node.find("dialect")
    chosen = format_(_word(asked), span(asked))
    name = model_name(node)
    model = existing_model(name, catalog)
    if model.is_imported and chosen != "sql":
        raise ImportedAlready(str(name), name.span)
    return Export(
        model=model,
        folder=folder.first.content,
        place=span(folder),
        format=chosen,
        dialect=dialect(_word(of), chosen, span(of)) if of else None,
    )


def _word(node: Node) -> str:
    return node.first.content if node.first.kind is Kind.STRING else node.first.name
