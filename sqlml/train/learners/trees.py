"""Gradient-boosted trees; the gate to lightgbm."""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sqlml.model.form import Codes, Floats, Link, Matrix, linked
from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.forest import read
from sqlml.train.learners.portfolio import portfolio
from sqlml.train.table import Table

_OBJECTIVE = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "regression"}
_METRIC = {Task.BINARY: "binary_logloss", Task.MULTICLASS: "multi_logloss", Task.REGRESSION: "rmse"}
_LINK: dict[Task, Link] = {Task.BINARY: "logistic", Task.MULTICLASS: "softmax", Task.REGRESSION: "identity"}

# The learner imports these when they are installed, for doors that we do not use: 4 seconds of a time limit.
_NOT_NEEDED = ("pandas", "sklearn", "dask", "matplotlib", "graphviz")

# What is fixed when values are put into bins; the same for all settings, so that it is done once.
_BINNING = {"max_bin": 255, "bin_construct_sample_cnt": 50_000, "feature_pre_filter": False}
# A thread pays only with this many numbers to itself.
_CELLS_A_THREAD = 3_000_000

# Rows that tell how wide a table is.
_LOOKED_AT = 2_000
# Seconds on one core, measured: of a cell put into bins, of a cell in one tree of 31 leaves, of a leaf's feature.
_BIN_SAMPLED, _BIN_STORED, _TREE_CELL, _TREE_LEAF = 1.5e-7, 5e-8, 6e-9, 2.5e-6

# Rounds times learning rate that a good fit takes; a quicker rate costs some quality, up to this one.
_TRAVEL, _QUICKEST = 12.0, 0.2
# Fewer rounds than these learn less from all rows than more rounds from a part of them.
_FEWEST_ROUNDS, _FEWEST_LEAVES = 60, 7
# Every tree has to be walked again for every row that is scored.
_MOST_TREES, _MOST_ROUNDS, _LEAST_ROUNDS = 2_000, 1_000, 150


class Trees:
    """Many small decision trees, each correcting those before it."""

    name = "trees"
    title = "gradient-boosted trees"
    tasks = frozenset(Task)

    def load(self) -> None:
        _library()

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:  # noqa: ARG002
        return list(portfolio(rows))

    def cost(self, rows: int, features: int, classes: int) -> float:
        sums = classes if classes > 2 else 1
        size = _Size(features, features, features)
        return size.bin_seconds(rows) + _FEWEST_ROUNDS * sums * size.tree_seconds(rows, leaves=31)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        chosen = dict(settings) if "rounds" in settings else _sized(table, settings, clock.seconds)
        share, limit = chosen.pop("share"), chosen.pop("rounds")
        bins = _bins(table, share)
        booster = _library().Booster(chosen | _fixed(table, share), bins.fit)
        run = _Run(booster, float(chosen["learning_rate"]), clock)
        if bins.validation is not None:
            booster.add_valid(bins.validation, "validation")
        run.grow(limit, validates=bins.validation is not None)
        return _fitted(table, bins, run, chosen | {"share": share})


class _Run:
    """One model in training, round by round."""

    def __init__(self, booster: Any, rate: float, clock: Clock) -> None:
        self.booster = booster
        self.best, self.loss = 0, math.nan
        self.finished = True
        self._clock = clock
        self._patience = 1.5 / rate

    def grow(self, limit: int, *, validates: bool) -> None:
        longest = 0.0
        for done in range(1, limit + 1):
            began = time.monotonic()
            exhausted = self.booster.update()
            self._note(done, self.booster.eval_valid()[0][2] if validates else math.nan)
            longest = max(longest, time.monotonic() - began)
            if exhausted or done - self.best > self._patience + self.best / 4:
                return
            if done < limit and self._clock.left < longest:
                self.finished = False
                return

    def _note(self, done: int, loss: float) -> None:
        if math.isnan(loss) or math.isnan(self.loss) or loss < self.loss:
            self.best, self.loss = done, loss


@dataclass(frozen=True, eq=False)
class _Bins:
    """A table's values in bins; `centre` and `scale` undo what was done to a regression's label."""

    share: float
    whole: Any
    fit: Any
    validation: Any
    centre: float
    scale: float


def _bins(table: Table, share: float) -> _Bins:
    """The bins of a share of the rows, kept for the next settings; all rows are fitted where none validate."""
    kept: _Bins | None = table.memo.get("bins")
    if kept is None or kept.share != share:
        kept = table.memo["bins"] = _binned(table, share)
    if table.fit_rows < table.rows:
        return kept
    return _Bins(share, kept.whole, kept.whole, None, kept.centre, kept.scale)


def _binned(table: Table, share: float) -> _Bins:
    fit = table.sample(np.arange(table.fit_rows), max(1, round(table.fit_rows * share)))
    validation = table.validation
    everything = share == 1
    rows = np.arange(table.rows) if everything else np.concatenate([fit, validation])
    # Labels are kept in 32 bits by the learner: centred first, none of their digits is lost that matters.
    label, centre, scale = table.label[rows], 0.0, 1.0
    if not table.task.classifies:
        centre, scale = float(label.mean()), float(label.std()) or 1.0
    whole = _library().Dataset(
        table.matrix if everything else table.matrix[rows],
        (label - centre) / scale,
        categorical_feature=table.categories.tolist(),
        params=_fixed(table, share),
    )
    whole.construct()
    first = np.arange(len(fit))
    after = validation if everything else np.arange(len(fit), len(rows))
    return _Bins(share, whole, _part(whole, first), _part(whole, after) if len(after) else None, centre, scale)


