"""A parsing expression grammar over tokens, read from the .gram files.

Source of the method: Ford, "Parsing expression grammars" (POPL 2004). The words expected at the farthest
failure are both the error message and a shell's completion.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlml.dialect.tokens import Kind, Token


@dataclass(frozen=True)
class Node:
    """A matched rule or leaf: the tokens `[start, end)` of `tokens`, with the rules matched inside."""

    rule: str
    tokens: Sequence[Token]
    start: int
    end: int
    children: tuple["Node", ...] = ()

    def find(self, rule: str) -> "Node | None":
        """The first node of `rule` below this one."""
        return next(iter(self.all(rule)), None)

    def all(self, rule: str) -> list["Node"]:
        """Every node of `rule` below this one, outermost only, in order."""
        found: list[Node] = []
        for child in self.children:
            found += [child] if child.rule == rule else child.all(rule)
        return found

    def __contains__(self, rule: str) -> bool:
        return self.find(rule) is not None

    @property
    def first(self) -> Token:
        return self.tokens[self.start]

    @property
    def last(self) -> Token:
        return self.tokens[self.end - 1]


@dataclass
class Attempt:
    """One try to match: the tokens, and what was wanted where it got farthest."""

    tokens: Sequence[Token]
    reserved: frozenset[str]
    farthest: int = 0
    expected: set[str] = field(default_factory=set)

    def want(self, at: int, what: str) -> None:
        if at > self.farthest:
            self.farthest, self.expected = at, set()
        if at == self.farthest:
            self.expected.add(what)

    def token(self, at: int) -> Token | None:
        return self.tokens[at] if at < len(self.tokens) else None


# A matcher takes an attempt and a position, and gives the next position with the nodes found, or None.
Found = tuple[int, tuple[Node, ...]] | None
Matcher = Callable[[Attempt, int], Found]


class Grammar:
    """The rules of a set of .gram texts; `words` are all that may stand in them as they are."""

    def __init__(self, texts: Sequence[str], reserved: frozenset[str]) -> None:
        self.reserved = reserved
        self.words = frozenset(word for text in texts for word in re.findall(r"'(\w+)'", text)) | reserved
        self._rules: dict[str, Matcher] = {}
        for text in texts:
            for name, label, body in _definitions(text):
                self._rules[name] = _labelled(name, label, _Reader(body, self._rules).alternatives())

    @property
    def names(self) -> list[str]:
        return list(self._rules)

    def match(self, rule: str, tokens: Sequence[Token], start: int = 0) -> tuple[Node | None, Attempt]:
        """The tree of `rule` from token `start`, or None; and how far the attempt got."""
        attempt = Attempt(tokens, self.reserved)
        found = self._rules[rule](attempt, start)
        return (found[1][0] if found else None), attempt


_DEFINITION = re.compile(r'^(\w+)\s*(?:"([^"]*)")?\s*<-', re.MULTILINE)


def _definitions(text: str) -> list[tuple[str, str | None, str]]:
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    heads = list(_DEFINITION.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [(head[1], head[2], text[head.end() : end]) for head, end in zip(heads, ends, strict=True)]


def _labelled(name: str, label: str | None, body: Matcher) -> Matcher:
    def match(attempt: Attempt, at: int) -> Found:
        before = (attempt.farthest, set(attempt.expected))
        found = body(attempt, at)
        if found is None:
            if label and attempt.farthest == at:
                attempt.farthest, attempt.expected = before
                attempt.want(at, label)
            return None
        end, children = found
        return end, (Node(name, attempt.tokens, at, end, children),)

    return match


class _Reader:
    """Reads one rule's right-hand side into a matcher."""

    _SYNTAX = re.compile(r"'[^']*'|\w+|[()/?*!]")

    def __init__(self, body: str, rules: dict[str, Matcher]) -> None:
        self._parts = self._SYNTAX.findall(body)
        self._at = 0
        self._rules = rules

    def alternatives(self) -> Matcher:
        options = [self._sequence()]
        while self._peek() == "/":
            self._at += 1
            options.append(self._sequence())
        return options[0] if len(options) == 1 else _choice(options)

    def _sequence(self) -> Matcher:
        items = []
        while self._peek() not in (None, "/", ")"):
            items.append(self._item())
        return _sequence(items)

    def _item(self) -> Matcher:
        if self._peek() == "!":
            self._at += 1
            return _unless(self._item())
        atom = self._atom()
        suffix = self._peek()
        if suffix not in ("?", "*"):
            return atom
        self._at += 1
        return _optional(atom) if suffix == "?" else _repeated(atom)

    def _atom(self) -> Matcher:
        part = self._parts[self._at]
        self._at += 1
        if part == "(":
            inner = self.alternatives()
            self._at += 1
            return inner
        if part.startswith("'"):
            return _literal(part[1:-1])
        return _LEAVES[part] if part in _LEAVES else _reference(part, self._rules)

    def _peek(self) -> str | None:
        return self._parts[self._at] if self._at < len(self._parts) else None


