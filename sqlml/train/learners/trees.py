"""Gradient-boosted trees; the gate to lightgbm."""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from sqlml.model.digits import shortened
from sqlml.model.forest import read
from sqlml.model.form import Codes, Floats, Forest, Link, Matrix, linked
from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.copies import Distinct, distinct
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.portfolio import portfolio
from sqlml.train.learners.skewed import is_skewed
from sqlml.train.stopping import halves, on_its_way
from sqlml.train.table import Table

_OBJECTIVE = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "regression"}
_METRIC = {Task.BINARY: "binary_logloss", Task.MULTICLASS: "multi_logloss", Task.REGRESSION: "l2"}
_LINK: dict[Task, Link] = {Task.BINARY: "logistic", Task.MULTICLASS: "softmax", Task.REGRESSION: "identity"}

# The learner imports these when they are installed, for doors that we do not use: 4 seconds of a time limit.
_NOT_NEEDED = ("pandas", "sklearn", "dask", "matplotlib", "graphviz")

# What is fixed when values are put into bins; the same for all settings, so that it is done once. Bins are not kept as
# those of nonzero values only: where such are of several columns, a part of the rows has wrong ones, and lightgbm 4.7
# fails or ends the process (of kddcup10, with an eighth of its rows).
_BINNING = {
    "max_bin": 255,
    "bin_construct_sample_cnt": 50_000,
    "feature_pre_filter": False,
    "is_enable_sparse": False,
}
# A thread pays only with this many numbers to itself.
_CELLS_A_THREAD = 3_000_000

# Rows that tell how wide a table is.
_LOOKED_AT = 2_000
# Seconds on one core, measured: of a cell put into bins, of a cell in one tree of 31 leaves, of a leaf's feature.
_BIN_SAMPLED, _BIN_STORED, _TREE_CELL, _TREE_LEAF = 1.5e-7, 5e-8, 6e-9, 2.5e-6
# Rows that fill all bins of a quantity, and that a leaf usually has at least; and the bins filled in usual tables.
_ROWS_THAT_FILL, _ROWS_A_LEAF, _FILLED = 1_000, 25, 0.4

# Settings that let the seed decide.
_RANDOM = ("extra_trees", "bagging_fraction", "feature_fraction")

# Rounds times learning rate that a good fit of classes and of numbers takes; a quicker rate costs some quality, up to
# this one.
_TRAVEL, _QUICKEST = (12.0, 30.0), 0.2
# Fewer rounds than these learn less from all rows than more rounds from a part of them.
_FEWEST_ROUNDS, _FEWEST_LEAVES = 60, 7
# Rounds after which a fit looks at the time for the first time, and by what it changes its rate at least.
_LOOKS, _FASTER = 4, 1.4
# However cheap its trees are to score, and however dear, a fit has so many rounds.
_MOST_ROUNDS, _LEAST_ROUNDS = 2_000, 120


