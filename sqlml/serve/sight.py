"""What SQL may look at: the database, and nothing of the machine that serves it, nor of what others do there."""

from dataclasses import dataclass

import sqlml
from sqlml.dialect import Kind, Token, lex
from sqlml.engine.database import tokenize
from sqlml.serve.problems import NotAllowed
from sqlml.serve.roles import Role

# What DuckDB has to be called in FROM and tells of nothing but the database. Whatever else it has, and will have, is
# withheld: files, settings, paths, logs, others' statements, and text that is run as SQL after it was looked at here.
_SHOWN = frozenset(
    """
    collations duckdb_columns duckdb_constraints duckdb_dependencies duckdb_dialects duckdb_functions duckdb_indexes
    duckdb_keywords duckdb_optimizers duckdb_schemas duckdb_sequences duckdb_table_sample duckdb_tables duckdb_types
    duckdb_views functions generate_series histogram histogram_values icu_calendar_names json_each json_tree
    pg_timezone_names pragma_collations pragma_database_size pragma_show pragma_storage_info pragma_table_info
    pragma_version range repeat repeat_row show show_databases show_tables show_tables_expanded storage_info summary
    table_info test_all_types unnest version
    """.split()
)
# A view that calls one of these, for names alone; tools ask for it.
_NAMES_ALONE = frozenset({"pg_database"})
# Of what is called elsewhere: a setting's value, by its name, and writing into the server's log.
_SETTING, _ELSEWHERE = "current_setting", frozenset({"current_setting", "write_log"})
_SETTINGS = frozenset({"calendar", "memory_limit", "schema", "search_path", "threads", "timezone"})

_CALLABLE = """
SELECT DISTINCT lower(function_name) FROM duckdb_functions()
WHERE internal AND function_type IN ('table', 'table_macro', 'pragma')
"""
_VIEWS = "SELECT lower(view_name), regexp_extract_all(lower(sql), '([a-z_]+)\\(', 1) FROM duckdb_views() WHERE internal"


@dataclass(frozen=True)
class _Withheld:
    """The names of functions that may not be called, and of views that call one."""

    calls: frozenset[str]
    views: frozenset[str]


# DuckDB's own are the same for every database of a process.
_found: list[_Withheld] = []


def check(role: Role, text: str, db: sqlml.Connection) -> None:
    """Raises NotAllowed where a statement looks at what is not shown to a user of `role`.

    An admin sees what DuckDB shows of itself: who may change every table is trusted with where they lie.
    """
    if role is Role.ADMIN:
        return
    withheld, lowered = _withheld(db), text.lower()
    if not any(name in lowered for name in withheld.calls | withheld.views):
        return
    tokens = lex(text, tokenize(text))
    for at, token in enumerate(tokens):
        name = _named(token)
        if name in withheld.views or (name in withheld.calls and _is_call(name, tokens[at + 1 : at + 4])):
            raise NotAllowed(f"`{name}`", role, [str(Role.ADMIN)])


def _withheld(db: sqlml.Connection) -> _Withheld:
    if not _found:
        calls = frozenset(name for (name,) in db.execute(_CALLABLE).fetchall()) - _SHOWN
        views = frozenset(name for name, called in db.execute(_VIEWS).fetchall() if not calls.isdisjoint(called))
        _found.append(_Withheld(calls | _ELSEWHERE, views - _NAMES_ALONE))
    return _found[0]


def _named(token: Token) -> str:
    """What the token may be the name of: behind FROM, a string is the name of a table."""
    return (token.content if token.kind is Kind.STRING else token.name).lower()


def _is_call(name: str, behind: list[Token]) -> bool:
    if not behind or behind[0].text != "(":
        return False
    return name != _SETTING or not _is_shown(behind[1:])


def _is_shown(arguments: list[Token]) -> bool:
    """Whether what stands behind the bracket is the name of a setting that anybody may know, and no more."""
    if [token.text for token in arguments[1:]] != [")"] or arguments[0].kind is not Kind.STRING:
        return False
    return arguments[0].content.lower() in _SETTINGS
