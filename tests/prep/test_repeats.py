"""Of columns that are equal in every row the first is used."""

import pytest

from sqlml.prep.steps.problems import ColumnsRepeated
from tests.prep.bench import Bench


def repeated(first: str, later: str, bench: Bench, rows: int = 2000) -> list[str]:
    select = f"SELECT {first} AS a, cos(i * 3) AS b, {later} AS c, hash(i) % 3 = 0 AS y FROM range({rows}) r(i)"
    recipe, notices = bench.fit(select)
    said = [notice.message for notice in notices if isinstance(notice, ColumnsRepeated)]
    assert ("c" in {column.name for column in recipe.inputs}) == (not said)
    return said


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("sin(i)", "sin(i)"),
        ("i % 90", "(i % 90)::DOUBLE"),
        ("(i % 90)::TINYINT", "(i % 90)::DECIMAL(9,2)"),
        ("'l' || i % 9", "'l' || i % 9"),
        ("'l' || i % 9", "('l' || i % 9)::BLOB"),
        ("CASE WHEN i % 7 > 0 THEN i % 90 END", "CASE WHEN i % 7 > 0 THEN i % 90 END"),
        ("i % 2 = 0", "i % 2 = 0"),
        ("DATE '2020-01-01' + (i % 300)::INTEGER", "DATE '2020-01-01' + (i % 300)::INTEGER"),
    ],
)
def test_the_later_of_two_equal_columns_is_left_out(first: str, later: str, bench: Bench) -> None:
    assert repeated(first, later, bench) == ["`c` was left out: the same as `a` in every row"]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("sin(i)", "CASE WHEN i = 1999 THEN 5 ELSE sin(i) END"),
        ("i % 2 = 0", "i % 2 = 1"),
        ("i % 2 = 0", "(i % 2 = 0)::INTEGER"),
        ("'l' || i % 4", "'l' || (i + 2) % 4"),
        ("'l' || i % 9", "'L' || i % 9"),
        ("9007199254740992 + i % 2", "9007199254740992 + (i + 1) % 2"),
        ("CASE WHEN i % 7 > 0 THEN i % 90 END", "i % 90"),
    ],
)
def test_columns_that_differ_in_a_row_are_both_used(first: str, later: str, bench: Bench) -> None:
    assert repeated(first, later, bench) == []


def test_several_are_told_at_once(bench: Bench) -> None:
    select = (
        "SELECT sin(i) AS a, cos(i) AS b, sin(i) AS c, cos(i) AS d, sin(i) AS e, i % 3 = 0 AS y FROM range(500) r(i)"
    )
    _, notices = bench.fit(select)
    assert [notice.message for notice in notices] == [
        "`c`, `d` and `e` were left out: each the same as another column in every row"
    ]
    assert notices[0].detail == "`c` is `a`, `d` is `b`, `e` is `a`"
