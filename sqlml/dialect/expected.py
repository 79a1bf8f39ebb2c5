"""What may stand next in a statement that is not finished: the words that a shell offers."""

from collections.abc import Sequence

from sqlml.dialect.grammar import grammar
from sqlml.dialect.places import is_table_place
from sqlml.dialect.script import STATEMENT_RULES
from sqlml.dialect.tokens import Token

# Calls by their name, where a table may stand and where a value may.
_TABLES = {"PREDICT": "prediction", "EVALUATE": "evaluation"}
_VALUES = dict.fromkeys(("PREDICT", "PREDICT_PROBABILITY", "PREDICT_PROBABILITIES"), "row_prediction")


def expected_next(tokens: Sequence[Token]) -> frozenset[str]:
    """What the grammar wants behind these tokens of one statement, as in the message of an error at that place.

    Words are in capitals, everything else is described. Nothing is expected where a query goes on, as that is
    DuckDB's own.
    """
    starts = [(rule, 0) for rule in STATEMENT_RULES] + [
        (rule, at) for at in range(len(tokens) - 1) if tokens[at + 1].text == "(" and (rule := _call(tokens, at))
    ]
    attempts = [grammar().match(rule, tokens, at)[1] for rule, at in starts]
    return frozenset(word for attempt in attempts if attempt.farthest == len(tokens) for word in attempt.expected)


def _call(tokens: Sequence[Token], at: int) -> str | None:
    calls = _TABLES if is_table_place(tokens, at) else _VALUES
    return calls.get(tokens[at].text.upper())
