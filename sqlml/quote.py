"""How names and values are written in SQL text that sqlml composes."""


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def word(name: str) -> str:
    """`name` as it is where it is one word, else as a quoted identifier."""
    return name if name.isidentifier() else identifier(name)


def literal(text: str) -> str:
    """`text` as a SQL string literal; or as an expression, where it has the character 0: DuckDB 1 reads none in SQL."""
    if "\0" in text:
        return "(" + " || chr(0) || ".join(map(literal, text.split("\0"))) + ")"
    return "'" + text.replace("'", "''") + "'"


def literals(texts: list[str]) -> str:
    """A SQL list literal of strings: `['a', 'b']`."""
    return "[" + ", ".join(map(literal, texts)) + "]"
