"""Settings of boosted trees known to do well on many tables, in order of promise; data, not search.

Sources: LightGBM's own defaults with more rounds and a trace of shrinkage, and three of AutoGluon's CPU portfolio of
2025-12-18 (Apache-2.0), which was chosen on hundreds of tables so that each adds to those before it.
"""

from typing import Any

PLAIN: dict[str, Any] = {"learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 20, "lambda_l2": 0.1}

# Extra-random splits over half of the features: averages well.
RANDOM: dict[str, Any] = {
    "learning_rate": 0.01786,
    "num_leaves": 39,
    "min_data_in_leaf": 3,
    "extra_trees": True,
    "bagging_fraction": 0.8769,
    "feature_fraction": 0.4622,
    "lambda_l1": 0.2375,
    "lambda_l2": 0.3552,
    "cat_l2": 0.3418,
    "cat_smooth": 15.43,
    "max_cat_to_onehot": 16,
    "min_data_per_group": 9,
}

# Few leaves a tree: for small and for nearly additive tables.
SMALL: dict[str, Any] = {
    "learning_rate": 0.01865,
    "num_leaves": 5,
    "min_data_in_leaf": 5,
    "extra_trees": True,
    "bagging_fraction": 0.7041,
    "feature_fraction": 0.5029,
    "lambda_l1": 0.1032,
    "lambda_l2": 1.255,
    "cat_l2": 0.1139,
    "cat_smooth": 41.89,
    "max_cat_to_onehot": 29,
    "min_data_per_group": 74,
}

# Many leaves a tree: for large tables with many interactions.
LARGE: dict[str, Any] = {
    "learning_rate": 0.01798,
    "num_leaves": 180,
    "min_data_in_leaf": 12,
    "extra_trees": True,
    "bagging_fraction": 0.9501,
    "feature_fraction": 0.4045,
    "lambda_l1": 0.7662,
    "lambda_l2": 1.604,
    "cat_l2": 0.2159,
    "cat_smooth": 0.06382,
    "max_cat_to_onehot": 11,
    "min_data_per_group": 3,
}

# Below this many rows, trees of many leaves only repeat the rows.
_FEW = 2_000


def portfolio(rows: int) -> list[dict[str, Any]]:
    """The settings to try for a table of so many rows, the most promising first."""
    return [PLAIN, SMALL, RANDOM] if rows < _FEW else [PLAIN, RANDOM, SMALL, LARGE]
