"""Rows are shared out the same way every time, and evenly in every class."""

from collections import Counter, defaultdict

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlml.prep.partition import BLOCKS, HELD_OUT, copied, count_groups, folds, parts
from sqlml.prep.problems import TooFewGroups
from sqlml.prep.target import Target
from tests.prep.bench import REGRESSION, Bench


def folded(split: list[tuple[int, int]], folds: int = 8) -> list[tuple[int, int]]:
    """(row, fold), HELD_OUT for those that are."""
    return [(row, part if part == HELD_OUT else part % folds) for row, part in split]


@pytest.mark.parametrize(("rows", "count"), [(10, 8), (100, 8), (4_999, 8), (5_000, 6), (10**7, 6)])
def test_small_tables_have_more_folds(rows: int, count: int) -> None:
    assert folds(rows) == count


def test_a_fifth_is_held_out_and_folds_are_even(bench: Bench) -> None:
    target, _ = bench.examine("SELECT sqrt(i) AS y FROM range(1000) r(i)")
    split = bench.split(target)
    assert Counter(part for _, part in split) == {HELD_OUT: 200, **dict.fromkeys(range(8 * BLOCKS), 20)}
    assert Counter(fold for _, fold in folded(split)) == {HELD_OUT: 200, **dict.fromkeys(range(8), 100)}


def test_of_many_rows_ten_thousand_are_held_out(bench: Bench) -> None:
    target, _ = bench.examine("SELECT sqrt(i) AS y FROM range(300000) r(i)")
    counts = Counter(fold for _, fold in folded(bench.split(target), 6))
    assert counts.pop(HELD_OUT) == 10_000
    assert set(counts) == set(range(6))
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("y", ["sqrt(i)", "i % 2 = 0", "i < 2", "'c' || (i // 2)", "'c' || least(i // 2, 3)"])
def test_ten_rows_fill_every_fold(y: str, bench: Bench) -> None:
    target, _ = bench.examine(f"SELECT {y} AS y FROM range(10) r(i)")
    assert {fold for _, fold in folded(bench.split(target))} == {*range(8), HELD_OUT}


@pytest.mark.parametrize(("rare", "held_out"), [(1, 0), (2, 0), (3, 1), (6, 1), (21, 4)])
def test_of_the_rarest_class_the_first_rows_are_in_folds_of_their_own(rare: int, held_out: int, bench: Bench) -> None:
    target, _ = bench.examine(f"SELECT CASE WHEN i < {rare} THEN 'r' ELSE 'c' || i % 2 END AS y FROM range(99) r(i)")
    found = Counter(fold for row, fold in folded(bench.split(target)) if row < rare)
    assert found.pop(HELD_OUT, 0) == held_out
    assert len(found) == min(rare - held_out, 8)
    assert max(found.values()) - min(found.values()) <= 1


def test_classes_have_the_same_share_in_every_part(bench: Bench) -> None:
    target, _ = bench.examine("SELECT ['a', 'b', 'b', 'c', 'c', 'c', 'c'][1 + i % 7] AS y FROM range(7000) r(i)")
    counts = Counter((row % 7, fold) for row, fold in folded(bench.split(target), 6))
    for classes, size in (([0], 1000), ([1, 2], 2000), ([3, 4, 5, 6], 4000)):
        for part, share in ((HELD_OUT, 0.2), *((fold, 0.8 / 6) for fold in range(6))):
            assert abs(sum(counts[place, part] for place in classes) - share * size) <= 2


def test_the_seed_and_nothing_else_moves_the_parts(bench: Bench) -> None:
    target, _ = bench.examine("SELECT i % 3 = 0 AS y FROM range(5000) r(i)")
    splits = []
    for threads in (1, 4):
        bench.run(f"SET threads = {threads}")
        splits.append(bench.split(target))
    assert splits[0] == splits[1]
    assert bench.split(target, seed=2) != splits[0]


