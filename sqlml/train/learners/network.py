"""A neural network for tables: RealMLP-TD with narrower layers, so that scoring stays quick."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np

from sqlml.schema import Task
from sqlml.train import device
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.committee import averaged
from sqlml.train.learners.costs import PLAIN, scoring
from sqlml.train.learners.course import Course, Seen
from sqlml.train.learners.descent import EPOCHS, batch_of, descent
from sqlml.train.learners.payoff import measure
from sqlml.train.learners.start import Start, waves_of
from sqlml.train.learners.weights import Layout
from sqlml.train.stopping import on_its_way
from sqlml.train.table import Table

_LAYERS, _WAVES = 3, 8
# How many networks are averaged, and their units: one where rows tell it enough, else some that are soon learnt.
_ALONE, _SEVERAL = {"nets": 1, "units": 128}, {"nets": 4, "units": 32}
# So many rows do not tell a large one enough, except of numbers that are learnt as they are.
_FEW_ROWS = 3_000
# Numbers are worth more passes than classes, whose labels are soon learnt by heart: on seven tables of 240 to 3,200
# rows, twice as many make the error of numbers less by 6 % in the middle, from 28 % less to 12 % more.
_NUMBERS = 2 * EPOCHS
_SIZE: dict[str, Any] = {"epochs": EPOCHS, "layers": _LAYERS, "waves": _WAVES}

# So few are still worth their start.
_WORTH = 12
# Where memory of a GPU is short, a step takes at least this part of its rows.
_LEAST_BATCH = 4


@dataclass(frozen=True)
class NeuralNetwork:
    """Smooth where trees have steps: seldom the best alone, often what a blend of trees lacks.

    It is fitted on a GPU where there is one and `gpu` asks for it.
    """

    gpu: bool = False

    name = "network"
    title = "a neural network"
    tasks = frozenset(Task)

    @property
    def loading(self) -> float:
        return PLAIN[self._device].start

    def load(self) -> None:
        """Loads what computes networks, which lasts longer than the quickest trainings.

        The first time that a GPU is used on a machine, it is measured as well.
        """
        tensorflow, found = device.opened(gpu=self.gpu)
        if found.device == "GPU" and device.payoff() is None:
            try:
                with device.watched(found):
                    device.keep_payoff(measure(tensorflow, found))
            except device.GpuFault as fault:
                device.leave(fault, less=False)

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:  # noqa: ARG002
        alone, usual = _SIZE | _ALONE, _SIZE | (_SEVERAL if rows <= _FEW_ROWS else _ALONE)
        if task.classifies:
            return [
                usual | {"rate": 0.04, "curve": "selu", "dropout": 0.15, "decay": 0.02},
                usual | {"rate": 0.03, "curve": "mish", "dropout": 0.35, "decay": 0.04},
            ]
        numbers = {"epochs": _NUMBERS, "curve": "mish"}
        return [
            alone | numbers | {"rate": 0.2, "dropout": 0.15, "decay": 0.02},
            alone | numbers | {"rate": 0.1, "dropout": 0.35, "decay": 0.04},
            usual | numbers | {"rate": 0.1, "dropout": 0.25, "decay": 0.04, "log_if_skewed": True},
        ]

    def cost(self, rows: int, features: int, classes: int) -> float:
        size = _SEVERAL if classes and rows <= _FEW_ROWS else _ALONE
        units = (*[size["units"]] * _LAYERS, max(1, classes))
        # Of usual tables, every second column is a quantity.
        quantities = tuple(range(-(-features // 2)))
        waves = waves_of(_WAVES, len(quantities) * size["nets"])
        layout = Layout(quantities, (), (), (), (), (), waves, 0, units, "selu", "softmax")
        return _WORTH * size["nets"] * PLAIN[self._device].passing(layout, rows)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        nets, start = int(settings["nets"]), Start.of(table, settings)
        clock = self._written(start.layout, clock)
        fits: list[Fitted] = []
        for net, share in enumerate(clock.shares(nets)):
            own = share.part(share.left / (nets - net), clock.work / nets)
            found = self._one(replace(table, seed=table.seed * nets + net), settings, own, start)
            if not found.finished:
                return averaged(fits or [found], finished=False)
            fits.append(found)
        return averaged(fits, finished=True)

    def _written(self, layout: Layout, clock: Clock) -> Clock:
        """The clock once a CPU's computations are written: that takes as long as a small fit, but once for all of them.

        Those of a GPU are written by its first fit, and planned for.
        """
        began = clock.passed
        if layout.entering and clock.left > 0 and device.ready() and self._device == "CPU":
            descent(device.opened(gpu=self.gpu)[0], layout, "/CPU:0")
        return clock.more(clock.passed - began)

    def _one(self, table: Table, settings: Settings, clock: Clock, start: Start) -> Fitted:
        layout = start.layout
        if not layout.entering or clock.left <= (0.0 if device.ready() else self.loading):
            return replace(Baseline().fit(table, settings, clock), finished=False, again=dict(settings))
        seen = self._seen(table, settings, clock, start)

        def at(step: int) -> Fitted:
            found, flat = seen.steps[min(step, len(seen.steps) - 1)]
            form = start.form(flat.astype(np.float64))
            return Fitted(
                make=lambda: form,
                again=dict(settings) | {"epochs": found},
                predict=form.predict,
                detail=f"{len(layout.units) - 1} layers of {layout.units[0]} units, {found} passes",
                rows=len(table.fit),
                cost=scoring(form),
                work=seen.work,
                kept=found / seen.passes,
                varies=True,
                logs=start.logs,
                finished=seen.finished,
            )

        if not len(table.validation):
            return at(len(seen.steps) - 1)
        return on_its_way(seen.losses, at)

    def _seen(self, table: Table, settings: Settings, clock: Clock, start: Start) -> Seen:
        """On the GPU as far as it can: else with fewer rows at once, and then by the CPU."""
        batch = min(batch_of(len(table.fit)), len(table.fit))
        least = max(1, batch // _LEAST_BATCH)
        while True:
            tensorflow, found = device.opened(gpu=self.gpu)
            try:
                with device.watched(found):
                    return Course(table, settings, clock, start, tensorflow, found, batch).seen()
            except device.GpuFault as fault:
                less = fault.is_short and batch // 2 >= least
                device.leave(fault, less=less)
                batch = batch // 2 if less else min(batch_of(len(table.fit)), len(table.fit))

    @property
    def _device(self) -> str:
        """Where networks are computed; before that is known, where they are meant to be."""
        return device.opened(gpu=self.gpu)[1].device if device.ready() else "GPU" if self.gpu else "CPU"

    def merged(self, found: Sequence[Settings], growth: float) -> Settings:  # noqa: ARG002
        return dict(found[0]) | {"epochs": round(median(settings["epochs"] for settings in found))}
