"""Nested values give a column for each of their parts, whatever the values look like later."""

import math

import pytest

from sqlml.prep.nested import element, entry, members
from sqlml.prep.problems import ColumnsLeftOut
from sqlml.prep.recipe import Recipe
from sqlml.prep.steps.problems import ColumnsTakenApart
from sqlml.prep.taken import reference
from sqlml.prep.unpack import unpack
from sqlml.schema import Column
from tests.prep.bench import Bench

DOCUMENT = """('{"age": ' || i % 70 || ', "city": {"name": "c' || i % 5 || '", "at": [1.5, ' || i || ']}, "new": '
    || (i % 2 = 0) || ', "a/b~c": "x", "none": null, "tags": ["p", "q"], "orders": [{"n": 1}, {"n": 2}]}')"""


def parts(expression: str, bench: Bench, rows: int = 100) -> dict[str, str]:
    """The types of what a column `a` is taken apart into, by name."""
    columns, _ = unpack(bench.ask, "t", bench.table(f"SELECT {expression} AS a FROM range({rows}) r(i)"))
    for column in columns:
        value = reference(column, "t")
        assert bench.rows(f"SELECT DISTINCT typeof({value}) FROM t") == [(column.type,)]
    return {column.name: column.type for column in columns}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("i", {"a": "BIGINT"}),
        ("{'k': i, 'b c': 'x'}", {"a.k": "BIGINT", "a.b c": "VARCHAR"}),
        ("{'o': {'p': {'q': i}}, 'd': DATE '2020-01-01'}", {"a.d": "DATE", "a.o.p.q": "BIGINT"}),
        ("{'o': {'p': {'q': {'r': i}}}, 'n': 1}", {"a.n": "INTEGER"}),
        ("MAP {'x': i, 'y': 2}", {"a.length": "UBIGINT", "a.x": "BIGINT", "a.y": "BIGINT"}),
        ("MAP {i % 2: 'v'}", {"a.length": "UBIGINT", "a.0": "VARCHAR", "a.1": "VARCHAR"}),
        ("[i, 2, 3]::SMALLINT[3]", {"a[1]": "SMALLINT", "a[2]": "SMALLINT", "a[3]": "SMALLINT"}),
        ("[i, i + 1]", {"a[1]": "BIGINT", "a[2]": "BIGINT"}),
        (
            "range(i % 4)",
            {"a.length": "BIGINT", "a[1]": "BIGINT", "a.min": "BIGINT", "a.max": "BIGINT", "a.mean": "DOUBLE"},
        ),
        ("list_transform(range(i % 4), lambda x: {'n': x})", {"a.length": "BIGINT"}),
        ("['p', 'q']", {"a": "VARCHAR[]"}),
        ("['p', 'q']::VARCHAR[2]", {"a": "VARCHAR[]"}),
        ("i::VARIANT", {"a": "DOUBLE"}),
        ("union_value(k := i)", {"a.k": "BIGINT"}),
        ("'5'::JSON", {"a": "DOUBLE"}),
        ("'[1, 2]'::JSON", {"a[1]": "DOUBLE", "a[2]": "DOUBLE"}),
        ("'{}'::JSON", {"a": "JSON"}),
        ("'{not json'", {"a": "VARCHAR"}),
        ("'plain'", {"a": "VARCHAR"}),
        ("NULL::JSON", {"a": "JSON"}),
        ('CASE WHEN i % 3 = 0 THEN \'{"k": 1}\' ELSE \'{"k": "s"}\' END::JSON', {"a.k": "VARCHAR"}),
        ("'{\"k\": ' || i || ', \"K\": 1}'", {"a.K": "DOUBLE", "a.k (2)": "DOUBLE"}),
    ],
)
def test_a_nested_value_is_taken_apart_by_its_type(expression: str, expected: dict[str, str], bench: Bench) -> None:
    assert parts(expression, bench) == expected


@pytest.mark.parametrize("type_", ["VARCHAR", "JSON", "VARIANT"])
def test_the_keys_of_json_are_columns_of_their_commonest_types(type_: str, bench: Bench) -> None:
    found = parts(f"{DOCUMENT}::JSON::{type_}" if type_ == "VARIANT" else f"{DOCUMENT}::{type_}", bench)
    assert found == {
        "a.age": "DOUBLE",
        "a.new": "BOOLEAN",
        "a.a/b~c": "VARCHAR",
        "a.tags": "VARCHAR[]",
        "a.city.name": "VARCHAR",
        "a.city.at[1]": "DOUBLE",
        "a.city.at[2]": "DOUBLE",
        "a.orders[1].n": "DOUBLE",
        "a.orders[2].n": "DOUBLE",
    }


