"""Which common table expressions a place in a statement can see."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlml.diagnostics import Span
from sqlml.dialect.tokens import Kind, Token


@dataclass
class Visible:
    """The definitions in sight, outermost first, as spans of text; and whether any WITH is RECURSIVE."""

    definitions: list[Span] = field(default_factory=list)
    recursive: bool = False


def visible(tokens: Sequence[Token], at: int) -> Visible:
    """The definitions that a query at token `at` can name: those before it, of every WITH around it."""
    levels: list[list[Span]] = [[]]
    recursive = False
    index = 0
    while index < at:
        token = tokens[index]
        if token.is_word("WITH"):
            recursive |= tokens[index + 1].is_word("RECURSIVE")
            index = _definitions(tokens, index + 1 + tokens[index + 1].is_word("RECURSIVE"), at, levels)
            continue
        if token.text == "(":
            levels.append([])
        elif token.text == ")" and len(levels) > 1:
            levels.pop()
        index += 1
    return Visible([span for level in levels for span in level], recursive)


def _definitions(tokens: Sequence[Token], index: int, at: int, levels: list[list[Span]]) -> int:
    """Reads `name [(columns)] AS [[NOT] MATERIALIZED] (query), …` into the innermost level.

    Gives the index to go on from: behind the last definition, or inside the one that holds `at`.
    """
    while index < at:
        start = index
        body = _body(tokens, index, at)
        if body is None:
            return start
        end = _closing(tokens, body)
        if end >= at:
            levels.append([])
            return body + 1
        levels[-1].append(Span(tokens[start].start, tokens[end].end))
        index = end + 1
        if index >= at or tokens[index].text != ",":
            return index
        index += 1
    return index


def _body(tokens: Sequence[Token], index: int, at: int) -> int | None:
    """The parenthesis that opens the query of the definition that begins here; None if none does."""
    if tokens[index].kind not in (Kind.WORD, Kind.QUOTED):
        return None
    index += 1
    if index < at and tokens[index].text == "(":
        index = _closing(tokens, index) + 1
    while index < at and not tokens[index].is_word("AS"):
        if not tokens[index].is_word("USING") and not tokens[index].is_word("KEY"):
            return None
        index += 1
        if index < at and tokens[index].text == "(":
            index = _closing(tokens, index) + 1
    index += 1
    while index < at and (tokens[index].is_word("NOT") or tokens[index].is_word("MATERIALIZED")):
        index += 1
    return index if index < at and tokens[index].text == "(" else None


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """The index of the parenthesis that closes the one at `opening`, or the last token."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index
    return len(tokens) - 1
