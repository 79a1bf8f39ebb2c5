"""Numbers in fewer digits part and tell apart what they did."""

import numpy as np
import pytest

from sqlml.model import digits

RANDOM = np.random.default_rng(0)
NUMBERS = RANDOM.normal(size=20_000) * 10.0 ** RANDOM.uniform(-30, 30, 20_000)
ODD = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e300, -1e300, 1e22, 1e-22])


def length(numbers: np.ndarray) -> float:
    return float(np.mean([len(repr(number)) for number in numbers.tolist()]))


def test_numbers_of_32_bits_stay_themselves() -> None:
    singles = NUMBERS.astype(np.float32)
    assert (digits.short(singles.astype(np.float64)).astype(np.float32) == singles).all()


def test_numbers_are_off_by_less_than_their_ninth_digit() -> None:
    assert np.abs(digits.short(NUMBERS) / NUMBERS - 1).max() < 5e-9
    np.testing.assert_array_equal(digits.short(ODD), ODD)


@pytest.mark.parametrize("size", [1e-30, 1e-9, 0.3, 1.0, 7e6, 1e30])
def test_sums_lose_none_of_their_first_digits(size: float) -> None:
    numbers = size * RANDOM.normal(size=(1_000, 500)) * RANDOM.lognormal(0, 2, 500)
    found = digits.added(numbers)
    assert np.abs(found.sum(axis=1) - numbers.sum(axis=1)).max() < 1e-9 * np.abs(numbers).max()
    np.testing.assert_array_equal(digits.added(ODD[[0, 1]]), ODD[[0, 1]])


@pytest.mark.parametrize("numbers", [NUMBERS, np.round(NUMBERS, 1), RANDOM.integers(-9, 9, 500).astype(np.float64)])
def test_thresholds_part_what_they_did(numbers: np.ndarray) -> None:
    """Also what lies next to them."""
    singles = np.unique(numbers.astype(np.float32))
    thresholds = (singles[1:].astype(np.float64) + singles[:-1]) / 2
    for near in (singles, np.nextafter(singles, np.float32(-np.inf)), np.nextafter(singles, np.float32(np.inf))):
        thresholds = np.concatenate([thresholds, near.astype(np.float64)])
    found = digits.parting(thresholds)
    single = thresholds.astype(np.float32)
    for near in (single, np.nextafter(single, np.float32(-np.inf)), np.nextafter(single, np.float32(np.inf))):
        np.testing.assert_array_equal(near <= found, near <= thresholds)


def test_odd_thresholds_part_what_they_did() -> None:
    singles = np.array([-np.inf, -1e38, -1e22, -1e-22, -1e-45, 0.0, 1e-45, 1e-22, 1e22, 1e38, np.inf], np.float32)
    np.testing.assert_array_equal(singles[:, None] <= digits.parting(ODD), singles[:, None] <= ODD)


def test_fewer_digits_are_shorter() -> None:
    usual = RANDOM.normal(size=1_000)
    assert length(digits.short(usual)) < 14
    assert length(digits.added(usual)) < 14
    assert length(digits.parting(usual)) < 14
    assert digits.parting(np.array([0.5, 2.5000000001])).tolist() == [0.5, 2.5]
