"""Weighted sums of columns: ridge, logistic and multinomial regression; the gate to scipy.

Fitted here and not by scikit-learn, as DESIGN would have it: importing that takes 4 to 5 seconds of a time limit,
and its solvers cannot be stopped when the limit is reached. The problem itself is a screenful.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sqlml.model.form import Codes, Floats, Linear, Link, Matrix, linked, table_rows
from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.standard import for_sums
from sqlml.train.table import Table

_LINK: dict[Task, Link] = {Task.BINARY: "logistic", Task.MULTICLASS: "softmax", Task.REGRESSION: "identity"}

# Standard deviations that a value may lie off the centre: one absurd value must not decide alone.
_LIMIT = 8.0

# Beyond this many numbers or rows, weights get no better, only later.
_MOST_CELLS, _MOST_ROWS = 4_000_000, 200_000
_ITERATIONS = 150
# Terms that a feature makes on average.
_TERMS = 3
# Seconds of one core in one iteration: for a row's feature in one sum, and for the row's sum itself.
_TERM, _SUM = 4e-10, 4e-8
# Microseconds of one core to score a feature's part in one sum.
_COST = 0.02


class LinearModel:
    """One weight a quantity and one a level: strong on small and on wide tables."""

    name = "linear"
    title = "a linear model"
    tasks = frozenset(Task)
    loading = 0.0

    def load(self) -> None:
        import scipy.optimize
        import scipy.sparse  # noqa: F401

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:  # noqa: ARG002
        strict, usual = {"l2": 100.0, "bends": 0}, [{"l2": 1.0, "bends": 0}, {"l2": 1.0, "bends": 5}]
        # With fewer rows than features, weights that are hardly held back fit anything.
        return [*([strict, *usual] if rows < features else [*usual, strict]), {"l2": 0.01, "bends": 0}]

    def cost(self, rows: int, features: int, classes: int) -> float:
        some = min(rows, _MOST_ROWS, max(1_000, _MOST_CELLS // max(1, features)))
        return _ITERATIONS * some * max(1, classes) * (features * _TERMS * _TERM + _SUM)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        width = len(table.categories) + len(table.quantities) * (1 + int(settings.get("bends", 0)))
        most = min(_MOST_ROWS, max(1_000, _MOST_CELLS // max(1, width)))
        some = table.thinned(most)
        form, finished = _solved(some, settings, clock)
        part = f" of {len(some.fit):,} rows" if len(some.fit) < len(table.fit) else ""
        return Fitted(
            make=lambda: form,
            again=dict(settings),
            predict=form.predict,
            detail=f"a sum of {len(form.quantities) + len(form.tables)} weighted terms{part}",
            rows=len(some.fit),
            cost=(len(form.quantities) + len(form.categories)) * form.weights.shape[1] * _COST,
            finished=finished,
            most=most,
        )

    def merged(self, found: Sequence[Settings], growth: float) -> Settings:  # noqa: ARG002
        return found[0]


@dataclass(frozen=True, eq=False)
class _Problem:
    """Inputs of the optimisation: quantities and what is missing of them, level indicators, labels."""

    dense: Floats  # (rows, quantities and flags)
    sparse: Any  # (rows, levels)
    target: Floats  # (rows, sums)
    weight: Floats  # (rows, 1), 1 on average
    link: Link
    l2: float

    def value(self, flat: Floats) -> tuple[float, Floats]:
        """Mean loss plus penalty, and its gradient, at weights (terms + 1, sums) laid flat; the bias is last."""
        weights = flat.reshape(-1, self.target.shape[1])
        inner = self.dense.shape[1]
        raw = self.dense @ weights[:inner] + self.sparse @ weights[inner:-1] + weights[-1]
        total, residual = _residual(raw, self.target, self.weight, self.link)
        count = len(raw)
        penalty = self.l2 / count
        gradient = np.vstack([self.dense.T @ residual, self.sparse.T @ residual, residual.sum(axis=0)]) / count
        gradient[:-1] += penalty * weights[:-1]
        return total / count + 0.5 * penalty * float((weights[:-1] ** 2).sum()), gradient.ravel()


def _residual(raw: Floats, target: Floats, weight: Floats, link: Link) -> tuple[float, Floats]:
    """Weighted sum of losses, and its derivative by the raw sums (rows, sums)."""
    if link == "identity":
        off = raw - target
        return 0.5 * float((weight * off**2).sum()), weight * off
    if link == "logistic":
        signed = np.where(target > 0.5, -raw, raw)
        return float((weight * np.logaddexp(0.0, signed)).sum()), weight * (linked(raw, link)[:, 1:] - target)
    shares = linked(raw, link)
    given = np.log(np.maximum((shares * target).sum(axis=1, keepdims=True), 1e-300))
    return -float((weight * given).sum()), weight * (shares - target)


def _solved(table: Table, settings: Settings, clock: Clock) -> tuple[Linear, bool]:
    from scipy.optimize import minimize

    matrix = np.asarray(table.matrix[table.fit])
    target, centre, scale = _target(table, table.label[table.fit])
    blank = _standardised(table, matrix, int(settings.get("bends", 0)), target.shape[1])
    weight = table.weights(table.fit)
    weight = np.ones(len(matrix)) if weight is None else weight / weight.mean()
    dense, flagged = _dense(blank, matrix)
    levels = _levels(blank, matrix)
    problem = _Problem(dense, levels, target, weight[:, None], blank.link, float(settings["l2"]))
    late, steps = False, 0

    def watch(intermediate_result: Any) -> None:  # noqa: ARG001
        nonlocal late, steps
        steps += 1
        clock.tick(steps / _ITERATIONS)
        if late := clock.left <= 0:
            raise StopIteration

    terms = dense.shape[1] + levels.shape[1] + 1
    options = {"maxiter": _ITERATIONS, "maxcor": 20, "ftol": 1e-10, "gtol": 1e-6}
    start = np.zeros(terms * target.shape[1])
    found = minimize(problem.value, start, jac=True, method="L-BFGS-B", callback=watch, options=options)
    return _weighted(blank, flagged, found.x.reshape(terms, -1) * scale, centre), not late


def _target(table: Table, label: Floats) -> tuple[Floats, float, float]:
    """Labels (rows, sums), with the centre and scale taken out of those of a regression."""
    if table.task is Task.MULTICLASS:
        return np.eye(table.classes)[label.astype(np.int64)], 0.0, 1.0
    if table.task is Task.BINARY:
        return label[:, None], 0.0, 1.0
    centre, scale = float(label.mean()), float(label.std()) or 1.0
    return ((label - centre) / scale)[:, None], centre, scale


@dataclass(frozen=True)
class _Term:
    """One way in which a quantity counts."""

    quantity: int
    centre: float
    scale: float
    low: float = -_LIMIT


def _terms(quantity: int, values: Floats, bends: int) -> list[_Term]:
    """A quantity as it is, and beyond each of its quantiles that part it evenly."""
    centre, scale = for_sums(values)
    known = values[np.isfinite(values)]
    if not bends or not len(known):
        return [_Term(quantity, centre, scale)]
    inner = np.unique(np.quantile(known, np.linspace(0, 1, bends + 2)[1:-1]))
    bent = [_Term(quantity, float(place), scale, 0.0) for place in inner if known.min() < place < known.max()]
    return [_Term(quantity, centre, scale), *bent]


def _standardised(table: Table, matrix: Matrix, bends: int, sums: int) -> Linear:
    """A linear form that knows how to standardise, with all weights zero."""
    categories = table.categories
    every = [_terms(column, matrix[:, column].astype(np.float64), bends) for column in table.quantities.tolist()]
    terms = [term for some in every for term in some]
    levels = np.array([table.features[column].levels for column in categories], np.int64)
    return Linear(
        quantities=np.array([term.quantity for term in terms], np.int64),
        centre=np.array([term.centre for term in terms]),
        scale=np.array([term.scale for term in terms]),
        low=np.array([term.low for term in terms]),
        limit=_LIMIT,
        weights=np.zeros((len(terms), sums)),
        absent=np.zeros((len(terms), sums)),
        categories=categories,
        levels=levels,
        tables=np.zeros((int((levels + 2).sum()), sums)),
        bias=np.zeros(sums),
        link=_LINK[table.task],
    )


def _dense(form: Linear, matrix: Matrix) -> tuple[Floats, Codes]:
    """The standardised quantities and, for each that is missing in some row, flags of where; and which these are."""
    values = matrix[:, form.quantities].astype(np.float64)
    missing = np.isnan(values)
    flagged = np.flatnonzero(missing.any(axis=0))
    values -= form.centre
    values *= form.scale
    np.clip(values, form.low, form.limit, out=values)
    values[missing] = 0.0
    return np.hstack([values, missing[:, flagged]]) if len(flagged) else values, flagged


def _levels(form: Linear, matrix: Matrix) -> Any:
    """An indicator of each level of each category."""
    from scipy.sparse import csr_array

    count, width = len(matrix), len(form.categories)
    places = table_rows(matrix[:, form.categories], form.levels) + form.offsets
    starts = np.arange(0, count * width + 1, width) if width else np.zeros(count + 1, np.int64)
    return csr_array((np.ones(count * width), places.ravel(), starts), shape=(count, len(form.tables)))


def _weighted(blank: Linear, flagged: Codes, weights: Floats, centre: float) -> Linear:
    """The form with its weights (quantities, flags, levels, bias), and the label's centre put back."""
    ends = np.cumsum([len(blank.quantities), len(flagged), len(blank.tables)])
    present, absences, tables, bias = np.split(weights, ends)
    absent = np.zeros_like(blank.absent)
    absent[flagged] = absences
    return replace(blank, weights=present, absent=absent, tables=tables, bias=bias[0] + centre)
