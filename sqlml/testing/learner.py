"""`check_learner`: what every learner has to hold to, ours and other people's."""

import math
import time
from dataclasses import replace

import numpy as np

from sqlml.model.form import Codes, Floats, Matrix
from sqlml.schema import Feature, Task
from sqlml.train.clock import Clock
from sqlml.train.export import exported, probes
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learner import Learner
from sqlml.train.stopping import ended, ends, halves
from sqlml.train.table import Table

# More than any fit of these small tables needs, and how far past its clock one may end on a busy machine.
_AMPLE, _GRACE = 60.0, 5.0
# How much rows count beside others, where a learner is to tell them apart by that.
_HEAVY = 20.0
_CLASSES = {Task.BINARY: 2, Task.MULTICLASS: 4, Task.REGRESSION: 0}


def check_learner(learner: Learner) -> None:
    """Trains `learner` on small tables of each of its tasks, and on awkward ones.

    Raises:
        AssertionError: it breaks its contract (`sqlml.train.learner.Learner`), with what and where.
    """
    _expect(learner.name.isidentifier() and learner.name.islower(), "its name is one word in lower case")
    _expect(bool(learner.tasks), "it can be trained for some task")
    learner.load()
    for task in sorted(learner.tasks):
        table = small_table(task, rows=300)
        every = learner.settings(len(table.fit), len(table.features), task)
        _expect(bool(every), f"it has settings to start from ({task})")
        _expect(learner.cost(len(table.fit), len(table.features), table.classes) > 0, f"it costs something ({task})")
        for settings in every:
            _check_fit(learner, table, settings)
        _check_repeats(learner, table, every[0])
        _check_weights(learner, table, every[0])
        _check_deadline(learner, task)
        for rows in (8, 40):
            _check_fit(learner, small_table(task, rows=rows), every[0])


def small_table(task: Task, rows: int, seed: int = 0) -> Table:
    """A table with what real ones have: missing values, categories, and columns that are constant or all missing."""
    random = np.random.default_rng(seed)
    quantities = random.normal(size=(rows, 4)).astype(np.float32)
    codes = random.integers(0, 6, (rows, 2)).astype(np.float32)
    signal = 2.0 * quantities[:, 0] + quantities[:, 1] * (codes[:, 0] % 2) + random.normal(0, 0.3, rows)
    quantities[random.random(quantities.shape) < 0.1] = np.nan
    codes[random.random(codes.shape) < 0.05] = np.nan
    fixed = np.column_stack([np.full(rows, 7), np.full(rows, np.nan)])
    levels = [0, 0, 0, 0, 6, 6, 0, 0]
    return Table(
        matrix=np.hstack([quantities, codes, fixed]).astype(np.float32),
        label=_label(task, signal.astype(np.float64)),
        fit=np.arange(rows * 3 // 4),
        validation=np.arange(rows * 3 // 4, rows),
        features=tuple(Feature(f"feature {i}", f"column {i}", level) for i, level in enumerate(levels)),
        task=task,
        classes=_CLASSES[task],
        seed=seed,
        threads=1,
    )


def _whole(table: Table) -> Table:
    return table.split(np.arange(len(table.label)), np.zeros(0, np.int64))


def _label(task: Task, signal: Floats) -> Floats:
    if task is Task.REGRESSION:
        return 1e6 + 1e3 * signal
    classes: Codes = np.argsort(np.argsort(signal)) * _CLASSES[task] // len(signal)
    return classes.astype(np.float64)


def _check_fit(learner: Learner, table: Table, settings: Settings) -> None:
    where = f"({table.task}, {len(table.label)} rows, {dict(settings)})"
    told: list[float] = []
    fitted = learner.fit(table, settings, Clock(_AMPLE).telling(told.append))
    _expect(all(0 <= share <= 1 for share in told) and told == sorted(told), f"it tells how far it is {where}")
    _check_scores(table, fitted, where)
    _check_way(table, fitted, where)
    settings = learner.merged([fitted.again], growth=4 / 3)
    again = learner.fit(_whole(table), settings, Clock(_AMPLE))
    _check_scores(table, again, f"{where} fitted again on all rows")
    _expect(again.way is None, f"it ends where it is told to without validation rows {where}")


def _check_way(table: Table, fitted: Fitted, where: str) -> None:
    [end] = ends([fitted])
    _expect(math.isfinite(ended(fitted, end, table).loss), f"its validation rows can be judged {where}")
    if fitted.way is None:
        return
    parts, steps = fitted.way.losses.shape
    _expect(parts == len(halves(table.validation)) and steps > 0, f"its losses are those of halves {where}")
    last, later = (fitted.way.at(step) for step in (steps - 1, steps + 7))
    _check_scores(table, last, f"{where} at its last step")
    same = np.array_equal(last.predict(table.matrix), later.predict(table.matrix))
    _expect(same, f"after its last step it stays as it is {where}")


def _check_scores(table: Table, fitted: Fitted, where: str) -> None:
    rows = probes(table)
    scores = fitted.predict(rows)
    width = max(1, table.classes)
    _expect(scores.shape == (len(rows), width) and scores.dtype == np.float64, f"its predictions have a shape {where}")
    _expect(bool(np.isfinite(scores).all()), f"every row gets a prediction {where}")
    if table.task.classifies:
        _expect(bool((scores >= 0).all()), f"no probability is negative {where}")
        _expect(bool(np.allclose(scores.sum(axis=1), 1, atol=1e-12)), f"probabilities sum to one {where}")
    try:
        exported(fitted.form, fitted.predict, table)
    except ValueError as cause:
        raise AssertionError(f"its form predicts what it predicts {where}") from cause


def _check_repeats(learner: Learner, table: Table, settings: Settings) -> None:
    rows: Matrix = probes(table)
    once = learner.fit(table, settings, Clock(_AMPLE)).predict(rows)
    fresh = replace(table, threads=2, memo={})
    _expect(
        bool(np.array_equal(once, learner.fit(fresh, settings, Clock(_AMPLE)).predict(rows))),
        f"the same table gives the same model, whatever the threads ({table.task})",
    )


def _check_weights(learner: Learner, table: Table, settings: Settings) -> None:
    """Where only a part of the rows is learnt from, weights alone keep its rare classes as rare as they are."""
    higher = table.label > table.label.mean()
    even, uneven = np.ones(len(table.label)), np.where(higher, _HEAVY, 1.0)
    rows: Matrix = table.matrix
    means = [
        learner.fit(replace(table, weight=weight, memo={}), settings, Clock(_AMPLE)).predict(rows).mean(axis=0)
        for weight in (even, uneven)
    ]
    # Of classes, the lowest becomes less likely by it.
    more = means[1][0] < means[0][0] if table.task.classifies else means[1][0] > means[0][0]
    _expect(bool(more), f"rows that count more are learnt more ({table.task})")


def _check_deadline(learner: Learner, task: Task) -> None:
    table = small_table(task, rows=20_000)
    settings = learner.settings(len(table.fit), len(table.features), task)[-1]
    for seconds in (0.0, 0.2):
        clock = Clock(seconds)
        fitted = learner.fit(table, settings, clock)
        _expect(clock.left > -_GRACE, f"it ends with its clock ({task}, {clock.passed:.1f} of {seconds} seconds)")
        _check_scores(table, fitted, f"({task}, ended by its clock)")
    began = time.monotonic()
    learner.settings(10_000_000, 1_000, task)
    _expect(time.monotonic() - began < 1, f"its settings are data, not a search ({task})")


def _expect(holds: bool, promise: str) -> None:
    if not holds:
        raise AssertionError(f"does not hold: {promise}")
