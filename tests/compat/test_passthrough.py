"""SQL that is not ours reaches DuckDB byte for byte: a corpus of scripts, run through both doors.

Each `.sql` file is a script for a new connection in an empty folder. A line `;;` ends a statement, whose text may
itself hold semicolons. A line `-- params: …` inside it gives its parameters as JSON.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

FILES = sorted(Path(__file__).parent.glob("*.sql"))
SHOWN = 10


@dataclass(frozen=True)
class Statement:
    text: str
    parameters: list[Any] | dict[str, Any] | None

    @property
    def arguments(self) -> tuple[Any, ...]:
        return (self.text,) if self.parameters is None else (self.text, self.parameters)


def corpus(path: Path) -> list[Statement]:
    texts = [text.strip("\n") for text in re.split(r"(?m)^;;$", path.read_text(encoding="utf-8"))]
    return [Statement(text, parameters(text)) for text in texts]


def parameters(text: str) -> list[Any] | dict[str, Any] | None:
    line = re.search(r"(?m)^-- params: (.*)$", text)
    return json.loads(line[1]) if line else None


def executed(statement: Statement, connection: Any) -> Any:
    result = connection.execute(*statement.arguments)
    if result is None:
        return None
    return described(result), result.rowcount, result.fetchall()


def executed_by_a_cursor(statement: Statement, connection: Any) -> Any:
    return executed(statement, connection.cursor())


def related(statement: Statement, connection: Any) -> Any:
    text, *rest = statement.arguments
    relation = connection.sql(text, params=rest[0]) if rest else connection.sql(text)
    if relation is None:
        return None
    return relation.columns, [str(kind) for kind in relation.types], described(relation), relation.fetchall()


def split(statement: Statement, connection: Any) -> Any:
    parts = connection.extract_statements(statement.text)
    return [(part.query, part.type, sorted(part.named_parameters), part.expected_result_type) for part in parts]


def described(result: Any) -> Any:
    return [(name, str(kind), *rest) for name, kind, *rest in result.description or []]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("door", [executed, executed_by_a_cursor, related, split])
def test_every_statement_has_the_outcome_that_duckdb_gives_it(
    path: Path, door: Callable[[Statement, Any], Any], through_both: Any
) -> None:
    statements = corpus(path)
    outcomes = through_both([partial(door, statement) for statement in statements])
    different = [
        f"{path.name}, statement {number}:\n{statement.text}\n  duckdb: {stock}\n  sqlml:  {ours}"
        for number, (statement, (stock, ours)) in enumerate(zip(statements, outcomes, strict=True), start=1)
        if stock != ours
    ]
    assert not different, f"{len(different)} differ:\n\n" + "\n\n".join(different[:SHOWN])


def test_the_corpus_has_more_than_a_thousand_different_statements() -> None:
    texts = {" ".join(statement.text.lower().split()) for path in FILES for statement in corpus(path)}
    assert len(texts) >= 1000


def test_the_corpus_is_wrong_in_many_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kinds: dict[str, set[str]] = {}
    for path in FILES:
        with duckdb.connect(config={"threads": 1}) as connection:
            for statement in corpus(path):
                try:
                    connection.execute(*statement.arguments)
                except duckdb.Error as error:
                    kinds.setdefault(type(error).__name__, set()).add(str(error))
    assert sum(map(len, kinds.values())) >= 500
    assert kinds.keys() >= {
        "BinderException",
        "CatalogException",
        "ConstraintException",
        "ConversionException",
        "DependencyException",
        "IOException",
        "InvalidInputException",
        "NotImplementedException",
        "OutOfRangeException",
        "ParserException",
        "SyntaxException",
        "TransactionException",
    }
