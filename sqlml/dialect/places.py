"""What stands around a place in a statement: a list of tables or an expression, and which FROM clause that reads."""

from collections.abc import Sequence

from sqlml.diagnostics import Span
from sqlml.dialect.tokens import Kind, Token

_TABLES = frozenset({"FROM", "JOIN", "LATERAL", "USING"})
_VALUES = frozenset({"SELECT", "WHERE", "BY", "HAVING", "QUALIFY", "SET", "RETURNING", "VALUES", "LIMIT", "OFFSET"})
_SET_OPERATORS = frozenset({"UNION", "INTERSECT", "EXCEPT"})
_BEHIND_TABLES = frozenset(
    {"SELECT", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "RETURNING", "SET"}
)
# Words that may stand behind a table and are no name for it.
_JOINS = frozenset("ANTI ASOF CROSS FULL INNER JOIN LEFT NATURAL POSITIONAL RIGHT SEMI TABLESAMPLE USING ON".split())
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_QUERIES = frozenset({"SELECT", "FROM", "WITH"})


def is_table_place(tokens: Sequence[Token], at: int) -> bool:
    """Whether a table may stand at token `at`: behind FROM and its like, and in the list that begins there."""
    while at > 0:
        before = at - 1
        if _upper(tokens, before) in _TABLES:
            return True
        # What opens here stands where the table would; parentheses may be nested to any depth.
        opening = before if tokens[before].text == "(" else None
        if tokens[before].text == ",":
            for index in _back(tokens, before):
                if _begins_tables(tokens, index) or _upper(tokens, index) in _VALUES:
                    return _begins_tables(tokens, index)
                opening = index if tokens[index].text == "(" else None
        if opening is None:
            return False
        at = opening
    return False


def tables_read(tokens: Sequence[Token], at: int) -> Span | None:
    """The FROM clause that an expression at token `at` reads; None where there is none, or where it stands in it."""
    start, end = _query(tokens, at)
    level = _level(tokens, start, end)
    breaks = [index for index in level if _upper(tokens, index) in _SET_OPERATORS]
    start = max((index + 1 for index in breaks if index < at), default=start)
    end = min((index for index in breaks if index > at), default=end)
    level = [index for index in level if start <= index < end]
    begin = next((index for index in level if _begins_tables(tokens, index)), None)
    if begin is None:
        return None
    stop = next((index for index in level if index > begin and _upper(tokens, index) in _BEHIND_TABLES), end)
    return None if begin <= at < stop else Span(tokens[begin].start, tokens[stop - 1].end)


def is_alias(token: Token | None) -> bool:
    """Whether a token that stands behind a table gives it a name, or is the AS before one."""
    if token is None or token.kind not in (Kind.WORD, Kind.QUOTED):
        return False
    return token.text.upper() not in _JOINS | _SET_OPERATORS | _BEHIND_TABLES


def _begins_tables(tokens: Sequence[Token], at: int) -> bool:
    """Whether this is the FROM of tables, and not that of IS DISTINCT FROM."""
    return tokens[at].is_word("FROM") and not (at > 0 and tokens[at - 1].is_word("DISTINCT"))


def _back(tokens: Sequence[Token], at: int) -> list[int]:
    """The tokens before `at`, the last first, up to what opens around it; what is in parentheses is passed over."""
    found, depth = [], 0
    for index in range(at - 1, -1, -1):
        opens, closes = tokens[index].text in _OPENING, tokens[index].text in _CLOSING
        if depth == 0 and not closes:
            found.append(index)
        if depth == 0 and opens:
            break
        depth += closes - opens
    return found


def _query(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """The innermost query around token `at`, as the tokens from and to which it goes."""
    while at > 0:
        opening = _back(tokens, at)[-1]
        if tokens[opening].text not in _OPENING:
            break
        if tokens[opening].text == "(" and _upper(tokens, opening + 1) in _QUERIES:
            return opening + 1, _closing(tokens, opening)
        at = opening
    return 0, len(tokens)


def _level(tokens: Sequence[Token], start: int, end: int) -> list[int]:
    """The tokens of a stretch that stand in none of its parentheses."""
    found, depth = [], 0
    for index in range(start, end):
        depth -= tokens[index].text in _CLOSING
        if depth == 0:
            found.append(index)
        depth += tokens[index].text in _OPENING
    return found


def _closing(tokens: Sequence[Token], opening: int) -> int:
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index
    return len(tokens)


def _upper(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text.upper() if at < len(tokens) else ""
