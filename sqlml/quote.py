"""How names and values are written in SQL text that sqlml composes."""


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: list[str]) -> str:
    """A SQL list literal of strings: `['a', 'b']`."""
    return "[" + ", ".join(map(literal, texts)) + "]"