def _part(whole: Any, rows: Codes) -> Any:
    return whole.subset(rows.tolist()).construct()


def _fixed(table: Table, share: float) -> dict[str, Any]:
    cells = int(table.rows * len(table.features) * share)
    fixed = _BINNING | {
        "objective": _OBJECTIVE[table.task],
        "metric": _METRIC[table.task],
        "seed": table.seed % 2**31,
        "bagging_freq": 1,
        "num_threads": max(1, min(table.threads, cells // _CELLS_A_THREAD)),
        "deterministic": True,
        "force_row_wise": True,
        "histogram_pool_size": 512,
        "verbosity": -1,
    }
    if table.task.classifies:
        # A leaf of a class that hardly occurs would run away: on kddcup10, a log loss of 0.69 instead of 0.0015.
        fixed["max_delta_step"] = 2.0
    return fixed | ({"num_class": table.classes} if table.task is Task.MULTICLASS else {})


def _fitted(table: Table, bins: _Bins, run: _Run, chosen: dict[str, Any]) -> Fitted:
    booster, best, link = run.booster, run.best, _LINK[table.task]
    forest = read(booster.model_to_string(num_iteration=best), _sums(table), link)

    def predict(matrix: Matrix) -> Floats:
        raw = booster.predict(matrix, num_iteration=best, raw_score=True, num_threads=1)
        return linked(raw.reshape(len(matrix), -1) * bins.scale + bins.centre, link)

    # More rows carry more rounds, though not in proportion.
    rounds = round(best * math.sqrt(table.rows / table.fit_rows))
    return Fitted(
        form=forest.scaled(bins.centre, bins.scale),
        loss=run.loss * bins.scale,
        again=chosen | {"rounds": rounds},
        predict=predict,
        detail=f"{len(forest.roots)} trees of up to {chosen['num_leaves']} leaves",
        rows=bins.fit.num_data(),
        finished=run.finished,
    )


def _sized(table: Table, settings: Settings, seconds: float) -> dict[str, Any]:
    """Settings with the rows, leaves, rounds and learning rate that fit into `seconds`, in coarse steps.

    Counted for one core, so that the number of threads does not decide what is learnt.
    """
    sums, leaves, size = _sums(table), int(settings["num_leaves"]), _size(table)
    limit = max(_LEAST_ROUNDS, min(_MOST_ROUNDS, _MOST_TREES // sums))
    share = 1.0
    while True:
        rows = table.fit_rows * share
        left = 0.8 * seconds - size.bin_seconds(rows + len(table.validation))
        rounds = left / (sums * size.tree_seconds(rows, leaves))
        if rounds >= _FEWEST_ROUNDS:
            break
        # Whichever takes longer, a tree's rows or its leaves, become fewer.
        if size.filled * rows * _TREE_CELL > size.binned * leaves * _TREE_LEAF:
            share /= 2
        elif leaves > _FEWEST_LEAVES:
            leaves //= 2
        else:
            break
    steps = math.ceil(2 * math.log2(_TRAVEL / (float(settings["learning_rate"]) * max(1.0, min(rounds, limit)))))
    rate = min(_QUICKEST, float(settings["learning_rate"]) * 2 ** (max(0, steps) / 2))
    return dict(settings) | {"learning_rate": rate, "num_leaves": leaves, "share": share, "rounds": limit}


@dataclass(frozen=True)
class _Size:
    """How wide a table is: all features; without values that are a column's commonest; in full sets of bins."""

    features: float
    filled: float
    binned: float

    def bin_seconds(self, rows: float) -> float:
        sampled = min(rows, _BINNING["bin_construct_sample_cnt"])
        return self.features * (sampled * _BIN_SAMPLED + rows * _BIN_STORED)

    def tree_seconds(self, rows: float, leaves: int) -> float:
        depth = 0.3 + 0.14 * math.log2(leaves)
        return self.filled * rows * _TREE_CELL * depth + self.binned * leaves * _TREE_LEAF


def _size(table: Table) -> _Size:
    """The size by a look at some rows: indicator columns cost next to nothing."""
    rows = table.matrix[table.sample(np.arange(table.fit_rows), _LOOKED_AT)]
    counts = [np.unique(column, return_counts=True)[1] for column in rows.T]
    filled = sum(1 - count.max() / len(rows) for count in counts)
    binned = sum(min(len(count), _BINNING["max_bin"]) / _BINNING["max_bin"] for count in counts)
    return _Size(len(counts), max(0.1, filled), max(0.1, binned))


def _sums(table: Table) -> int:
    return table.classes if table.task is Task.MULTICLASS else 1


def _library() -> Any:
    if "lightgbm" not in sys.modules:
        with _absent(_NOT_NEEDED):
            import lightgbm  # noqa: F401
    return sys.modules["lightgbm"]


@contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Lets imports inside believe that these packages are not installed."""
    before: dict[str, Any] = {name: sys.modules[name] for name in names if name in sys.modules}
    hidden: dict[str, Any] = dict.fromkeys(names)
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update(before)
