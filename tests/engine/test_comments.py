"""Comments among tokens, where DuckDB's tokenizer has left them out."""

from pathlib import Path

import duckdb
import pytest

from sqlml.dialect import lex
from sqlml.engine import comments
from sqlml.engine.database import tokenize

CORPUS = sorted((Path(__file__).parents[1] / "compat").glob("*.sql"))
TEXTS = [
    "SELECT 'a'; -- '\nDROP TABLE customers",
    "SELECT 1 /* a ; */ ; /* b -- */ SELECT 2 -- c",
    "SELECT 'it''s -- no' /* 'x' */, \"q--\"\"x\" --z\n, $a$ -- ; $a$ /* */ + 1",
    "SELECT e'a\\'--b' -- c",
    "/* x */ CREATE/* /* */ */MODEL m",
    "SELECT a->>'b' -- x",
    "SELECT 'é😀' -- ü\n; SELECT 2",
    "SELECT $$--$$--x",
    "SELECT 1.5--",
    "--",
    "",
]


def without_comments(text: str) -> list[tuple[int, str]]:
    return [(offset, kind.name) for offset, kind in duckdb.tokenize(text) if kind.name != "comment"]


def check(text: str) -> None:
    assert lex(text, comments.told(text, without_comments(text))) == lex(text, tokenize(text))


@pytest.mark.parametrize("text", TEXTS)
def test_a_comment_is_no_part_of_the_token_before_it(text: str) -> None:
    check(text)


@pytest.mark.parametrize("script", CORPUS, ids=lambda path: path.stem)
def test_the_tokens_of_a_script_are_those_that_they_are_with_its_comments(script: Path) -> None:
    check(script.read_text(encoding="utf-8"))
