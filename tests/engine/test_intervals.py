"""Of rows that are given an interval is the metric's own; of a model, what as many new rows should give."""

import pytest

import sqlml

SIDE = 1.959963984540054


def wilson(share: float, rows: int, errors: float) -> tuple[float, float]:
    """The interval of a share of rows (Wilson 1927)."""
    middle = (share + errors**2 / (2 * rows)) / (1 + errors**2 / rows)
    reach = errors / (1 + errors**2 / rows) * (share * (1 - share) / rows + errors**2 / (4 * rows**2)) ** 0.5
    return middle - reach, middle + reach


@pytest.mark.parametrize(("of", "errors"), [("", SIDE * 2**0.5), (", TABLE customers", SIDE)])
def test_an_interval_reaches_as_far_as_it_is_said_to(of: str, errors: float, db: sqlml.Connection) -> None:
    measured = f"SELECT value, lower, upper, rows FROM EVALUATE(MODEL churn{of}) WHERE metric = 'accuracy'"
    value, lower, upper, rows = db.execute(measured).fetchone()
    assert (lower, upper) == pytest.approx(wilson(value, rows, errors), rel=1e-9)
