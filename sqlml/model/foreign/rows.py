"""Rows to try a model on, whatever it was trained on."""

from collections.abc import Sequence

import numpy as np

from sqlml.model.foreign.found import Input, places
from sqlml.model.form import Matrix


def plain(inputs: Sequence[Input], count: int) -> Matrix:
    """So many rows without missing values, as features: numbers of all sizes, codes and levels, always the same."""
    random = np.random.default_rng(0)
    rows = np.zeros((count, sum(one.width for one in inputs)), np.float32)
    for one, start in zip(inputs, places(inputs), strict=True):
        rows[:, start] = _values(one, random, count)
    return rows


def _values(one: Input, random: np.random.Generator, count: int) -> Matrix:
    if one.carried == "level":
        return random.integers(0, len(one.levels) + 1, count).astype(np.float32)
    if one.type == "BOOLEAN":
        return random.integers(0, 2, count).astype(np.float32)
    if one.carried == "code" or one.type in ("INTEGER", "BIGINT"):
        return random.integers(0, 10, count).astype(np.float32)
    return (random.normal(size=count) * 10.0 ** random.integers(-2, 4, count)).astype(np.float32)
