"""Places in the user's SQL text."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A stretch of characters of a text: `start` inclusive, `end` exclusive."""

    start: int
    end: int

    def shifted(self, by: int) -> "Span":
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True)
class Place:
    """A span resolved in its text: 1-based line and column (in characters), and a caret excerpt."""

    line: int
    column: int
    excerpt: str

    @classmethod
    def of(cls, span: Span, text: str) -> "Place":
        start = min(span.start, len(text))
        line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        line_end = min((i for i in (text.find("\n", start), text.find("\r", start)) if i >= 0), default=len(text))
        breaks = text[:line_start].replace("\r\n", "\n").replace("\r", "\n")
        return cls(
            breaks.count("\n") + 1,
            start - line_start + 1,
            _excerpt(text[line_start:line_end], start - line_start, span.end - span.start),
        )


# An excerpt shows at most this many characters on each side of the place.
_REACH = 60


def _excerpt(line: str, at: int, length: int) -> str:
    left = max(0, at - _REACH)
    right = min(len(line), at + _REACH)
    shown = ("…" if left else "") + line[left:right].replace("\t", " ") + ("…" if right < len(line) else "")
    before = ("…" if left else "") + line[left:at]
    marked = line[at : min(at + max(length, 1), right)] or " "
    return shown + "\n" + " " * width(before) + "^" * max(1, width(marked))


def reached(text: str, width: int) -> int:
    """How many characters of `text` fill `width` cells of a terminal, on which a tab fills none."""
    for index, character in enumerate(text):
        cells = 0 if character == "\t" else _cells(character)
        if width <= 0 < cells:
            return index
        width -= cells
    return len(text)


def width(text: str) -> int:
    """How many cells of a terminal a line of text fills."""
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
