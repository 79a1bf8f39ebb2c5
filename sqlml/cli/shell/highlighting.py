"""The colours of a statement while it is typed: by DuckDB's own tokens, and the words of the grammar."""

from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from sqlml.dialect import mentions_us
from sqlml.dialect.grammar import grammar
from sqlml.engine.database import tokenize

STYLE = Style.from_dict(
    {
        "keyword": "ansigreen bold",
        "string": "ansiyellow",
        "number": "ansimagenta",
        "comment": "ansibrightblack",
        "dot": "ansicyan bold",
    }
)
_STYLES = {
    "keyword": "class:keyword",
    "string_const": "class:string",
    "numeric_const": "class:number",
    "comment": "class:comment",
}


class Highlighting(Lexer):
    """Colours the lines of a document."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """What gives a line in coloured pieces."""
        pieces = coloured(document.text)
        return lambda number: pieces[number] if number < len(pieces) else []


def coloured(text: str) -> list[StyleAndTextTuples]:
    """The lines of `text`, each in pieces with the class of their colour."""
    lines: list[StyleAndTextTuples] = [[]]
    for style, piece in _pieces(text):
        first, *more = piece.split("\n")
        lines[-1].append((style, first))
        lines.extend([(style, one)] for one in more)
    return lines


def _pieces(text: str) -> list[tuple[str, str]]:
    if text.startswith("."):
        name, space, rest = text.partition(" ")
        return [("class:dot", name), ("", space + rest)]
    raw = tokenize(text)
    if not raw:
        return [("", text)]
    ours = grammar().words if mentions_us(text) else frozenset()
    encoded = text.encode("utf-8", "surrogatepass")
    starts = [offset for offset, _ in raw]
    pieces = [("", _decoded(encoded[: starts[0]]))]
    for (start, kind), end in zip(raw, [*starts[1:], len(encoded)], strict=True):
        piece = _decoded(encoded[start:end])
        is_ours = kind == "identifier" and piece.strip().upper() in ours
        pieces.append((_STYLES["keyword"] if is_ours else _STYLES.get(kind, ""), piece))
    return pieces


def _decoded(piece: bytes) -> str:
    return piece.decode("utf-8", "surrogatepass")
