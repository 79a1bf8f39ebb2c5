"""The grammar of grammar/, read once."""

from functools import cache

from sqlml.dialect.peg import Grammar
from sqlml.surface import surface


@cache
def grammar() -> Grammar:
    """Every rule of grammar/*.gram."""
    folder = surface("grammar")
    words = (folder / "reserved.list").read_text(encoding="utf-8").splitlines()
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.gram"))]
    return Grammar(texts, frozenset(word for word in words if word and not word.startswith("#")))
