"""Comments among the tokens of a text: DuckDB 1 leaves them out, and what follows a token seems to be part of it."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

# What a token is, up to its end, by how it begins; the first that fits.
_ENDS = (
    re.compile(rb"[eE]'(?:[^'\\]|\\.|'')*'?", re.DOTALL),
    re.compile(rb"[bxnBXN]?'(?:[^']|'')*'?", re.DOTALL),
    re.compile(rb'"(?:[^"]|"")*"?', re.DOTALL),
    re.compile(rb"(\$\w*\$).*?(?:\1|\Z)", re.DOTALL),
    re.compile(rb"(?:(?!--|/\*).)*", re.DOTALL),
)
_COMMENT = re.compile(rb"--|/\*")


def told(text: str, tokens: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The tokens, UTF-8 offsets and kinds, with the first comment behind each, up to the next token, among them."""
    whole = text.encode("utf-8", "surrogatepass")
    listed = [*tokens]
    for (start, kind), (after, _) in pairwise([*listed, (len(whole), "")]):
        yield start, kind
        if kind != "comment":
            end = start + _end(whole[start:after])
            if found := _COMMENT.search(whole, end, after):
                yield found.start(), "comment"


def _end(piece: bytes) -> int:
    return next((found.end() for rule in _ENDS if (found := rule.match(piece))), len(piece))
