"""A recipe is data, works for any column name, and gives every row its features."""

import math

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlml.prep.recipe import Recipe
from sqlml.quote import identifier
from tests.prep.bench import Bench

NAMES = ["select", 'a "b".c', "é😀", "Ünï", "t", "r", "place", "level", "number", "a.b", "x y", "'", "rowid2"]
VALUES = {
    "BOOLEAN": "hash(i + {k}) % 2 = 0",
    "UTINYINT": "hash(i + {k}) % 200",
    "BIGINT": "(hash(i + {k}) % 1000000007)::BIGINT - 500000000",
    "HUGEINT": "hash(i + {k})::HUGEINT * (hash(i) // 2)::HUGEINT",
    "DECIMAL(18,3)": "(hash(i + {k}) % 99999) / 8",
    "FLOAT": "tan(i + {k})",
    "DOUBLE": "CASE hash(i + {k}) % 9 WHEN 0 THEN 'inf' WHEN 1 THEN 'nan' WHEN 2 THEN -1e300 ELSE tan(i) END",
    "VARCHAR": "'l' || hash(i + {k}) % ({k} * {k} + 2)",
    "UUID": "md5((hash(i + {k}) % 9)::VARCHAR)",
    "BLOB": "(hash(i + {k}) % 9)::VARCHAR",
    "DATE": "DATE '2020-01-01' + (hash(i + {k}) % 9999)::INTEGER",
    "TIME": "TIME '00:00:00' + to_seconds((hash(i + {k}) % 86400)::BIGINT)",
    "TIMESTAMP": "TIMESTAMP '2020-01-01' + to_seconds((hash(i + {k}) % 99999999)::BIGINT)",
    "TIMESTAMP WITH TIME ZONE": "to_timestamp(hash(i + {k}) % 99999999)",
    "INTERVAL": "to_seconds((hash(i + {k}) % 999)::BIGINT)",
}


def test_any_column_name_works(bench: Bench) -> None:
    columns = ", ".join(f"sin(i * {at + 1}) AS {identifier(name)}" for at, name in enumerate(NAMES))
    recipe, _ = bench.fit(f"SELECT {columns}, i % 3 = 0 AS y FROM range(100) r(i)")
    assert [feature.column for feature in recipe.features] == NAMES
    assert bench.matrix(recipe)[1][0] == pytest.approx(math.sin(1))


def test_a_row_may_be_a_struct_in_a_macro(bench: Bench) -> None:
    recipe, _ = bench.fit("SELECT sin(i) AS \"a b\", 'l' || i % 3 AS c, i % 3 = 1 AS y FROM range(100) r(i)")
    bench.run(f"CREATE MACRO encode(r) AS {recipe.array('r')}")
    expected = bench.matrix(recipe)
    assert [row for (row,) in bench.rows("SELECT encode(t) FROM t")] == expected
    assert [row for (row,) in bench.rows('SELECT encode(struct_pack(c := c, "a b" := "a b")) FROM t')] == expected


def test_numbers_together_are_what_each_is_alone(bench: Bench) -> None:
    odd = ["nan", "inf", "-inf", "-0.0", "1e-45", "5e-324", "3.4e38", "-3.41e38", "1.7e308", None]
    listed = ", ".join("NULL" if value is None else f"'{value}'" for value in odd)
    columns = ", ".join(f"([{listed}])[(i * {at} + i // 7) % 10 + 1]::DOUBLE + tan(i) * 0 AS c{at}" for at in (1, 3, 7))
    recipe, _ = bench.fit(f"SELECT {columns}, sin(i)::FLOAT AS f, cos(i) AS d, i % 3 = 1 AS y FROM range(300) r(i)")
    assert sum(step.unclamped("t") is not None for step in recipe.steps) == 5
    alone = f"[{', '.join(recipe.expressions('t'))}]::FLOAT[]"
    together = bench.rows(f"SELECT ({recipe.array('t')})::VARCHAR, ({alone})::VARCHAR FROM t")
    assert [one for one, _ in together] == [other for _, other in together]


def test_the_target_is_no_input_however_it_is_spelt(bench: Bench) -> None:
    recipe, _ = bench.fit("SELECT sin(i) AS a, sin(i) > 0.3 AS y FROM range(100) r(i)")
    assert [column.name for column in recipe.inputs] == ["a"]


@settings(max_examples=40)
@given(
    types=st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6),
    rows=st.integers(10, 400),
    share=st.sampled_from([0, 2, 10, 1000]),
)
def test_every_row_has_every_feature(types: list[str], rows: int, share: int) -> None:
    columns = ", ".join(
        f"CASE WHEN hash(i * {k + 3}) % 1000 >= {share} THEN ({VALUES[type_].format(k=k)})::{type_} END AS c{k}"
        for k, type_ in enumerate(types)
    )
    with duckdb.connect() as connection:
        bench = Bench(connection)
        recipe, _ = bench.fit(f"SELECT sin(i) AS b, {columns}, i % 2 = 0 AS y FROM range({rows}) r(i)")
        matrix = bench.matrix(recipe)
        assert {len(row) for row in matrix} == {len(recipe.features)}
        assert all(value is not None and not math.isinf(value) for row in matrix for value in row)
        for feature, values in zip(recipe.features, zip(*matrix, strict=True), strict=True):
            codes = {value for value in values if not math.isnan(value)}
            assert not feature.is_category or codes <= set(map(float, range(feature.levels)))
        again = Recipe.from_json(recipe.to_json())
        assert again == recipe
        assert again.array("t") == recipe.array("t")
        unseen = ", ".join(f"NULL::{column.type} AS {identifier(column.name)}" for column in recipe.inputs)
        assert all(math.isnan(value) for value in bench.matrix(recipe, f"(SELECT {unseen})")[0])
