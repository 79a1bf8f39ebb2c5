"""Thousands of columns are prepared by few queries, not one or more a column."""

import pytest

from sqlml.prep.fit import fit
from sqlml.schema import Column
from tests.prep.bench import REGRESSION, Bench

COLUMNS = {
    "numbers": "tan(i * {k} + i)",
    "integers": "hash(i * {k}) % 1000003",
    "levels": "'l' || hash(i * {k}) % 30",
    "dates": "DATE '2020-01-01' + (hash(i * {k}) % 999)::INTEGER",
}


def prepared(kind: str, width: int, bench: Bench) -> tuple[int, int]:
    """How many features `width` columns have, and how many queries they took."""
    columns = ", ".join(f"{COLUMNS[kind].format(k=k)} AS c{k}" for k in range(1, width + 1))
    bench.run(f"CREATE TABLE t AS SELECT {columns}, sin(i) AS y FROM range(50) r(i)")
    asked: list[str] = []

    def ask(sql: str) -> object:
        asked.append(sql)
        return bench.ask(sql)

    recipe, _ = fit(ask, "t", [Column(row[0], row[1]) for row in bench.rows("DESCRIBE t")], REGRESSION)
    assert len(bench.matrix(recipe)[0]) == len(recipe.features)
    return len(recipe.features), len(asked)


@pytest.mark.parametrize("kind", COLUMNS)
def test_two_hundred_columns_take_few_queries(kind: str, bench: Bench) -> None:
    features, queries = prepared(kind, 200, bench)
    assert features >= 200
    assert queries < 30


@pytest.mark.slow
@pytest.mark.parametrize("kind", COLUMNS)
def test_thousands_of_columns_are_prepared(kind: str, bench: Bench) -> None:
    features, queries = prepared(kind, 5000, bench)
    assert features >= 5000
    assert queries < 400
