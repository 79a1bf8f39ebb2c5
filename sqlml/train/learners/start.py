"""What a network's fit begins with: its layout, and the rows as its descent reads them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Floats, Link, Network
from sqlml.schema import Task
from sqlml.train.fitted import Settings
from sqlml.train.learners.skewed import is_skewed
from sqlml.train.learners.standard import for_bends
from sqlml.train.learners.weights import Layout, formed
from sqlml.train.table import Table

_LINK: dict[Task, Link] = {Task.BINARY: "logistic", Task.MULTICLASS: "softmax", Task.REGRESSION: "identity"}

# Categories of up to so many levels have an input for each, others a row of numbers for each.
_FEW_LEVELS, _MOST_SHOWN = 9, 1_024
_WIDTH, _MOST_WIDE = 8, 1_024
# Waves of all quantities in all networks that are averaged: a quarter of the time that a row may take to be scored.
_MOST_WAVES = 320
# Rows that centres and scales come from, and numbers that are read for them.
_MEASURED, _MOST_CELLS = 100_000, 20_000_000


@dataclass(frozen=True, eq=False)
class Start:
    """What a fit begins with: 32-bit arrays of all rows (but for the matrix), and how its label was moved."""

    layout: Layout
    centre: Floats
    scale: Floats
    label: NDArray[Any]
    weight: NDArray[np.float32]
    moved: tuple[float, float]
    span: tuple[float, float] | None
    logs: bool

    @classmethod
    def of(cls, table: Table, settings: Settings) -> "Start":
        most = min(_MEASURED, max(1_000, _MOST_CELLS // max(1, len(table.features))))
        measured = np.asarray(table.matrix[table.sample(table.fit, most)])
        places = {column: for_bends(measured[:, column].astype(np.float64)) for column in table.quantities.tolist()}
        varied = tuple(column for column, (_, scale) in places.items() if scale)
        missing = np.isnan(measured).mean(axis=0)
        weight = np.ones(len(table.label)) if table.weight is None else table.weight
        weight = weight / (weight[table.fit].mean() or 1.0)
        logs = bool(settings.get("log_if_skewed")) and is_skewed(table.label)
        label, moved, span = _label(table, weight, logs=logs)
        return cls(
            layout=_layout(table, settings, varied, tuple(place for place in places if 0 < missing[place] < 1)),
            centre=np.array([places[column][0] for column in varied]),
            scale=np.array([places[column][1] for column in varied]),
            label=label,
            weight=weight.astype(np.float32),
            moved=moved,
            span=span,
            logs=logs,
        )

    def form(self, flat: Floats) -> Network:
        form = formed(self.layout, flat, self.centre, self.scale, self.moved, self.span)
        return replace(form, link="exp") if self.logs else form


def _label(
    table: Table, weight: Floats, *, logs: bool
) -> tuple[NDArray[Any], tuple[float, float], tuple[float, float] | None]:
    """Labels of all rows as a descent reads them, their centre and scale, and the span of those of the fit rows."""
    if table.task.classifies:
        return table.label.astype(np.int32), (0.0, 1.0), None
    every = np.log1p(table.label) if logs else table.label
    known, own = every[table.fit], weight[table.fit]
    centre = float(np.average(known, weights=own))
    scale = float(np.sqrt(np.average((known - centre) ** 2, weights=own))) or 1.0
    label = ((every - centre) / scale).astype(np.float32)
    return label, (centre, scale), (float(known.min()), float(known.max()))


def _layout(table: Table, settings: Settings, varied: tuple[int, ...], flagged: tuple[int, ...]) -> Layout:
    categories = table.categories.tolist()
    few = [place for place in categories if table.features[place].levels <= _FEW_LEVELS]
    pairs = [(place, code) for place in few for code in range(table.features[place].levels)]
    pairs = pairs if len(pairs) <= _MOST_SHOWN else []
    many = [place for place in categories if not pairs or place not in few]
    return Layout(
        quantities=varied,
        flagged=flagged,
        shown=tuple(place for place, _ in pairs),
        codes=tuple(code for _, code in pairs),
        categories=tuple(many),
        levels=tuple(table.features[place].levels for place in many),
        waves=waves_of(int(settings["waves"]), len(varied) * int(settings["nets"])),
        width=min(_WIDTH, max(1, _MOST_WIDE // len(many))) if many else 0,
        units=(*[int(settings["units"])] * int(settings["layers"]), table.classes if table.classes > 2 else 1),
        curve=settings["curve"],
        link=_LINK[table.task],
    )


def waves_of(wanted: int, quantities: int) -> int:
    """How many waves each quantity is given, counted in all networks."""
    return min(wanted, _MOST_WAVES // quantities) if quantities else 0
