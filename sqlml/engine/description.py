"""What a statement is and what it must be given, told without running it: doors decide by it who may run what."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlml.dialect import Kind, Node, Statement, is_ours, lex, mentions_us, near_miss, statements
from sqlml.engine.composed import Composed
from sqlml.engine.database import Host, Refused, Unparsed, lock_holds, tokenize
from sqlml.engine.job import COLUMNS
from sqlml.engine.operators.answer import typed
from sqlml.engine.scope import Scope
from sqlml.engine.statement_problems import StatementMissing, StatementsSeveral
from sqlml.plan import ModelName
from sqlml.plan.options import in_background
from sqlml.statements.parts import given, span


@dataclass(frozen=True)
class Description:
    """A statement's `kind`, its parameters in their order, and a query with the columns of its rows.

    That query is there where the statement does something and has rows all the same; it has none.

    The kind is the rule of grammar/ for a statement of ours, else DuckDB's word for it: `select`, `insert`,
    `merge_into`; and `set_global`, `set_variable`, `create_temporary` and `explain_analyze`, for which it has no word.
    `set_global` is also what has a function in it that changes settings, or may have, where a lock does not hold them.
    A parameter has the name `1`, `2` … or its own, and its SQL type, None where it may have any.
    """

    kind: str
    parameters: dict[str, str | None] = field(default_factory=dict)
    rows: str | None = None


_EXPLAINED = "SELECT ''::VARCHAR AS explain_key, ''::VARCHAR AS explain_value"
_LEARNT = """
SELECT ''::VARCHAR AS model, 0::INTEGER AS version, ''::VARCHAR AS task, ''::VARCHAR AS target, 0::BIGINT AS rows,
       0::INTEGER AS features, ''::VARCHAR AS learner, ''::VARCHAR AS metric, 0::DOUBLE AS value,
       0::DOUBLE AS baseline, 0::DOUBLE AS seconds, ''::VARCHAR AS device, []::VARCHAR[] AS notices
WHERE false
"""
_ASSERTED = """
SELECT ''::VARCHAR AS model, 0::INTEGER AS version, ''::VARCHAR AS metric, 0::DOUBLE AS value, 0::DOUBLE AS lower,
       0::DOUBLE AS upper, ''::VARCHAR AS bound, 0::BIGINT AS rows
WHERE false
"""
_OF_JOBS = typed([], COLUMNS)
# What has rows that are not known before it has done something.
_ROWS = {
    "assert_model": _ASSERTED,
    "cancel_job": _OF_JOBS,
    "create_model": _LEARNT,
    "explain_analyze": _EXPLAINED,
    "refresh_model": _LEARNT,
}

# Functions that change settings, and those that run a text. DuckDB has no other spelling of a name than its letters.
_LOOSE = re.compile(
    r"(?:en|dis)able_(?:logging|profiling)|truncate_duckdb_logs|json_execute_serialized_sql|\bquery\b\"?\s*(?:\(|/\*|--)",
    re.IGNORECASE,
)

Scoped = Callable[[tuple[str, Statement]], Scope]


def described(host: Host, text: str, scoped: Scoped) -> Description:
    """What the only statement of `text` is; `scoped` makes a scope of a text and a statement of it."""
    if not lock_holds() and _LOOSE.search(text):
        return Description("set_global")
    if not mentions_us(text):
        # Where DuckDB cannot read it, it may be ours all the same: a comment can hide a word of ours.
        with suppress(Unparsed):
            return _of_duckdb(host, text)
    found = statements(lex(text, tokenize(text)))
    if not found:
        raise StatementMissing
    if len(found) > 1:
        raise StatementsSeveral(len(found))
    scope = scoped((text, found[0]))
    if node := ours(found[0], scope):
        rows = _OF_JOBS if in_background(given(node)) else _ROWS.get(node.rule)
        return Description(node.rule, _given_to(node, scope), rows)
    try:
        return _of_duckdb(host, scope.composed(scope.span).text)
    except Unparsed:
        meant = near_miss(found[0])
        if meant is None:
            raise
        try:
            raise meant from None
        finally:
            # A failure holds this call, and with it the connection, and must not be held by it.
            del meant


def ours(statement: Statement, scope: Scope) -> Node | None:
    """The matched statement of ours, unless DuckDB would take the same words for a table that is there."""
    node = is_ours(statement)
    if node is None or node.rule not in ("show_models", "show_diagnostics", "show_jobs"):
        return node
    name = ModelName((statement.tokens[-1].text,), statement.span)
    return None if scope.is_table(name) else node


def _of_duckdb(host: Host, text: str) -> Description:
    found = host.inner.extract_statements(text)
    if not found:
        raise StatementMissing
    if len(found) > 1 and not _is_pivot(found, text):
        raise StatementsSeveral(len(found))
    names = found[-1].named_parameters
    types = _types(host, text) if names else {}
    kind = _kind(found[0].type.name.lower(), text) if len(found) == 1 else "multi"
    return Description(kind, {name: types.get(name) for name in _ordered(names, text)}, _ROWS.get(kind))


def _is_pivot(found: Sequence[Any], text: str) -> bool:
    """Whether several statements are one: DuckDB 1 makes of PIVOT types first, and then its query."""
    *types, last = [one.type.name for one in found]
    written = statements(lex(text, tokenize(text)))
    is_one = len(written) == 1 and any(token.text.upper().startswith("PIVOT") for token in written[0].tokens)
    return is_one and set(types) == {"CREATE"} and last == "SELECT"


def _kind(kind: str, text: str) -> str:
    """DuckDB's word for a statement, where that stands for several that do not do the same."""
    # DuckDB 1 makes a SELECT of many a PRAGMA.
    may_differ = kind in ("set", "create", "explain") or (kind == "select" and "pragma" in text.lower())
    if not may_differ:
        return kind
    words = [token.text.upper() for token in lex(text, tokenize(text))]
    if kind == "select":
        return "pragma" if words[0] == "PRAGMA" else kind
    if kind == "explain":
        told = words[1 : words.index(")")] if words[1] == "(" else words[1:2]
        return "explain_analyze" if {"ANALYZE", "ANALYSE"} & set(told) else kind
    if kind == "set":
        return f"set_{words[1].lower()}" if words[1] in ("GLOBAL", "VARIABLE") else kind
    made = words[3:4] if words[1] == "OR" else words[1:2]
    return "create_temporary" if made in (["TEMP"], ["TEMPORARY"]) else kind


