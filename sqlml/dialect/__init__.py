"""LANGUAGE. Text becomes matched statements.

Enters: SQL text with the host's raw tokens. Leaves: a tree of the grammar's rules over it, or a problem
with the words that were expected. Knows no table, model or learner; the query inside a statement stays
opaque text. Decision: tokens come from DuckDB's own tokenizer, so that a string, a comment or a dollar
quote ends for us exactly where it ends for DuckDB; the rules are read from grammar/, not written here.
"""

from sqlml.dialect.expected import expected_next
from sqlml.dialect.peg import Node
from sqlml.dialect.script import ROW_CALLS, Statement, calls, head, is_ours, mentions_us, near_miss, statements
from sqlml.dialect.tokens import Kind, Token, lex

__all__ = [
    "ROW_CALLS",
    "Kind",
    "Node",
    "Statement",
    "Token",
    "calls",
    "expected_next",
    "head",
    "is_ours",
    "lex",
    "mentions_us",
    "near_miss",
    "statements",
]
