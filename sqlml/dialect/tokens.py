"""Tokens of SQL text, in characters, from the host's raw tokens."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a token is to the grammar."""

    WORD = "word"
    QUOTED = "quoted"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it stands: `text[start:end]` of the statement's source."""

    kind: Kind
    text: str
    start: int
    end: int

    def is_word(self, word: str) -> bool:
        return self.kind is Kind.WORD and self.text.upper() == word

    @property
    def name(self) -> str:
        """The identifier that the token spells, its quotes taken off."""
        if self.kind is not Kind.QUOTED:
            return self.text
        quote = self.text[0]
        return self.text[1:-1].replace(quote * 2, quote)

    @property
    def content(self) -> str:
        """The text that a string token stands for."""
        if self.text.startswith("$"):
            mark = self.text.index("$", 1) + 1
            return self.text[mark:-mark]
        return self.text[1:-1].replace("''", "'")


_KINDS = {"string_const": Kind.STRING, "numeric_const": Kind.NUMBER, "operator": Kind.SYMBOL}


def lex(text: str, raw: Iterable[tuple[int, str]]) -> list[Token]:
    """Tokens of `text` without its comments.

    `raw` is what the host's tokenizer gave: byte offsets into the UTF-8 form of `text`, each with one of
    `identifier`, `keyword`, `numeric_const`, `string_const`, `operator`, `comment`.
    """
    raw = list(raw)
    if not raw:
        return []
    starts = _characters(text, [offset for offset, _ in raw])
    ends = [*starts[1:], len(text)]
    tokens = []
    for (_, type_name), start, end in zip(raw, starts, ends, strict=True):
        piece = text[start:end].rstrip()
        if piece and type_name != "comment":
            tokens.append(Token(_kind(type_name, piece), piece, start, start + len(piece)))
    return tokens


def _kind(type_name: str, piece: str) -> Kind:
    if piece[0] in '"`':
        return Kind.QUOTED
    return _KINDS.get(type_name, Kind.SYMBOL if piece == "." else Kind.WORD) if piece != "." else Kind.SYMBOL


def _characters(text: str, offsets: list[int]) -> list[int]:
    if text.isascii():
        return offsets
    encoded = text.encode("utf-8", "surrogatepass")
    positions, position, last = [], 0, 0
    for offset in offsets:
        position += len(encoded[last:offset].decode("utf-8", "replace"))
        positions.append(position)
        last = offset
    return positions
