"""A column that gives the target away is named, and one that is merely good is not."""

import pytest

from sqlml.prep.problems import ColumnsLeftOut
from sqlml.prep.steps.problems import TargetGivenAway
from tests.prep.bench import Bench

# A target of each task over `i`, none of which another column here can tell.
BINARY, RARE, MANY, NUMBER = "hash(i) % 3 = 0", "hash(i) % 40 = 0", "'c' || hash(i) % 7", "(hash(i) % 100000) / 7e0"


def given_away(expression: str, y: str, bench: Bench, rows: int = 5000) -> list[str]:
    """What is said of a column `a` to give the target away; it is used all the same."""
    select = f"SELECT {expression} AS a, sin(i) AS b, {y} AS y FROM range({rows}) r(i)"
    recipe, notices = bench.fit(select)
    assert "a" in {column.name for column in recipe.inputs}
    return [notice.message for notice in notices if isinstance(notice, TargetGivenAway)]


@pytest.mark.parametrize(
    ("expression", "y"),
    [
        ("CASE WHEN hash(i) % 3 = 0 THEN 10 + cos(i) ELSE sin(i) END", BINARY),
        ("CASE WHEN hash(i) % 3 = 0 THEN 'paid ' || i % 5 ELSE 'open ' || i % 5 END", BINARY),
        ("CASE WHEN hash(i) % 3 = 0 THEN cos(i) END", BINARY),
        ("CASE WHEN hash(i) % 3 = 0 THEN 'closed by ' || i % 9 END", BINARY),
        ("CASE WHEN hash(i) % 3 = 0 THEN 'receipt ' || i // 4 END", BINARY),
        ("CASE WHEN hash(i) % 40 = 0 THEN 5 + cos(i) ELSE 0 END", RARE),
        ("CASE WHEN hash(i) % 3 = 0 THEN DATE '2024-01-01' ELSE DATE '2020-01-01' END + (i % 50)::INTEGER", BINARY),
        ("hash(i) % 7 * 10 + cos(i)", MANY),
        ("'n' || (hash(i) % 7) || i % 3", MANY),
        ("3 - 2 * (hash(i) % 100000) / 7e0", NUMBER),
        ("sqrt(hash(i) % 100000)", NUMBER),
    ],
)
def test_a_column_that_tells_every_row_is_named(expression: str, y: str, bench: Bench) -> None:
    assert given_away(expression, y, bench) == ["`a` alone tells `y` of nearly every row"]


@pytest.mark.parametrize(
    ("expression", "y"),
    [
        ("cos(i)", BINARY),
        ("'v' || i % 40", BINARY),
        ("'v' || i // 2", BINARY),
        ("CASE WHEN hash(i) % 3 = 0 OR i % 50 = 0 THEN 10 + cos(i) ELSE sin(i) END", BINARY),
        ("CASE WHEN hash(i) % 40 = 0 AND i % 20 > 0 THEN 5 ELSE cos(i) END", RARE),
        ("hash(i) % 7 * 10 + i % 10", "'c' || (hash(i) % 7 + (i % 20 = 0)::INTEGER)"),
        ("(hash(i) % 100000) / 7e0 + 1000 * cos(i)", NUMBER),
        ("i * 1e0", NUMBER),
        ("i * 1e0", "sin(i)"),
    ],
)
def test_a_column_that_tells_much_is_not(expression: str, y: str, bench: Bench) -> None:
    assert given_away(expression, y, bench) == []


def test_of_few_rows_nothing_is_said(bench: Bench) -> None:
    assert given_away("CASE WHEN hash(i) % 3 = 0 THEN 10 + cos(i) ELSE sin(i) END", BINARY, bench, 450) == []


def test_the_copy_of_a_target_is_left_out_and_not_said_twice(bench: Bench) -> None:
    _, notices = bench.fit(f"SELECT 'is ' || ({BINARY}) AS a, sin(i) AS b, {BINARY} AS y FROM range(5000) r(i)")
    assert [type(notice) for notice in notices] == [ColumnsLeftOut]


def test_it_is_the_same_on_any_number_of_threads(bench: Bench) -> None:
    leak = "CASE WHEN hash(i) % 3 = 0 AND i % {k}000 > 2 THEN 9 ELSE cos(i * {k}) END AS c{k}"
    columns = ", ".join(leak.format(k=k) for k in range(1, 9))
    select = f"SELECT {columns}, {BINARY} AS y FROM range(60000) r(i)"
    said = set()
    for threads in (1, 4):
        bench.run(f"SET threads = {threads}")
        said.add(tuple(notice.message for notice in bench.fit(select)[1]))
    assert len(said) == 1
