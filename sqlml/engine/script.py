"""A script as the statements that a door runs one by one."""

from dataclasses import dataclass

from sqlml.dialect import Kind, Statement, head, lex, mentions_us, statements
from sqlml.engine.database import tokenize


@dataclass(frozen=True)
class Part:
    """One statement: its text, the names of its `$name` parameters, and the line of the script it begins in."""

    text: str
    parameters: frozenset[str]
    line: int


def split(text: str) -> list[Part]:
    """The statements of `text`, in order, without their semicolons."""
    return [_part(text, statement) for statement in statements(lex(text, tokenize(text)))]


def rule(text: str) -> str | None:
    """The statement of ours that `text` begins like, by the name of its rule in the grammar; None if it is DuckDB's."""
    found = statements(lex(text, tokenize(text))) if mentions_us(text) else []
    return head(found[0]) if found else None


def is_complete(text: str) -> bool:
    """Whether `text` ends with a statement's semicolon, comments aside."""
    tokens = lex(text, tokenize(text))
    return bool(tokens) and tokens[-1].kind is Kind.SYMBOL and tokens[-1].text == ";"


def _part(text: str, statement: Statement) -> Part:
    pairs = zip(statement.tokens, statement.tokens[1:], strict=False)
    names = frozenset(name.text for mark, name in pairs if mark.text == "$" and name.start == mark.end)
    span = statement.span
    return Part(text[span.start : span.end], names, text.count("\n", 0, span.start) + 1)
