"""Parts that several statements share: names, queries, options."""

from sqlml.diagnostics import Span
from sqlml.dialect import Kind, Node
from sqlml.plan import ModelName, Query
from sqlml.plan.options import Given, Value


def span(node: Node) -> Span:
    """Where a node stands in its text."""
    return Span(node.first.start, node.last.end)


def model_name(node: Node) -> ModelName:
    """The name in the `model` or `model_version` below `node`, with the version or alias that is read of it."""
    model = next(found for found in (node.find("model"), node) if found is not None)
    version, alias = node.find("version"), node.find("alias")
    # BigQuery quotes a whole path at once: `project.dataset.model`.
    names = [part.first for part in model.all("NAME")]
    parts = [p for t in names for p in (t.name.split(".") if t.text.startswith("`") else [t.name])]
    end = version or alias or model
    return ModelName(
        tuple(parts[-3:]),
        Span(model.first.start, end.last.end),
        int(version.last.text) if version else None,
        alias.last.name if alias else None,
    )


def query(node: Node, text: str) -> Query:
    """The query that a QUERY leaf covers."""
    place = span(node)
    return Query(text[place.start : place.end], place)


def given(node: Node) -> list[Given]:
    """The options below `node`, as they were written."""
    found = []
    for option in [*node.all("option"), *node.all("setting"), *node.all("field")]:
        name, value = option.children[0], option.children[1]
        if option.rule == "field":
            name, value = value, name
        found.append(Given(name.first.name, _value(value), span(name), span(value)))
    return found


def _value(node: Node) -> Value | None:
    """A constant; None of any other expression."""
    return _constant(node) if node.rule == "value" else None


def _constant(node: Node) -> Value:
    child = node.children[0]
    if child.rule == "list":
        return [_constant(item) for item in child.all("value")]
    if child.rule == "truth":
        return child.first.is_word("TRUE")
    if child.first.kind is Kind.STRING:
        return child.first.content
    if child.rule == "NAME":
        return child.first.name
    return number(child)


def number(node: Node) -> int | float:
    """The number that a `number` node spells."""
    text = "".join(token.text for token in node.tokens[node.start : node.end]).replace("_", "")
    try:
        return int(text)
    except ValueError:
        return float(text)
