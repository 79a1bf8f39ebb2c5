"""Settings of boosted trees known to do well on many tables, in order of promise; data, not search.

Sources: LightGBM's own defaults with more rounds, a trace of shrinkage and a tenth of the columns hidden from each tree
(on 42 tables, 0.4 % less loss in the mean, and more on 10); LGBM-TD, tuned on 118 tables (Holzmüller, Grinsztajn and
Steinwart, "Better by default", arXiv 2407.04491); and AutoGluon's CPU portfolio of 2025-12-18 (Apache-2.0), chosen on
hundreds of tables so that each adds to those before it.
"""

from typing import Any

from sqlml.schema import Task

_PLAIN: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.9,
    "lambda_l2": 0.1,
}

# The same with splits at random places (Geurts, Ernst and Wehenkel, "Extremely randomized trees", 2006): seldom better
# alone, but unlike the others. On 26 tables of 400 to 43,000 rows, blends of trees with it lose 0.2 % less on average,
# from 2.8 % less to 1.6 % more.
_SCATTERED = _PLAIN | {"extra_trees": True, "min_data_in_leaf": 2}

# Half of the published defaults differ by task: (classification, regression).
_TUNED: tuple[dict[str, Any], dict[str, Any]] = (
    {"learning_rate": 0.04, "num_leaves": 50, "min_data_in_leaf": 40, "bagging_fraction": 0.75},
    {"learning_rate": 0.05, "num_leaves": 100, "min_data_in_leaf": 3, "bagging_fraction": 0.7},
)

_NAMES = (
    "learning_rate num_leaves min_data_in_leaf extra_trees bagging_fraction feature_fraction lambda_l1 lambda_l2"
    " cat_l2 cat_smooth max_cat_to_onehot min_data_per_group"
).split()

# One row a configuration, as `_NAMES` calls its columns; extra-random splits where `extra_trees`. Those come later than
# published: they want more trees than scoring may cost.
_PUBLISHED: tuple[tuple[Any, ...], ...] = (
    (0.01139, 84, 3, False, 0.9784, 0.528, 0.02693, 0.8375, 0.1553, 0.009312, 42, 75),
    (0.01344, 20, 2, False, 0.7112, 0.4251, 0.5141, 0.5134, 0.8679, 48.72, 16, 32),
    (0.01786, 39, 3, True, 0.8769, 0.4622, 0.2375, 0.3552, 0.3418, 15.43, 16, 9),
    (0.007948, 111, 3, False, 0.7199, 0.9551, 0.111, 0.5969, 0.937, 11.1, 8, 8),
    (0.03976, 16, 1, False, 0.9592, 0.5792, 0.9385, 0.99, 1.896, 0.02152, 27, 39),
    (0.01865, 5, 5, True, 0.7041, 0.5029, 0.1032, 1.255, 0.1139, 41.89, 29, 74),
    (0.03513, 64, 1, False, 0.9277, 0.668, 0.01251, 0.7157, 0.07319, 0.1369, 20, 2),
    (0.0238, 7, 1, True, 0.958, 0.99, 0.346, 1.963, 0.0162, 0.00146, 15, 61),
    (0.04333, 19, 18, False, 0.9328, 0.6609, 0.5567, 1.272, 0.006764, 29.24, 42, 6),
    (0.01932, 64, 28, True, 0.9923, 0.5534, 0.9144, 1.904, 0.01429, 1.866, 18, 54),
    (0.007897, 8, 24, False, 0.8148, 0.94, 0.4369, 0.2998, 0.005836, 0.02894, 28, 3),
    (0.05371, 32, 1, True, 0.9918, 0.4974, 0.7971, 1.218, 0.9842, 0.004969, 13, 4),
    (0.03087, 24, 1, False, 0.7801, 0.4905, 0.6421, 0.5813, 0.007144, 0.1338, 38, 83),
    (0.01798, 180, 12, True, 0.9501, 0.4045, 0.7662, 1.604, 0.2159, 0.06382, 11, 3),
    (0.09465, 23, 13, False, 0.7036, 0.7825, 0.37, 0.03415, 0.01348, 56.49, 13, 4),
    (0.009068, 2, 17, False, 0.8406, 0.5876, 0.07894, 0.7713, 0.9285, 0.08982, 16, 11),
)

# Up to so many rows, so many configurations: with few rows the best of many is only the luckiest.
_LENGTHS = ((200, 4), (1_000, 9), (5_000, 13), (2**63, 19))


def portfolio(rows: int, task: Task) -> list[dict[str, Any]]:
    """The settings to try for a table of so many rows, the most promising first."""
    first, second, *others = (dict(zip(_NAMES, row, strict=True)) for row in _PUBLISHED)
    length = next(length for most, length in _LENGTHS if rows <= most)
    chosen = [_PLAIN, first, second, _TUNED[task is Task.REGRESSION], _SCATTERED, *others][:length]
    # Numbers with a long tail are learnt both ways, in turn.
    logs = {"log_if_skewed": True} if task is Task.REGRESSION else {}
    return [settings | logs if turn % 2 else settings for turn, settings in enumerate(chosen)]
