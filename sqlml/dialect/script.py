"""Which parts of a script are ours, and which are DuckDB's alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlml.diagnostics import Span, nearest
from sqlml.dialect.grammar import grammar
from sqlml.dialect.peg import Attempt, Node
from sqlml.dialect.places import is_table_place
from sqlml.dialect.problems import SyntaxError
from sqlml.dialect.tokens import Kind, Token

# Every statement and call of ours holds words like these: a text without them needs no second look.
_GAP = r"(?:\s|--[^\n]*|/\*[\s\S]*?\*/)+"
_OUR_WORDS = re.compile(
    rf"\b(?:predict(?:_probability|_probabilities)?|evaluate|sqlml_doctor|sqlml(?:{_GAP})?\.(?:{_GAP})?running|cancel{_GAP}job"
    rf"|(?:create|replace|alter|drop|desc|describe|export|import|assert|refresh){_GAP}model|show{_GAP}(?:models|trials|diagnostics|jobs))\b",
    re.IGNORECASE,
)

# Rules by the words that begin their statement; the first whose words stand there is taken.
_HEADS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("CREATE", "MODEL"), "create_model"),
    (("CREATE", "OR", "REPLACE", "MODEL"), "create_model"),
    (("PREDICT",), "predict"),
    (("EVALUATE",), "evaluate"),
    (("EXPLAIN", "CREATE", "MODEL"), "explain"),
    (("EXPLAIN", "CREATE", "OR", "REPLACE", "MODEL"), "explain"),
    (("EXPLAIN", "PREDICT"), "explain"),
    (("EXPLAIN", "EVALUATE"), "explain"),
    (("ASSERT", "MODEL"), "assert_model"),
    (("REFRESH", "MODEL"), "refresh_model"),
    (("EXPLAIN", "REFRESH", "MODEL"), "explain"),
    (("ALTER", "MODEL"), "alter_model"),
    (("DROP", "MODEL"), "drop_model"),
    (("EXPORT", "MODEL"), "export_model"),
    (("IMPORT", "MODEL"), "import_model"),
    (("IMPORT", "OR", "REPLACE", "MODEL"), "import_model"),
    (("SHOW", "CREATE", "MODEL"), "show_create_model"),
    (("SHOW", "MODELS"), "show_models"),
    (("SHOW", "TRIALS"), "show_trials"),
    (("SHOW", "DIAGNOSTICS"), "show_diagnostics"),
    (("SHOW", "JOBS"), "show_jobs"),
    (("CANCEL", "JOB"), "cancel_job"),
    (("DESCRIBE", "MODEL"), "describe_model"),
    (("DESC", "MODEL"), "describe_model"),
)
STATEMENT_RULES = tuple(dict.fromkeys(rule for _, rule in _HEADS))
"""The rules of whole statements."""

# Heads that describe a table for DuckDB if one of these follows: nothing, or the dot behind the name of a schema.
_ALSO_DUCKDB = {
    "describe_model": ("", "."),
    "show_trials": ("", "."),
    "show_models": (".",),
    "show_diagnostics": (".",),
    "show_jobs": (".",),
}


# Calls by their name: those that stand for a table, and those that only ever stand for a value.
_CALLS = {
    "PREDICT": "prediction",
    "EVALUATE": "evaluation",
    "SQLML_DOCTOR": "doctor",
    "SQLML": "running",
    "PREDICT_PROBABILITY": "row_prediction",
    "PREDICT_PROBABILITIES": "row_prediction",
}
ROW_CALLS = ("predict", "predict_probability", "predict_probabilities")
"""The calls that stand for a value."""


@dataclass(frozen=True)
class Statement:
    """One statement of a script: its tokens, and where it stands in the script's text."""

    tokens: Sequence[Token]
    span: Span


def mentions_us(text: str) -> bool:
    """Whether `text` can hold a statement or call of ours; only comments nested between its words can hide one."""
    return _OUR_WORDS.search(text) is not None


def statements(tokens: Sequence[Token]) -> list[Statement]:
    """The statements between the script's semicolons; empty ones are left out."""
    found, start = [], 0
    for index, token in enumerate([*tokens, None]):
        if token is not None and not (token.kind is Kind.SYMBOL and token.text == ";"):
            continue
        if index > start:
            found.append(Statement(tokens[start:index], Span(tokens[start].start, tokens[index - 1].end)))
        start = index + 1
    return found


def is_ours(statement: Statement) -> Node | None:
    """The matched statement, if it begins like one of ours; None if it is DuckDB's.

    Raises:
        SyntaxError: it begins like ours and goes wrong.
    """
    rule = _rule(statement.tokens)
    return None if rule is None else _parse(rule, statement.tokens)


def head(statement: Statement) -> str | None:
    """The rule of the statement of ours that a statement begins like; None if it is DuckDB's."""
    return _rule(statement.tokens)


def calls(tokens: Sequence[Token], *, bare: bool = False) -> Iterator[Node]:
    """Each `PREDICT(MODEL …)`, `EVALUATE(MODEL …)` and its kin among `tokens`, nested ones left inside.

    With `bare` also what may be a `PREDICT(m, row)`, if `m` is a model.

    Raises:
        SyntaxError: a call begins like ours and goes wrong.
    """
    end = 0
    for at in [index for index, token in enumerate(tokens) if token.text.upper() in _CALLS]:
        if at < end:
            continue
        if _is_call(tokens, at):
            dotted = at >= 2 and tokens[at - 1].text == "." and tokens[at - 2].is_word("ML")
            node = _matched(_CALLS[tokens[at].text.upper()], tokens, at - 2 if dotted else at)
        elif _is_row_call(tokens, at):
            node = _matched("row_prediction", tokens, at)
        else:
            may_be_row = bare and not _is_table_place(tokens, at)
            found = grammar().match("bare_row_prediction", tokens, at)[0] if may_be_row else None
            if found is None:
                continue
            node = found
        yield node
        end = node.end


