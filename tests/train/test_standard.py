"""Centres and scales of quantities."""

import numpy as np
import pytest

from sqlml.train.learners.standard import for_bends, for_sums


def test_one_absurd_value_decides_nothing() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 1_000)
    absurd = np.append(values, 1e12)
    for place in (for_bends, for_sums):
        assert place(absurd) == pytest.approx(place(values), rel=0.01)


def test_where_most_are_one_value_the_others_are_four_spreads_off() -> None:
    centre, scale = for_bends(np.repeat([0.0, 0.4, 0.5, 0.6, 1e6, np.nan, np.inf], [900, 30, 40, 20, 1, 9, 1]))
    assert centre == 0.0
    assert (0.5 - centre) * scale == pytest.approx(4.0)


@pytest.mark.parametrize("values", [[], [np.nan, np.inf], [3.0, 3.0, np.nan], [1.0, 1.0 + 1e-40]])
def test_what_does_not_differ_has_no_scale(values: list[float]) -> None:
    assert for_bends(np.array(values))[1] == 0.0
    assert for_sums(np.array(values))[1] == 1.0