class Trees:
    """Many small decision trees, each correcting those before it."""

    name = "trees"
    title = "gradient-boosted trees"
    tasks = frozenset(Task)
    loading = 0.0

    def load(self) -> None:
        _library()

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:  # noqa: ARG002
        return list(portfolio(rows, task))

    def cost(self, rows: int, features: int, classes: int) -> float:
        sums = classes if classes > 2 else 1
        # Few rows fill neither all bins nor all leaves, nor do columns of few values.
        size = _Size(features, features, features * _FILLED * min(1.0, rows / _ROWS_THAT_FILL))
        leaves = max(2, min(31, rows // _ROWS_A_LEAF))
        return size.bin_seconds(rows) + _FEWEST_ROUNDS * sums * size.tree_seconds(rows, leaves)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        every = distinct(table, table.fit)
        chosen = dict(settings) if "rounds" in settings else _sized(table, len(every.rows), settings, clock.work)
        logs = bool(chosen.pop("log_if_skewed", False)) and is_skewed(table.label)
        share, limit = chosen.pop("share"), chosen.pop("rounds")
        label, fit = _label(table, logs), _sample(table, every, share)
        booster = _library().Booster(chosen | _fixed(table, len(fit.rows)), _part(table, label, fit))
        rate = float(chosen["learning_rate"])
        goal = rate * limit if "rounds" in settings else min(rate * limit, _TRAVEL[table.task is Task.REGRESSION])
        sizes = [_validated(table, label, booster, half) for half in halves(table.validation)]
        run = _Run(booster, rate, clock, goal, sizes)
        run.grow(limit)
        again = dict(settings) | chosen | {"share": share}
        return _fitted(table, label, run, again, len(fit.rows), round(len(table.fit) * share))

    def merged(self, found: Sequence[Settings], growth: float) -> Settings:
        rounds = float(np.mean([settings["rounds"] for settings in found]))
        # More rows carry more rounds, though not in proportion.
        return dict(found[0]) | {"share": 1.0, "rounds": max(1, round(rounds * math.sqrt(growth)))}


class _Run:
    """One model in training, round by round; `goal` is how far it is to travel, in rounds times learning rate.

    `sizes` are what each half of the validation rows weighs. Of each round, `losses` are those of the halves, and
    `rates` the learning rate, on average, of the rounds up to it; `best` is the round of the least loss.
    """

    def __init__(self, booster: Any, rate: float, clock: Clock, goal: float, sizes: Sequence[float]) -> None:
        self.booster, self.sizes = booster, sizes
        self.losses: list[list[float]] = []
        self.rates: list[float] = []
        self.best, self.finished = 1, True
        self._least = math.inf
        self._clock, self._goal = clock, goal
        # How much farther the rounds have gone than at the rate that was meant: that one stays what it is, to the bit.
        self._meant, self._rate, self._faster = rate, rate, 0.0
        self._patience = 1.5 / rate

    @property
    def grown(self) -> int:
        return len(self.rates)

    def grow(self, limit: int) -> None:
        longest, looks, start = 0.0, _LOOKS, time.monotonic()
        for done in range(1, limit + 1):
            began = time.monotonic()
            exhausted = self.booster.update()
            self._faster += self._rate - self._meant
            self._clock.tick(done / limit)
            self._note(done, [loss for _, _, loss, *_ in self.booster.eval_valid()])
            longest = max(longest, time.monotonic() - began)
            if exhausted or done - self.best > self._patience + self.best / 4:
                return
            if done < limit and self._clock.left < longest:
                self.finished = False
                return
            if done == looks and not self._clock.counted:
                looks *= 2
                self._keep_up((time.monotonic() - start) / done, limit - done)

    def _keep_up(self, seconds: float, rounds: int) -> None:
        """Learns faster where, at so many seconds a round, the time would end before the goal; else as was meant."""
        left = self._goal - self._meant * self.grown - self._faster
        needed = left / max(1.0, min(rounds, self._clock.left / max(seconds, 1e-9)))
        rate = min(_QUICKEST, max(self._meant, needed))
        if not 1 / _FASTER < rate / self._rate < _FASTER:
            self._rate = rate
            self.booster.reset_parameter({"learning_rate": rate})

    def _note(self, done: int, losses: list[float]) -> None:
        self.losses.append(losses)
        self.rates.append(self._meant + self._faster / done)
        # Without validation rows, each round is better than those before.
        loss = float(np.average(losses, weights=self.sizes)) if losses else -float(done)
        if loss < self._least:
            self.best, self._least = done, loss


@dataclass(frozen=True, eq=False)
class _Label:
    """The labels as they are learnt; `centre` and `scale` undo what was done to those of a regression.

    Labels are kept in 32 bits by the learner: centred first, none of their digits is lost that matters.
    """

    values: Floats
    centre: float
    scale: float
    link: Link

    @property
    def logs(self) -> bool:
        return self.link == "exp"


def _label(table: Table, logs: bool) -> _Label:
    if table.task.classifies:
        return _Label(table.label, 0.0, 1.0, _LINK[table.task])
    values = np.log1p(table.label) if logs else table.label
    centre, scale = float(values.mean()), float(values.std()) or 1.0
    return _Label((values - centre) / scale, centre, scale, "exp" if logs else "identity")


# Fits of one table may start at once; its bins are made by the first.
_binning = Lock()


def _bins(table: Table) -> Any:
    """All rows of a table in bins, kept for the next fit. Where a bin ends depends on no label."""
    with _binning:
        if "bins" not in table.memo:
            whole = _library().Dataset(
                table.matrix,
                _label(table, logs=False).values,
                weight=table.weight,
                categorical_feature=table.categories.tolist(),
                params=_fixed(table, len(table.label)),
            )
            table.memo["bins"] = whole.construct()
        return table.memo["bins"]


def _sample(table: Table, every: Distinct, share: float) -> Distinct:
    """A share of rows, the same ones for the same seed; of classes, these count for those left out."""
    if share == 1:
        return every
    return Distinct(*table.part(every.rows, every.weight, max(1, round(len(every.rows) * share))))


def _part(table: Table, label: _Label, chosen: Distinct) -> Any:
    bins = _bins(table)
    if len(chosen.rows) == bins.num_data() and not label.logs:
        return bins
    part = bins.subset([])
    # As an array: a list of ten million numbers takes longer to make, and more memory, than the rows themselves.
    part.used_indices = chosen.rows.astype(np.int32)
    part.construct()
    if chosen.weight is not None:
        part.set_weight(chosen.weight)
    return part.set_label(label.values[chosen.rows]) if label.logs else part


def _validated(table: Table, label: _Label, booster: Any, rows: Codes) -> float:
    """Has the booster look at these rows after each round; returns what they weigh."""
    chosen = distinct(table, rows)
    booster.add_valid(_part(table, label, chosen), str(len(rows)))
    return float(len(rows) if chosen.weight is None else chosen.weight.sum())


def _fixed(table: Table, rows: int) -> dict[str, Any]:
    fixed = _BINNING | {
        "objective": _OBJECTIVE[table.task],
        "metric": _METRIC[table.task],
        "seed": table.seed % 2**31,
        # Of a single row there is no part.
        "bagging_freq": int(rows > 1),
        "num_threads": max(1, min(table.threads, rows * len(table.features) // _CELLS_A_THREAD)),
        "deterministic": True,
        "force_col_wise": True,
        "histogram_pool_size": 512,
        "verbosity": -1,
    }
    if table.task.classifies:
        # A leaf of a class that hardly occurs would run away: on kddcup10, a log loss of 0.69 instead of 0.0015.
        fixed["max_delta_step"] = 2.0
    return fixed | ({"num_class": table.classes} if table.task is Task.MULTICLASS else {})


def _fitted(table: Table, label: _Label, run: _Run, chosen: dict[str, Any], rows: int, of: int) -> Fitted:
    """What `run` has grown from `rows` different ones of the rows that it learnt from, `of` in all."""
    sums, size, rates, finished = _sums(table), _size(table), run.rates, run.finished
    # A fit is kept to the end of the training; what it was learnt from is not, some fifty bytes a row.
    booster = _library().Booster(model_str=run.booster.model_to_string(num_iteration=len(rates)))
    leaves, (centre, scale, link) = int(chosen["num_leaves"]), (label.centre, label.scale, label.link)

    def at(step: int) -> Fitted:
        rounds = min(step + 1, len(rates))

        def make() -> Forest:
            grown = read(booster.model_to_string(num_iteration=rounds), sums, link)
            return shortened(grown.scaled(centre, scale))

        def predict(matrix: Matrix) -> Floats:
            raw = booster.predict(matrix, raw_score=True, num_iteration=rounds, num_threads=1)
            return linked(raw.reshape(len(matrix), sums) * scale + centre, link)

        return Fitted(
            make=make,
            again=chosen | {"rounds": rounds, "learning_rate": rates[rounds - 1]},
            predict=predict,
            detail=f"{rounds * sums} trees of up to {leaves} leaves",
            rows=of,
            cost=_scored(leaves) * rounds * sums,
            work=size.bin_seconds(rows) + len(rates) * sums * size.tree_seconds(rows, leaves),
            kept=rounds / len(rates),
            varies=any(name in chosen for name in _RANDOM),
            logs=label.logs,
            finished=finished,
        )

    if not run.sizes:
        return at(run.grown - 1)
    return on_its_way((np.array(run.losses) * run.sizes).T, at)


def _walked(leaves: int) -> float:
    """Microseconds of one core in which a row is walked down a tree."""
    return 0.0055 * math.log2(max(2, leaves))


def _scored(leaves: int) -> float:
    """What a tree counts for, in microseconds of one core: more than it takes where it is scored by compiled code.

    It is its text in SQL that sets the limit: 37 to 42 characters a leaf, of which a last fit has a fifth more than
    those of a trial. What scoring may cost in all comes to the two million characters that are written at most.
    """
    return 3.6e-4 * leaves


def _sized(table: Table, fit_rows: int, settings: Settings, seconds: float) -> dict[str, Any]:
    """Settings with the rows, leaves, rounds and learning rate that fit into `seconds`, in coarse steps.

    Counted for one core, so that the number of threads does not decide what is learnt.
    """
    sums, leaves, size = _sums(table), int(settings["num_leaves"]), _size(table)
    # As if each tree were walked: more of them would have room, and were not seen to predict better.
    limit = max(_LEAST_ROUNDS, min(_MOST_ROUNDS, round(table.scoring / sums / _walked(leaves))))
    share = 1.0
    while True:
        rows = fit_rows * share
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
    steps = math.ceil(
        2
        * math.log2(
            _TRAVEL[table.task is Task.REGRESSION] / (float(settings["learning_rate"]) * max(1.0, min(rounds, limit)))
        )
    )
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
    rows = table.matrix[table.sample(table.fit, _LOOKED_AT)]
    counts = [np.unique(column, return_counts=True)[1] for column in rows.T]
    filled = sum(1 - count.max() / len(rows) for count in counts)
    binned = sum(min(len(count), _BINNING["max_bin"]) / _BINNING["max_bin"] for count in counts)
    return _Size(len(counts), max(0.1, filled), max(0.1, binned))


def _sums(table: Table) -> int:
    return table.classes if table.task is Task.MULTICLASS else 1


_loading = Lock()


def _library() -> Any:
    with _loading:
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