def _matched(rule: str, tokens: Sequence[Token], at: int) -> Node:
    node, attempt = grammar().match(rule, tokens, at)
    if node is None:
        raise _syntax_error(attempt)
    return node


# How alike a word must be to one of ours to be taken for it misspelt.
_MISSPELT = 0.75


def near_miss(statement: Statement) -> SyntaxError | None:
    """What was meant, if a statement that DuckDB cannot parse is a misspelling of one of ours."""
    return _misspelt_head(statement) or _broken_call(statement.tokens)


def _misspelt_head(statement: Statement) -> SyntaxError | None:
    words = [token.text.upper() if token.kind is Kind.WORD else "" for token in statement.tokens[:4]]
    for head, _ in _HEADS:
        *before, meant = head
        if len(statement.tokens) < len(head) or words[: len(before)] != before:
            continue
        token = statement.tokens[len(before)]
        if words[len(before)] != meant and SequenceMatcher(None, words[len(before)], meant).ratio() >= _MISSPELT:
            return SyntaxError(token.text, [meant], Span(token.start, token.end), near=[meant])
    return None


def _broken_call(tokens: Sequence[Token]) -> SyntaxError | None:
    """A `PREDICT(MODEL …` that does not even begin as `calls` asks."""
    for at in range(len(tokens) - 2):
        opening, model = tokens[at + 1 : at + 3]
        if _is_table_place(tokens, at) and opening.text == "(" and model.is_word("MODEL"):
            for word, rule in (("PREDICT", "prediction"), ("EVALUATE", "evaluation")):
                node, attempt = grammar().match(rule, tokens, at) if tokens[at].is_word(word) else (None, None)
                if attempt is not None and node is None:
                    return _syntax_error(attempt)
    return None


def _rule(tokens: Sequence[Token]) -> str | None:
    for head, rule in _HEADS:
        if len(tokens) < len(head) or not all(t.is_word(word) for t, word in zip(tokens, head, strict=False)):
            continue
        following = tokens[len(head)].text if len(tokens) > len(head) else ""
        return None if following in _ALSO_DUCKDB.get(rule, ()) else rule
    return None


def _parse(rule: str, tokens: Sequence[Token]) -> Node:
    node, attempt = grammar().match(rule, tokens)
    if node is not None and node.end == len(tokens):
        return node
    if node is not None:
        attempt.want(node.end, "the end of the statement")
    raise _syntax_error(attempt)


def _syntax_error(attempt: Attempt) -> SyntaxError:
    token = attempt.token(attempt.farthest)
    expected = sorted(attempt.expected)
    if token is None:
        end = attempt.tokens[-1].end
        return SyntaxError(None, expected, Span(end, end), near=[])
    near = nearest(token.text, [word for word in expected if word.isupper()], limit=1)
    return SyntaxError(token.text, expected, Span(token.start, token.end), near=near)


# Postfix operators of DuckDB that may follow a column called model: `predict(model ISNULL, x)`.
_POSTFIX = frozenset({"ISNULL", "NOTNULL"})


# What stands before a definition: `predict(model INTEGER, …)` defines columns or parameters there.
_BEFORE_DEFINITIONS = frozenset({".", "EXISTS", "FUNCTION", "MACRO", "TABLE"})


def _is_table_place(tokens: Sequence[Token], at: int) -> bool:
    if at >= 2 and tokens[at - 1].text == "." and tokens[at - 2].is_word("ML"):
        at -= 2
    return is_table_place(tokens, at)


def _is_call(tokens: Sequence[Token], at: int) -> bool:
    """Whether `PREDICT(MODEL name` stands for a table here, or the doctor, or what runs."""
    if tokens[at].is_word("SQLML_DOCTOR"):
        return [token.text for token in tokens[at + 1 : at + 3]] == ["(", ")"] and _is_table_place(tokens, at)
    if tokens[at].is_word("SQLML"):
        return _is_running(tokens, at)
    is_named = tokens[at].is_word("PREDICT") or tokens[at].is_word("EVALUATE")
    return is_named and _names_model(tokens, at) and _is_table_place(tokens, at)


def _is_running(tokens: Sequence[Token], at: int) -> bool:
    """Whether `sqlml.running` stands for a table here, and is neither part of a longer name nor a call."""
    named = [token.text.upper() for token in tokens[at + 1 : at + 3]] == [".", "RUNNING"]
    following = tokens[at + 3].text if len(tokens) > at + 3 else ""
    return named and following not in (".", "(") and _is_table_place(tokens, at)


def _is_row_call(tokens: Sequence[Token], at: int) -> bool:
    """Whether `PREDICT(MODEL name` stands for a value here."""
    if tokens[at].kind is not Kind.WORD or tokens[at].text.lower() not in ROW_CALLS or not _names_model(tokens, at):
        return False
    return at > 0 and tokens[at - 1].text.upper() not in _BEFORE_DEFINITIONS and not _is_table_place(tokens, at)


def _names_model(tokens: Sequence[Token], at: int) -> bool:
    """Whether `(MODEL name` follows, with what can stand behind a model's name and nothing else."""
    if at + 4 >= len(tokens):
        return False
    opening, model, name, after = tokens[at + 1 : at + 5]
    taken = name.text.upper() in _POSTFIX or name.text.upper() in grammar().reserved
    is_name = name.kind is Kind.QUOTED or (name.kind is Kind.WORD and not taken)
    follows = after.text in (",", ")", ".", "@") or after.is_word("VERSION")
    return opening.text == "(" and model.is_word("MODEL") and is_name and follows
