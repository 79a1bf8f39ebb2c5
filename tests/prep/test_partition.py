"""Rows are shared out the same way every time, and evenly in every class."""

from collections import Counter

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlml.prep.partition import FIT, HELD_OUT, VALIDATION, parts
from tests.prep.bench import Bench


def test_three_fifths_are_fitted_on(bench: Bench) -> None:
    target, _ = bench.examine("SELECT sqrt(i) AS y FROM range(1000) r(i)")
    assert Counter(part for _, part in bench.split(target)) == {FIT: 600, VALIDATION: 200, HELD_OUT: 200}


@pytest.mark.parametrize("y", ["sqrt(i)", "i % 2 = 0", "i < 2", "'c' || (i // 2)", "'c' || least(i // 2, 3)"])
def test_ten_rows_fill_every_part(y: str, bench: Bench) -> None:
    target, _ = bench.examine(f"SELECT {y} AS y FROM range(10) r(i)")
    assert set(Counter(part for _, part in bench.split(target))) == {FIT, VALIDATION, HELD_OUT}


@pytest.mark.parametrize(("rare", "counts"), [(1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1]), (21, [13, 4, 4])])
def test_the_rarest_class_is_fitted_on_first_then_checked(rare: int, counts: list[int], bench: Bench) -> None:
    target, _ = bench.examine(f"SELECT CASE WHEN i < {rare} THEN 'r' ELSE 'c' || i % 2 END AS y FROM range(99) r(i)")
    found = Counter(part for row, part in bench.split(target) if row < rare)
    assert [found[part] for part in (FIT, VALIDATION, HELD_OUT)] == counts


def test_classes_have_the_same_share_in_every_part(bench: Bench) -> None:
    target, _ = bench.examine("SELECT ['a', 'b', 'b', 'c', 'c', 'c', 'c'][1 + i % 7] AS y FROM range(7000) r(i)")
    counts = Counter((row % 7, part) for row, part in bench.split(target))
    for classes, size in (([0], 1000), ([1, 2], 2000), ([3, 4, 5, 6], 4000)):
        for part, share in ((FIT, 0.6), (VALIDATION, 0.2), (HELD_OUT, 0.2)):
            assert abs(sum(counts[place, part] for place in classes) - share * size) <= 1


def test_the_seed_and_nothing_else_moves_the_parts(bench: Bench) -> None:
    target, _ = bench.examine("SELECT i % 3 = 0 AS y FROM range(5000) r(i)")
    splits = []
    for threads in (1, 4):
        bench.run(f"SET threads = {threads}")
        splits.append(bench.split(target))
    assert splits[0] == splits[1]
    assert bench.split(target, seed=2) != splits[0]


def test_a_part_is_a_small_number(bench: Bench) -> None:
    target, _ = bench.examine("SELECT i % 3 = 0 AS y FROM range(100) r(i)")
    assert bench.rows(f"SELECT DISTINCT typeof(row), typeof(part) FROM ({parts('t', target, 1)})") == [
        ("BIGINT", "UTINYINT")
    ]


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(2, 30), min_size=2, max_size=8), seed=st.integers(0, 2**31))
def test_every_class_is_fitted_on_and_no_part_takes_too_much(sizes: list[int], seed: int) -> None:
    with duckdb.connect() as connection:
        bench = Bench(connection)
        values = ", ".join(f"('c{at}')" for at, size in enumerate(sizes) for _ in range(size + 10))
        target, _ = bench.examine(f"SELECT y FROM (VALUES {values}) v(y)")
        split = bench.split(target, seed)
        classes = [f"c{at}" for at, size in enumerate(sizes) for _ in range(size + 10)]
        assert {classes[row] for row, part in split if part == FIT} == set(classes)
        counts = Counter(part for _, part in split)
        assert counts[VALIDATION] - counts[HELD_OUT] in (0, 1)
        assert counts[FIT] >= 0.6 * len(classes) - 1