def test_names_stay_apart_from_those_of_other_columns(bench: Bench) -> None:
    columns, _ = unpack(bench.ask, "t", bench.table("SELECT {'k': i} AS a, i AS \"A.K\" FROM range(9) r(i)"))
    assert [column.name for column in columns] == ["a.k (2)", "A.K"]


def test_a_hundred_parts_of_a_column_are_taken_and_that_is_said(bench: Bench) -> None:
    fields = ", ".join(f"'k{at}': i * {at}" for at in range(150))
    columns, notices = unpack(bench.ask, "t", bench.table(f"SELECT {{{fields}}} AS a, i AS b FROM range(9) r(i)"))
    assert len(columns) == 101
    assert [type(notice) for notice in notices] == [ColumnsTakenApart]
    assert notices[0].message == "`a` was taken apart into 100 columns"
    assert "`a` has more than 100 parts" in (notices[0].hint or "")


def test_a_key_of_hardly_any_row_is_no_column(bench: Bench) -> None:
    found = parts("('{\"k\": 1, \"id' || i || '\": 2}')::JSON", bench)
    assert found == {"a.k": "DOUBLE"}


ODD = [
    *("null", "1", '"text"', "[]", "[1]", "{}", '{"age": "old"}', '{"age": {"n": 1}}', '{"city": 5}', '{"age": 1e999}'),
    *('{"city": {"at": "here"}}', '{"city": {"name": ["x"]}}', '{"new": "maybe"}', '{"orders": [null]}'),
]


def prepared(type_: str, bench: Bench) -> Recipe:
    recipe, notices = bench.fit(f"SELECT {DOCUMENT}::{type_} AS a, hash(i) % 3 = 0 AS y FROM range(200) r(i)")
    assert {type(notice) for notice in notices} <= {ColumnsTakenApart, ColumnsLeftOut}
    assert recipe.inputs == [Column("a", type_)]
    return recipe


@pytest.mark.parametrize("type_", ["VARCHAR", "JSON"])
def test_no_json_makes_scoring_fail(type_: str, bench: Bench) -> None:
    recipe = prepared(type_, bench)
    assert {"a.age", "a.city.name", "a.new"} <= {feature.name for feature in recipe.features}
    values = [*ODD, "", "{", "no json", "{'a': 1}"] if type_ == "VARCHAR" else ODD
    for value in values:
        (row,) = bench.matrix(recipe, f"(SELECT $${value}$$::{type_} AS a)")
        assert not any(math.isinf(number) for number in row)
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_a_row_may_be_a_struct_in_a_macro(bench: Bench) -> None:
    recipe = prepared("JSON", bench)
    bench.run(f"CREATE MACRO encode(r) AS {recipe.array('r')}")
    assert [row for (row,) in bench.rows("SELECT encode(t) FROM t")] == bench.matrix(recipe)


def test_a_date_inside_json_is_a_date(bench: Bench) -> None:
    day = "(DATE '2013-01-01' + (i * 7 % 900)::INTEGER)"
    recipe, _ = bench.fit(f"SELECT '{{\"on\": \"' || {day} || '\"}}' AS a, i % 3 = 0 AS y FROM range(200) r(i)")
    assert [feature.name for feature in recipe.features][:2] == ["days(a.on)", "year(a.on)"]


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("STRUCT(a INTEGER, b VARCHAR)", [("a", "INTEGER"), ("b", "VARCHAR")]),
        ('STRUCT("x ""y"", (z" DECIMAL(18,3), c STRUCT(d MAP(VARCHAR, INTEGER)[]))',
         [('x "y", (z', "DECIMAL(18,3)"), ("c", "STRUCT(d MAP(VARCHAR, INTEGER)[])")]),
        ("STRUCT(e ENUM('a, b', 'c''d)'), f UNION(g INTEGER))",
         [("e", "ENUM('a, b', 'c''d)')"), ("f", "UNION(g INTEGER)")]),
    ],
)  # fmt: skip
def test_the_types_inside_a_type_are_found(type_: str, expected: list[tuple[str, str]]) -> None:
    assert members(type_) == expected
    assert entry(f"MAP(VARCHAR, {type_})") == ("VARCHAR", type_)
    assert element(f"{type_}[]") == (type_, None)
    assert element(f"{type_}[][3]") == (f"{type_}[]", 3)