def _given_to(node: Node, scope: Scope) -> dict[str, str | None]:
    """The parameters of a statement of ours: they stand in its queries."""
    marks = [mark.text for mark in scope.placeholders]
    if not marks:
        return {}
    types: dict[str, str] = {}
    for query in node.all("QUERY"):
        types |= _types(scope.host, _asking(scope.composed(span(query))))
    numbered = [str(at) for at, mark in enumerate(marks, 1) if mark == "?"]
    return {name: types.get(name) for name in numbered or dict.fromkeys(mark[1:] for mark in marks)}


def _asking(query: Composed) -> str:
    return query.within("SELECT * FROM (", "\n)").text


def _ordered(names: set[str], text: str) -> list[str]:
    """The names of parameters in the order in which they are given: numbers by themselves, words as they appear."""
    if all(name.isdigit() for name in names):
        return sorted(names, key=int)
    tokens = lex(text, tokenize(text))
    spelt = [name.text for mark, name in pairwise(tokens) if mark.text == "$" and name.kind is not Kind.SYMBOL]
    places = {name.lower(): place for place, name in reversed(list(enumerate(spelt)))}
    return sorted(names, key=lambda name: places.get(name.lower(), len(places)))


def _types(host: Host, text: str) -> dict[str, str]:
    """The SQL types of a statement's parameters, as far as its plan tells them."""
    asked = "SELECT json_serialize_plan(?, optimize := false)"
    # A parameter that may have any type is no plan's business, and DuckDB says so in ways of its own.
    with suppress(Refused):
        ((plan,),) = host.inner.cursor().execute(asked, [text]).fetchall()
        return dict(_bound(json.loads(plan)))
    return {}


def _bound(plan: Any) -> Iterator[tuple[str, str]]:
    """Each parameter in a serialized plan, with its type."""
    if isinstance(plan, dict):
        if plan.get("expression_class") == "BOUND_PARAMETER" and (name := _spelt(plan.get("return_type") or {})):
            yield plan["identifier"], name
        for part in plan.values():
            yield from _bound(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from _bound(part)


def _spelt(type_: dict[str, Any]) -> str | None:
    """A serialized type as SQL spells it; None of those that have parts."""
    name, about = type_.get("id"), type_.get("type_info")
    if name == "DECIMAL" and about:
        return f"DECIMAL({about['width']},{about['scale']})"
    return name if about is None and name not in (None, "NULL", "SQLNULL", "UNKNOWN") else None
