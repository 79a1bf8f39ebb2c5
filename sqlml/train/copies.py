"""Rows that repeat one another, told by a hash: a log of a million lines may hold a hundred thousand different ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Codes, Floats
from sqlml.train.table import Table

# Rows that tell whether looking at all of them pays, and the share of copies among them from which on it does.
_LOOKED_AT, _MANY = 20_000, 0.3
# Rows hashed at a time.
_CHUNK = 1 << 16


@dataclass(frozen=True, eq=False)
class Distinct:
    """Row numbers, each standing for all rows like it, and how much it counts for them (None: each for itself)."""

    rows: Codes
    weight: Floats | None


def distinct(table: Table, rows: Codes) -> Distinct:
    """The different ones of the row numbers `rows`, in order, by features and label, where many are alike."""
    twins = _twins(table)
    weight = table.weights(rows)
    if twins is None:
        return Distinct(rows, weight)
    _, first, which = np.unique(twins[rows], return_index=True, return_inverse=True)
    summed = np.bincount(which, weight, len(first)).astype(np.float64)
    order = np.argsort(first)
    return Distinct(rows[first[order]], summed[order])


def _twins(table: Table) -> NDArray[np.uint64] | None:
    """A number for each row that only rows like it have, kept with the table; None where hardly any are alike."""
    if "twins" not in table.memo:
        some = table.sample(np.arange(len(table.label)), _LOOKED_AT)
        different = len(np.unique(_hashed(table, some)))
        pays = len(some) and different <= (1 - _MANY) * len(some)
        table.memo["twins"] = _hashed(table, np.arange(len(table.label))) if pays else None
    twins: NDArray[np.uint64] | None = table.memo["twins"]
    return twins


def _hashed(table: Table, rows: Codes) -> NDArray[np.uint64]:
    """Sums of each number's bits times a random odd number, modulo 2^64 (Carter and Wegman 1979)."""
    factors = np.random.default_rng(0).integers(0, 2**63, len(table.features) + 1, np.uint64) * 2 + 1
    sums = [_sums(table, rows[at : at + _CHUNK], factors) for at in range(0, len(rows), _CHUNK)]
    return np.concatenate(sums) if sums else np.zeros(0, np.uint64)


def _sums(table: Table, rows: Codes, factors: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = np.ascontiguousarray(table.matrix[rows]).view(np.uint32).astype(np.uint64)
    sums: NDArray[np.uint64] = (bits * factors[:-1]).sum(axis=1, dtype=np.uint64)
    label = np.ascontiguousarray(table.label[rows]).view(np.uint64) * factors[-1]
    mixed: NDArray[np.uint64] = sums + label
    return mixed
