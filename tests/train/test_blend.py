"""A blend is no worse than its best member, costs what it may, and is as sure as it should be."""

import numpy as np
import pytest

from sqlml.model.form import Floats, sharpened
from sqlml.train.blend import Judged, likely, mean, power, weights
from sqlml.train.metric import LOSSES

ROWS = 4_000
RANDOM = np.random.default_rng(0)
TRUE = np.column_stack([1 - (chance := RANDOM.beta(1.5, 2.5, ROWS)), chance])
LABEL = (RANDOM.random(ROWS) < chance).astype(np.float64)
EVENLY = np.ones(ROWS)


def noisy(which: int, noise: float, half: int | None = None) -> Floats:
    """The true chances, blurred for all rows or for every second one."""
    logit = np.log(TRUE[:, 1] / TRUE[:, 0])
    blur = np.random.default_rng(which).normal(0, noise, ROWS)
    logit = logit + np.where(np.arange(ROWS) % 2 == half, 0.0, blur) if half is not None else logit + blur
    positive = 1 / (1 + np.exp(-logit))
    return np.column_stack([1 - positive, positive])


def judged(metric: str = "log_loss", weight: Floats = EVENLY) -> Judged:
    return Judged(np.arange(ROWS), LABEL, weight, metric)


@pytest.mark.parametrize("metric", ["log_loss", "brier", "roc_auc", "pr_auc", "accuracy", "f1", "macro_f1"])
def test_weights_are_convex_and_no_worse_than_the_best_alone(metric: str) -> None:
    scores = [noisy(which, 0.4 + 0.3 * which) for which in range(6)]
    found = weights(judged(metric), scores, [1.0] * 6, 100.0)
    assert sum(found.values()) == pytest.approx(1)
    assert all(weight >= 0.04 for weight in found.values())
    best = min(judged(metric).loss(each) for each in scores)
    assert judged(metric).loss(mean(scores, found)) <= best * 1.0005


def test_two_that_know_different_rows_are_taken_together() -> None:
    scores = [noisy(1, 1.5, half=0), noisy(2, 1.5, half=1), noisy(3, 3.0)]
    found = weights(judged(), scores, [1.0] * 3, 100.0)
    assert {0, 1} <= set(found)
    assert found[0] == pytest.approx(found[1], abs=0.2)
    assert judged().loss(mean(scores, found)) < 0.97 * min(judged().loss(each) for each in scores)


@pytest.mark.parametrize("most", [1.0, 2.5, 4.0, 9.0])
def test_those_chosen_cost_no_more_than_they_may(most: float) -> None:
    scores, costs = [noisy(which, 1.2) for which in range(6)], [1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    assert sum(costs[place] for place in weights(judged(), scores, costs, most)) <= most


def test_one_dear_member_leaves_the_room_to_two_that_are_better_together() -> None:
    dear, left, right = noisy(1, 0.9), noisy(2, 1.5, half=0), noisy(3, 1.5, half=1)
    assert judged().loss(dear) < min(judged().loss(left), judged().loss(right))
    assert set(weights(judged(), [dear, left, right], [9.0, 4.0, 4.0], 10.0)) == {1, 2}
    assert likely(judged(), [dear, left, right], [9.0, 4.0, 4.0], 10.0) == [1, 2]


def test_where_each_alone_costs_too_much_the_cheapest_is_taken() -> None:
    assert weights(judged(), [noisy(1, 0.1), noisy(2, 2.0)], [50.0, 20.0], 10.0) == {1: 1.0}


def test_a_baseline_alone_is_the_whole_blend() -> None:
    rate = LABEL.mean()
    assert weights(judged(), [np.tile([1 - rate, rate], (ROWS, 1))], [0.0], 10.0) == {0: 1.0}


def test_of_equals_the_first_is_taken_alone() -> None:
    scores = noisy(1, 0.5)
    assert weights(judged(), [scores.copy() for _ in range(4)], [1.0] * 4, 100.0) == {0: 1.0}


def test_rows_that_weigh_nothing_do_not_decide() -> None:
    weight = (np.arange(ROWS) % 2).astype(np.float64)
    good_where_it_counts, good_elsewhere = noisy(1, 2.0, half=1), noisy(2, 2.0, half=0)
    assert weights(judged(weight=weight), [good_elsewhere, good_where_it_counts], [1.0] * 2, 100.0) == {1: 1.0}


@pytest.mark.parametrize("metric", ["roc_auc", "accuracy", "f1"])
def test_of_those_that_count_as_right_alike_the_likelier_is_taken(metric: str) -> None:
    sure = noisy(1, 0.5)
    dull = 0.5 + (sure - 0.5) / 10
    assert judged(metric).loss(dull) == judged(metric).loss(sure)
    assert weights(judged(metric), [dull, sure], [1.0] * 2, 100.0) == {1: 1.0}


@pytest.mark.parametrize("metric", ["rmse", "mae", "r2", "mape"])
def test_values_are_blended_too(metric: str) -> None:
    label = RANDOM.normal(100, 10, ROWS)
    scores = [(label + np.random.default_rng(which).normal(0, 5, ROWS))[:, None] for which in range(3)]
    judge = Judged(np.arange(ROWS), label, EVENLY, metric)
    found = weights(judge, scores, [1.0] * 3, 100.0)
    assert len(found) == 3
    assert judge.loss(mean(scores, found)) < 0.8 * min(judge.loss(each) for each in scores)


@pytest.mark.parametrize("off", [0.6, 1.6])
def test_too_sure_and_not_sure_enough_are_mended(off: float) -> None:
    found = power(judged(), sharpened(TRUE, off))
    assert found == pytest.approx(1 / off, rel=0.1)
    mended = sharpened(sharpened(TRUE, off), found)
    assert LOSSES["log_loss"](LABEL, mended, EVENLY) == pytest.approx(judged().loss(TRUE), rel=2e-3)


@pytest.mark.parametrize("rows", [100, 1_000, 20_000])
def test_calibrated_probabilities_are_mostly_left_alone(rows: int) -> None:
    left_alone = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        positive = random.beta(1.5, 2.5, rows)
        label = (random.random(rows) < positive).astype(np.float64)
        scores = np.column_stack([1 - positive, positive])
        left_alone += power(Judged(np.arange(rows), label, np.ones(rows), "log_loss"), scores) == 1.0
    assert left_alone >= 15


def test_a_class_of_no_chance_at_all_can_be_mended_too() -> None:
    scores = sharpened(TRUE, 1.6)
    scores[:5] = np.eye(2)[LABEL[:5].astype(int)]
    assert 0.5 < power(judged(), scores) < 0.8


def test_those_that_a_blend_is_likely_made_of_are_those_that_it_is_made_of() -> None:
    label = np.tile(LABEL, 20)
    random = np.random.default_rng(3)
    judge = Judged(np.arange(len(label)), label, np.ones(len(label)), "rmse")
    off = random.normal(size=(3, len(label), 1))
    scores = [label[:, None] + errors for errors in (off[0], off[1], 9 * off[2])]
    assert set(likely(judge, scores, [1.0] * 3, 10.0)) == set(weights(judge, scores, [1.0] * 3, 10.0)) == {0, 1}
    assert likely(judge, scores, [1.0, 6.0, 1.0], 5.0) == [0]