def _choice(options: list[Matcher]) -> Matcher:
    def match(attempt: Attempt, at: int) -> Found:
        return next(filter(None, (option(attempt, at) for option in options)), None)

    return match


def _sequence(items: list[Matcher]) -> Matcher:
    def match(attempt: Attempt, at: int) -> Found:
        nodes: tuple[Node, ...] = ()
        for item in items:
            found = item(attempt, at)
            if found is None:
                return None
            at, more = found
            nodes += more
        return at, nodes

    return match


def _optional(item: Matcher) -> Matcher:
    return lambda attempt, at: item(attempt, at) or (at, ())


def _repeated(item: Matcher) -> Matcher:
    def match(attempt: Attempt, at: int) -> Found:
        nodes: tuple[Node, ...] = ()
        while found := item(attempt, at):
            at, more = found
            nodes += more
        return at, nodes

    return match


def _unless(item: Matcher) -> Matcher:
    def match(attempt: Attempt, at: int) -> Found:
        return None if item(Attempt(attempt.tokens, attempt.reserved), at) else (at, ())

    return match


def _reference(name: str, rules: dict[str, Matcher]) -> Matcher:
    return lambda attempt, at: rules[name](attempt, at)


def _literal(word: str) -> Matcher:
    def match(attempt: Attempt, at: int) -> Found:
        token = attempt.token(at)
        if token and token.kind in (Kind.WORD, Kind.SYMBOL) and token.text.upper() == word:
            return at + 1, ()
        attempt.want(at, word)
        return None

    return match


def _leaf(name: str, expected: str, length: Callable[[Attempt, int], int]) -> Matcher:
    def match(attempt: Attempt, at: int) -> Found:
        end = at + length(attempt, at)
        if end > at:
            return end, (Node(name, attempt.tokens, at, end),)
        attempt.want(at, expected)
        return None

    return match


def _is_name(attempt: Attempt, at: int) -> bool:
    token = attempt.token(at)
    if token is None or (token.kind is Kind.WORD and token.text.upper() in attempt.reserved):
        return False
    return token.kind is Kind.WORD or (token.kind is Kind.QUOTED and len(token.text) > 2)


def _is(kind: Kind) -> Callable[[Attempt, int], bool]:
    def check(attempt: Attempt, at: int) -> bool:
        token = attempt.token(at)
        return token is not None and token.kind is kind

    return check


def _is_whole(attempt: Attempt, at: int) -> bool:
    token = attempt.token(at)
    return token is not None and token.kind is Kind.NUMBER and token.text.isdecimal()


_QUERY_STARTS = frozenset(
    ["SELECT", "FROM", "WITH", "VALUES", "TABLE", "PIVOT", "UNPIVOT", "DESCRIBE", "SUMMARIZE", "SHOW", "("]
)


def _query_length(attempt: Attempt, at: int) -> int:
    """Tokens up to the end, or to a parenthesis that was opened before the query."""
    token = attempt.token(at)
    if token is None or token.kind is Kind.QUOTED or token.text.upper() not in _QUERY_STARTS:
        return 0
    depth = 0
    for end in range(at, len(attempt.tokens)):
        text = attempt.tokens[end].text
        depth += (text == "(") - (text == ")")
        if depth < 0:
            return end - at
    return len(attempt.tokens) - at


def _expression_length(attempt: Attempt, at: int) -> int:
    """Tokens up to a comma or a parenthesis that was opened before the expression, or to the end."""
    depth, first = 0, attempt.token(at)
    if first is None or first.is_word("TABLE"):
        return 0
    for end in range(at, len(attempt.tokens)):
        text = attempt.tokens[end].text
        depth += (text in _OPENING) - (text in _CLOSING)
        if depth < 0 or (depth == 0 and text == ","):
            return end - at
    return len(attempt.tokens) - at


_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")

_LEAVES: dict[str, Matcher] = {
    "NAME": _leaf("NAME", "a name", _is_name),
    "STRING": _leaf("STRING", "a text in quotes", _is(Kind.STRING)),
    "NUMBER": _leaf("NUMBER", "a number", _is(Kind.NUMBER)),
    "WHOLE": _leaf("WHOLE", "a whole number", _is_whole),
    "QUERY": _leaf("QUERY", "a query", _query_length),
    "EXPRESSION": _leaf("EXPRESSION", "a value", _expression_length),
}
