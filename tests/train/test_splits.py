"""Every trial is judged by rows that the fit that judges them has not seen."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from sqlml.model.form import Codes
from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train import splits as room
from sqlml.train.splits import splits

ROWS = 600
SHUFFLED = np.random.default_rng(0).integers(0, 5, ROWS).astype(np.uint8)
CONSECUTIVE = (np.arange(ROWS) * 5 // ROWS).astype(np.uint8)
TABLE = small_table(Task.BINARY, ROWS)
# Five folds of three blocks each.
BLOCKS = np.random.default_rng(1).integers(0, 15, ROWS).astype(np.uint8)


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_row_is_judged_once_at_most_and_by_a_fit_that_never_saw_it(count: int, ordered: bool) -> None:
    divided = splits(TABLE, CONSECUTIVE if ordered else SHUFFLED, 5, count, ordered=ordered)
    assert len(set(divided.judged.tolist())) == len(divided.judged)
    for fit, validation in divided.pairs:
        assert len(fit)
        assert not np.intersect1d(fit, validation).size


def test_with_all_folds_every_row_is_judged_and_every_other_one_learnt_from() -> None:
    divided = splits(TABLE, SHUFFLED, 5, 5, ordered=False)
    assert sorted(divided.judged.tolist()) == list(range(ROWS))
    assert [len(fit) + len(validation) for fit, validation in divided.pairs] == [ROWS] * 5


def test_in_time_order_nothing_is_learnt_from_later_rows() -> None:
    divided = splits(TABLE, CONSECUTIVE, 5, 5, ordered=True)
    for fit, validation in divided.pairs:
        assert fit.max() < validation.min()
    assert divided.judged.tolist() == np.flatnonzero(CONSECUTIVE >= 3).tolist()


def test_beyond_the_folds_rows_are_judged_again_by_folds_that_are_put_together_otherwise() -> None:
    divided = splits(TABLE, BLOCKS, 5, 15, ordered=False)
    assert len(divided.pairs) == 15
    assert sorted(divided.judged.tolist()) == sorted([*range(ROWS)] * 3)
    together = [{tuple(row) for row in np.argwhere(beside(divided.pairs[at : at + 5]))} for at in (0, 5, 10)]
    same_part = {tuple(row) for row in np.argwhere(BLOCKS[:, None] == BLOCKS[None, :])}
    assert together[0] & together[1] == together[0] & together[2] == same_part


def beside(pairs: Sequence[tuple[Codes, Codes]]) -> NDArray[np.bool_]:
    """Of each two rows, whether they are judged together."""
    fold = np.zeros(ROWS, np.int64)
    for number, (_, validation) in enumerate(pairs):
        fold[validation] = number
    return fold[:, None] == fold[None, :]


def test_part_of_a_repetition_is_the_first_folds_of_it() -> None:
    few, many = (splits(TABLE, BLOCKS, 5, count, ordered=False).pairs for count in (7, 15))
    assert len(few) == 7
    assert all(
        np.array_equal(one, other)
        for pair, same in zip(few, many, strict=False)
        for one, other in zip(pair, same, strict=True)
    )


@pytest.mark.parametrize(("count", "ordered", "pairs"), [(1, False, 1), (3, False, 3), (9, False, 5), (1, True, 1)])
def test_there_are_as_many_splits_as_asked_for_and_there_are_folds(count: int, ordered: bool, pairs: int) -> None:
    assert len(splits(TABLE, CONSECUTIVE, 5, count, ordered=ordered).pairs) == pairs


def test_of_very_many_rows_a_part_is_judged_and_all_others_are_learnt_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_JUDGED", 1)
    table = small_table(Task.BINARY, 8_000)
    fold = np.arange(8_000) % 4
    divided = splits(table, fold.astype(np.uint8), 4, 4, ordered=False)
    assert [(len(fit), len(validation)) for fit, validation in divided.pairs] == [(6_000, 1_000)] * 4


def test_tables_of_all_splits_share_what_learners_keep() -> None:
    first, *others = splits(TABLE, SHUFFLED, 5, 5, ordered=False).tables(TABLE)
    assert all(other.memo is first.memo and other.matrix is TABLE.matrix for other in others)
