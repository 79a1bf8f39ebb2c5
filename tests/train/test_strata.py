"""Parts of rows that are to be learnt from."""

import numpy as np
import pytest

from sqlml.train.strata import part

RARE = np.repeat([0, 1, 2, 3], [90_000, 9_000, 990, 10])


@pytest.mark.parametrize("count", [4, 1_000, 20_000, 99_999])
def test_classes_keep_what_they_count(count: int) -> None:
    given = np.random.default_rng(1).random(len(RARE)) + 0.5
    places, weight = part(RARE, given, count, seed=1)
    assert np.all(np.diff(places) > 0)
    assert len(places) == pytest.approx(count, abs=4)
    assert np.bincount(RARE[places], weight) == pytest.approx(np.bincount(RARE, given))


def test_rare_classes_are_kept_whole() -> None:
    places, weight = part(RARE, None, 10_000, seed=1)
    # Of the half that is shared out evenly, 2,000 are for each of the larger ones.
    assert np.bincount(RARE[places]).tolist() == [7_000, 2_000, 990, 10]
    assert weight[RARE[places] > 1] == pytest.approx(1.0)


def test_a_class_of_few_rows_has_one_in_the_smallest_part() -> None:
    places, _ = part(RARE, None, 1, seed=1)
    assert RARE[places].tolist() == [0, 1, 2, 3]


def test_the_seed_decides() -> None:
    first, again, other = (part(RARE, None, 500, seed)[0].tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_classes_that_are_as_many_are_so_in_a_part() -> None:
    places, weight = part(np.tile([0, 1, 2], 1_000), None, 600, seed=1)
    assert np.bincount(places % 3).tolist() == [200] * 3
    assert weight == pytest.approx(5.0)