@pytest.mark.parametrize("keywords", [{}, {"groups": "r.g"}, {"ordered": True}])
def test_a_part_is_a_small_number(keywords: dict[str, object], bench: Bench) -> None:
    target, _ = bench.examine("SELECT i % 3 = 0 AS y, i // 5 AS g FROM range(100) r(i)")
    sql = parts("t", target, 1, folds=8, **keywords)
    assert bench.rows(f"SELECT DISTINCT typeof(row), typeof(part) FROM ({sql})") == [("BIGINT", "UTINYINT")]


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(2, 30), min_size=2, max_size=8), seed=st.integers(0, 2**31))
def test_every_class_is_in_folds_and_parts_are_even(sizes: list[int], seed: int) -> None:
    classes = [f"c{at}" for at, size in enumerate(sizes) for _ in range(size)] + ["many"] * 30
    with duckdb.connect() as connection:
        bench = Bench(connection)
        values = ", ".join(f"('{name}')" for name in classes)
        target, _ = bench.examine(f"SELECT y FROM (VALUES {values}) v(y)")
        split = folded(bench.split(target, seed))
    found = defaultdict(set)
    for row, part in split:
        found[classes[row]].add(part)
    counts = Counter(classes)
    assert all(len(held - {HELD_OUT}) >= min(2, counts[name] - 1) for name, held in found.items())
    counts = Counter(part for _, part in split)
    held_out = counts.pop(HELD_OUT)
    assert abs(held_out - len(classes) / 5) <= 2
    assert max(counts.values()) - min(counts.values()) <= 1


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(1, 40), min_size=3, max_size=30), unknown=st.integers(0, 5), two=st.booleans())
def test_groups_are_never_parted_and_every_part_has_one(sizes: list[int], unknown: int, two: bool) -> None:
    group = [str(at) for at, size in enumerate(sizes) for _ in range(size + 4)] + ["NULL"] * unknown
    with duckdb.connect() as connection:
        bench = Bench(connection)
        values = ", ".join(f"({name}, {at})" for at, name in enumerate(group))
        y = "(i * 7919) % 13 < 2" if two else "sqrt(i)"
        target, _ = bench.examine(f"SELECT {y} AS y, g FROM (VALUES {values}) v(g, i)")
        count = folds(len(group), len(sizes) + unknown)
        split = folded(bench.split(target, groups="r.g"), count)
    assert [row for row, _ in split] == list(range(len(group)))
    found = defaultdict(set)
    for row, part in split:
        found[group[row]].add(part)
    assert all(len(held) == 1 for name, held in found.items() if name != "NULL")
    assert {part for _, part in split} == {*range(count), HELD_OUT}


def test_large_groups_are_shared_out_first(bench: Bench) -> None:
    target, _ = bench.examine(
        "SELECT sqrt(i) AS y, CASE WHEN i < 500 THEN i // 100 ELSE i // 5 END AS g FROM range(1000) r(i)"
    )
    counts = Counter(fold for _, fold in folded(bench.split(target, groups="r.g")))
    assert set(counts) == {*range(8), HELD_OUT}
    assert max(counts.values()) <= 205


def test_two_groups_are_too_few(bench: Bench) -> None:
    target, _ = bench.examine("SELECT i % 3 = 0 AS y, i % 2 AS site FROM range(100) r(i)")
    with pytest.raises(TooFewGroups) as raised:
        count_groups(bench.ask, "t", target, "r.site", "site")
    assert "`site` has 2 values" in raised.value.message
    assert count_groups(bench.ask, "t", target, "nullif(r.site, 0)", "site") == 51


def test_copies_of_a_row_stay_together(bench: Bench) -> None:
    columns = bench.table("SELECT sin(i % 900) AS a, i % 900 % 3 = 0 AS y FROM range(1000) r(i)")
    target, _ = bench.examine("FROM t")
    groups = copied(bench.ask, "t", columns, target)
    split = dict(bench.split(target, groups=groups))
    assert all(split[row] == split[row + 900] for row in range(100))
    counts = Counter(split.values())
    assert abs(counts[HELD_OUT] - 200) <= 20


@pytest.mark.parametrize("a", ["i", "i % 400", "CASE WHEN i < 400 THEN 0 WHEN i < 600 THEN i % 10 ELSE i % 100 END"])
def test_a_table_without_copies_or_of_few_different_rows_is_shuffled(a: str, bench: Bench) -> None:
    columns = bench.table(f"SELECT {a} AS a, 1 AS b, 2.5 AS y FROM range(1000) r(i)")
    assert copied(bench.ask, "t", columns, REGRESSION) is None


def test_a_row_that_is_found_very_often_is_no_copy(bench: Bench) -> None:
    columns = bench.table("SELECT CASE WHEN i % 3 = 0 THEN 0 ELSE i END AS a, 2.5 + i * 0 AS y FROM range(1000) r(i)")
    groups = copied(bench.ask, "t", columns, Target(**{**vars(REGRESSION), "rows": 1000}))
    assert groups is not None
    assert bench.rows(f"SELECT count(g) FROM (SELECT {groups} AS g FROM t AS r)") == [(0,)]


def test_copies_among_thousands_of_columns_take_one_query(bench: Bench) -> None:
    columns = bench.table(
        f"SELECT {', '.join(f'i + {k} AS c{k}' for k in range(3000))}, sqrt(i) AS y FROM range(30) r(i)"
    )
    assert copied(bench.ask, "t", columns, REGRESSION) is None


def test_a_log_is_parted_in_time(bench: Bench) -> None:
    target, _ = bench.examine("SELECT sqrt(i) AS y FROM range(1000) r(i)")
    found = [part for _, part in bench.split(target, ordered=True)]
    assert found == [*(row * 8 // 800 for row in range(800)), *[HELD_OUT] * 200]
