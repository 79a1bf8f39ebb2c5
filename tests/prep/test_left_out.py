"""Columns that cannot help are left out and named; columns that may help are not."""

import pytest

from sqlml.diagnostics import Notice
from sqlml.prep.problems import ColumnsLeftOut, NoUsableColumns
from tests.prep.bench import Bench


def said(expression: str, bench: Bench, y: str = "hash(i) % 3 = 0", rows: int = 1000) -> list[Notice]:
    """What is said of a column `a` beside a column that helps."""
    recipe, notices = bench.fit(f"SELECT {expression} AS a, sin(i) AS b, {y} AS y FROM range({rows}) r(i)")
    used = {feature.column for feature in recipe.features}
    left_out = [notice for notice in notices if isinstance(notice, ColumnsLeftOut)]
    assert used == ({"b"} if left_out else {"a", "b"})
    return list(left_out)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("7", "the same value in every row"),
        ("'x'", "the same value in every row"),
        ("DATE '2020-01-01'", "the same value in every row"),
        ("1.5::DOUBLE", "the same value in every row"),
        ("NULL::VARCHAR", "no value in any row"),
        ("NULL", "no value in any row"),
        ("'nan'::DOUBLE", "no value in any row"),
        ("[]::INTEGER[]", "a nested value"),
        ("'{}'::JSON", "a nested value"),
        ("i", "a different value in every row"),
        ("-i * 17::HUGEINT", "a different value in every row"),
        ("i::VARCHAR", "a different value in every row"),
        ("'CUST-' || hash(i)", "a different value in every row"),
        ("'CUST-' || (i // 1.003)::INTEGER", "a different value in every row"),
        ("uuid()", "a different value in every row"),
    ],
)
def test_what_cannot_help_is_left_out_and_why_is_said(expression: str, why: str, bench: Bench) -> None:
    notices = said(expression, bench)
    assert len(notices) == 1
    assert notices[0].message.startswith(f"`a` was left out: {why}")


@pytest.mark.parametrize(
    "expression",
    [
        "CASE WHEN i % 2 = 0 THEN 7 END",
        "CASE WHEN i % 2 = 0 THEN 'x' END",
        "sqrt(i)",
        "i::DOUBLE",
        "hash(i) % 1000003",
        "i // 2",
        "'CUST-' || (i // 2)",
        "'a few words of number ' || i",
        "CASE WHEN i % 2 = 0 THEN 'CUST-' || i END",
        "(i / 7e0)::VARCHAR",
        "TIMESTAMP '2020-01-01' + to_seconds(i)",
        "DATE '2020-01-01' + i::INTEGER",
    ],
)
def test_what_may_help_is_kept(expression: str, bench: Bench) -> None:
    assert said(expression, bench) == []


@pytest.mark.parametrize("name", ["id", "customerID", "PassengerId", "order_key", "GUID", "Invoice Nr", "houseNumber"])
def test_a_key_by_name_need_not_be_in_order(name: str, bench: Bench) -> None:
    select = f'SELECT (i * 7919) % 100003 AS "{name}", sin(i) AS b, hash(i) % 3 = 0 AS y FROM range(1000) r(i)'
    _, notices = bench.fit(select)
    assert (
        notices[0].hint == f'to learn from it all the same, cast it in the query: CAST("{name}" AS DOUBLE) AS "{name}"'
    )
    recipe, notices = bench.fit(f'SELECT * REPLACE (CAST("{name}" AS DOUBLE) AS "{name}") FROM ({select})')
    assert notices == []
    assert {feature.column for feature in recipe.features} == {name, "b"}


@pytest.mark.parametrize("name", ["idle", "paid", "monkey", "number_of", "width"])
def test_a_name_is_read_by_its_words(name: str, bench: Bench) -> None:
    select = f'SELECT (i * 7919) % 100003 AS "{name}", sin(i) AS b, hash(i) % 3 = 0 AS y FROM range(1000) r(i)'
    assert len(bench.fit(select)[1]) == (1 if name == "number_of" else 0)


@pytest.mark.parametrize(
    ("expression", "y"),
    [
        ("i % 3 = 0", "i % 3 = 0"),
        ("(i % 3 = 0)::INTEGER", "i % 3 = 0"),
        ("CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END", "i % 3 = 0"),
        ("CASE WHEN i % 3 = 0 THEN DATE '2020-01-01' END", "i % 3 = 0"),
        ("'class ' || (i % 4)", "(i % 4)::INTEGER"),
        ("(i % 4)::VARCHAR", "(i % 4)::INTEGER"),
        ("sqrt(i)::FLOAT::DOUBLE", "sqrt(i)::FLOAT"),
        ("(i * i)::VARCHAR", "(i * i)::INTEGER"),
    ],
)
def test_a_copy_of_the_target_is_left_out(expression: str, y: str, bench: Bench) -> None:
    notices = said(expression, bench, y)
    assert [notice.message.partition(": ")[2][:4] for notice in notices] == ["a co"]


@pytest.mark.parametrize(
    ("expression", "y"),
    [
        ("CASE WHEN i = 999 THEN i % 3 <> 0 ELSE i % 3 = 0 END", "i % 3 = 0"),
        ("CASE WHEN i <> 999 THEN i % 3 = 0 END", "i % 3 = 0"),
        ("'class ' || (i % 8)", "(i % 4)::INTEGER"),
        ("'class ' || (i % 2)", "(i % 4)::INTEGER"),
        ("2 * sqrt(i)", "sqrt(i)"),
    ],
)
def test_what_is_nearly_the_target_is_kept(expression: str, y: str, bench: Bench) -> None:
    assert said(expression, bench, y) == []


def test_many_columns_make_one_notice(bench: Bench) -> None:
    constants = ", ".join(f"{at} AS c{at}" for at in range(15))
    _, notices = bench.fit(f"SELECT {constants}, sin(i) AS b, i % 3 = 0 AS y FROM range(100) r(i)")
    shown = ", ".join(f"`c{at}`" for at in range(10))
    assert [notice.message for notice in notices] == [f"{shown} and 5 more were left out: the same value in every row"]
    assert notices[0].detail == ", ".join(f"`c{at}`" for at in range(15))


def test_a_running_number_is_used_where_nothing_else_is_left(bench: Bench) -> None:
    recipe, notices = bench.fit("SELECT i AS x, 2e0 * i AS y FROM range(100) r(i)")
    assert [feature.name for feature in recipe.features] == ["x"]
    assert notices == []


def test_without_a_column_to_learn_from_all_reasons_are_said(bench: Bench) -> None:
    with pytest.raises(NoUsableColumns) as raised:
        bench.fit("SELECT 1 AS a, []::INTEGER[] AS b, 'k' || i AS c, i % 2 = 0 AS y FROM range(100) r(i)")
    assert (raised.value.detail or "").count("was left out") == 3
    with pytest.raises(NoUsableColumns):
        bench.fit("SELECT i % 2 = 0 AS y FROM range(100) r(i)")
