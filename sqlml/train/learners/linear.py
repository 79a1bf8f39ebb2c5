"""Weighted sums of columns: ridge, logistic and multinomial regression; the gate to scipy.

Fitted here and not by scikit-learn, as DESIGN would have it: importing that takes 4 to 5 seconds of a time limit,
and its solvers cannot be stopped when the limit is reached. The problem itself is a screenful.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sqlml.model.form import Codes, Floats, Linear, Link, Matrix, linked, table_rows
from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.loss import loss
from sqlml.train.table import Table

_LINK: dict[Task, Link] = {Task.BINARY: "logistic", Task.MULTICLASS: "softmax", Task.REGRESSION: "identity"}

# Standard deviations that a value may lie off the centre: one absurd value must not decide alone.
_LIMIT = 8.0
# The middle 80 % of a normal distribution span this many standard deviations.
_MIDDLE = 2.563

# Beyond this many numbers or rows, weights get no better, only later.
_MOST_CELLS, _MOST_ROWS = 8_000_000, 200_000
_ITERATIONS = 150


class LinearModel:
    """One weight a quantity and one a level: strong on small and on wide tables."""

    name = "linear"
    title = "a linear model"
    tasks = frozenset(Task)

    def load(self) -> None:
        import scipy.optimize
        import scipy.sparse  # noqa: F401

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:  # noqa: ARG002
        return [{"l2": 1.0}, {"l2": 100.0}]

    def cost(self, rows: int, features: int, classes: int) -> float:
        cells = min(_MOST_CELLS, rows * max(1, features))
        return _ITERATIONS * cells * max(1, classes) * 4e-10

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        most = min(_MOST_ROWS, max(1_000, _MOST_CELLS // max(1, len(table.features))))
        rows = table.sample(np.arange(table.fit_rows), most)
        form, finished = _solved(table, rows, float(settings["l2"]), clock)
        chosen = table.validation
        value = loss(table.task, table.label[chosen], form.predict(table.matrix[chosen])) if len(chosen) else np.nan
        weights = len(form.quantities) + len(form.tables)
        return Fitted(
            form, value, dict(settings), form.predict, f"a sum of {weights} weighted terms", len(rows), finished
        )


@dataclass(frozen=True, eq=False)
class _Problem:
    """Inputs of the optimisation: dense quantities (rows, 2q), sparse level indicators (rows, levels), labels."""

    dense: Floats
    sparse: Any
    target: Floats
    link: Link
    l2: float

    def value(self, flat: Floats) -> tuple[float, Floats]:
        """Mean loss plus penalty, and its gradient, at weights (terms + 1, sums) laid flat; the bias is last."""
        weights = flat.reshape(-1, self.target.shape[1])
        inner = self.dense.shape[1]
        raw = self.dense @ weights[:inner] + self.sparse @ weights[inner:-1] + weights[-1]
        total, residual = _residual(raw, self.target, self.link)
        count = len(raw)
        penalty = self.l2 / count
        gradient = np.vstack([self.dense.T @ residual, self.sparse.T @ residual, residual.sum(axis=0)]) / count
        gradient[:-1] += penalty * weights[:-1]
        return total / count + 0.5 * penalty * float((weights[:-1] ** 2).sum()), gradient.ravel()


def _residual(raw: Floats, target: Floats, link: Link) -> tuple[float, Floats]:
    """Summed loss, and its derivative by the raw sums (rows, sums)."""
    if link == "identity":
        off = raw - target
        return 0.5 * float((off**2).sum()), off
    if link == "logistic":
        signed = np.where(target > 0.5, -raw, raw)
        return float(np.logaddexp(0.0, signed).sum()), linked(raw, link)[:, 1:] - target
    shares = linked(raw, link)
    given = np.log(np.maximum((shares * target).sum(axis=1), 1e-300))
    return -float(given.sum()), shares - target


def _solved(table: Table, rows: Codes, l2: float, clock: Clock) -> tuple[Linear, bool]:
    from scipy.optimize import minimize

    matrix = np.asarray(table.matrix[rows])
    target, centre, scale = _target(table, table.label[rows])
    blank = _standardised(table, matrix, target.shape[1])
    problem = _Problem(*_inputs(blank, matrix), target, blank.link, l2)
    late = False

    def watch(intermediate_result: Any) -> None:  # noqa: ARG001
        nonlocal late
        if late := clock.left <= 0:
            raise StopIteration

    terms = problem.dense.shape[1] + problem.sparse.shape[1] + 1
    options = {"maxiter": _ITERATIONS, "maxcor": 20, "ftol": 1e-10, "gtol": 1e-6}
    start = np.zeros(terms * target.shape[1])
    found = minimize(problem.value, start, jac=True, method="L-BFGS-B", callback=watch, options=options)
    return _weighted(blank, found.x.reshape(terms, -1) * scale, centre), not late


def _target(table: Table, label: Floats) -> tuple[Floats, float, float]:
    """Labels (rows, sums), with the centre and scale taken out of those of a regression."""
    if table.task is Task.MULTICLASS:
        return np.eye(table.classes)[label.astype(np.int64)], 0.0, 1.0
    if table.task is Task.BINARY:
        return label[:, None], 0.0, 1.0
    centre, scale = float(label.mean()), float(label.std()) or 1.0
    return ((label - centre) / scale)[:, None], centre, scale


def _standardised(table: Table, matrix: Matrix, sums: int) -> Linear:
    """A linear form that knows how to standardise, with all weights zero."""
    quantities, categories = table.quantities, table.categories
    places = [_place(matrix[:, column].astype(np.float64)) for column in quantities]
    levels = np.array([table.features[column].levels for column in categories], np.int64)
    return Linear(
        quantities=quantities,
        centre=np.array([centre for centre, _ in places]),
        scale=np.array([scale for _, scale in places]),
        limit=_LIMIT,
        weights=np.zeros((len(quantities), sums)),
        absent=np.zeros((len(quantities), sums)),
        categories=categories,
        levels=levels,
        tables=np.zeros((int((levels + 2).sum()), sums)),
        bias=np.zeros(sums),
        link=_LINK[table.task],
    )


def _place(values: Floats) -> tuple[float, float]:
    """Centre and scale of a quantity, by its quantiles, or by its deviation where most values are equal."""
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    spread = (high - low) / _MIDDLE or float(values.std())
    return float(middle), 1.0 / spread if spread > 0 and np.isfinite(1.0 / spread) else 1.0


def _inputs(form: Linear, matrix: Matrix) -> tuple[Floats, Any]:
    from scipy.sparse import csr_array

    values = matrix[:, form.quantities].astype(np.float64)
    missing = np.isnan(values)
    standard = np.where(missing, 0.0, np.clip((values - form.centre) * form.scale, -form.limit, form.limit))
    count, width = len(matrix), len(form.categories)
    places = table_rows(matrix[:, form.categories], form.levels) + form.offsets
    starts = np.arange(0, count * width + 1, width) if width else np.zeros(count + 1, np.int64)
    sparse = csr_array((np.ones(count * width), places.ravel(), starts), shape=(count, len(form.tables)))
    return np.hstack([standard, missing]), sparse


def _weighted(blank: Linear, weights: Floats, centre: float) -> Linear:
    """The form with its weights (quantities, their absences, levels, bias), and the label's centre put back."""
    ends = np.cumsum([len(blank.quantities), len(blank.quantities), len(blank.tables)])
    present, absent, tables, bias = np.split(weights, ends)
    return replace(blank, weights=present, absent=absent, tables=tables, bias=bias[0] + centre)
