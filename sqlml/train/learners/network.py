"""A neural network for tables: RealMLP-TD with narrower layers, so that scoring stays quick."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sqlml.faults.problems import NumbersDiverged
from sqlml.model.form import Floats, Link, Network
from sqlml.schema import Task
from sqlml.train import device
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.committee import averaged
from sqlml.train.learners.costs import PLAIN, scoring
from sqlml.train.learners.descent import EPOCHS, MEMORY, SQUARES, Descent, batch_of, descent
from sqlml.train.learners.payoff import measure
from sqlml.train.learners.skewed import is_skewed
from sqlml.train.learners.standard import for_bends
from sqlml.train.learners.weights import Layout, begun, formed
from sqlml.train.stopping import halves, on_its_way
from sqlml.train.table import Table

# After how many passes, and the flat weights then.
_Step = tuple[int, NDArray[np.float32]]

_LINK: dict[Task, Link] = {Task.BINARY: "logistic", Task.MULTICLASS: "softmax", Task.REGRESSION: "identity"}

_LAYERS, _WAVES = 3, 8
# How many networks are averaged, and their units: one where rows tell it enough, else some that are soon learnt.
_ALONE, _SEVERAL = {"nets": 1, "units": 128}, {"nets": 4, "units": 32}
# So many rows do not tell a large one enough, except of numbers that are learnt as they are.
_FEW_ROWS = 3_000
# Numbers are worth more passes than classes, whose labels are soon learnt by heart: on seven tables of 240 to 3,200
# rows, twice as many make the error of numbers less by 6 % in the middle, from 28 % less to 12 % more.
_NUMBERS = 2 * EPOCHS
_SIZE: dict[str, Any] = {"epochs": EPOCHS, "layers": _LAYERS, "waves": _WAVES}

# Where time is short, the same schedule in fewer passes; a few numbers only, so that a moment more changes nothing.
_PASSES = (256, 128, 64, 48, 32, 24, 16, 12, 8, 6, 4)
# So few are still worth their start.
_WORTH = 12
# Where memory of a GPU is short, a step takes at least this part of its rows.
_LEAST_BATCH = 4
# Steps between two looks at the clock, and how many looks at the validation rows a descent is worth.
_STRIDE, _LOOKS = 64, 16

# Categories of up to so many levels have an input for each, others a row of numbers for each.
_FEW_LEVELS, _MOST_SHOWN = 9, 1_024
_WIDTH, _MOST_WIDE = 8, 1_024
# Waves of all quantities in all networks that are averaged: a quarter of the time that a row may take to be scored.
_MOST_WAVES = 320
# Rows that centres and scales come from, that units begin with, and that decide when to stop.
_MEASURED, _BEGUN, _JUDGED = 100_000, 1_000, 50_000
_MOST_CELLS = 20_000_000
_PIECE = 8_192

# How much of the time given may be planned for.
_PLANNED = 0.8


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
        waves = _waves(_WAVES, len(quantities) * size["nets"])
        layout = Layout(quantities, (), (), (), (), (), waves, 0, units, "selu", "softmax")
        return _WORTH * size["nets"] * PLAIN[self._device].passing(layout, rows)

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        nets = int(settings["nets"])
        fits: list[Fitted] = []
        for net, share in enumerate(clock.shares(nets)):
            own = share.part(share.left / (nets - net), clock.work / nets)
            found = self._one(replace(table, seed=table.seed * nets + net), settings, own)
            if not found.finished:
                return averaged(fits or [found], finished=False)
            fits.append(found)
        return averaged(fits, finished=True)

    def _one(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        job = _Job.of(table, settings)
        layout = job.layout
        if not layout.entering or clock.left <= (0.0 if device.ready() else self.loading):
            return replace(Baseline().fit(table, settings, clock), finished=False, again=dict(settings))
        seen = self._seen(table, settings, clock, job)

        def at(step: int) -> Fitted:
            found, flat = seen.steps[min(step, len(seen.steps) - 1)]
            form = job.form(flat.astype(np.float64))
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
                logs=job.logs,
                finished=seen.finished,
            )

        if not len(table.validation):
            return at(len(seen.steps) - 1)
        return on_its_way(seen.losses, at)

    def _seen(self, table: Table, settings: Settings, clock: Clock, job: "_Job") -> "_Seen":
        """On the GPU as far as it can: else with fewer rows at once, and then by the CPU."""
        batch = min(batch_of(len(table.fit)), len(table.fit))
        least = max(1, batch // _LEAST_BATCH)
        while True:
            tensorflow, found = device.opened(gpu=self.gpu)
            try:
                with device.watched(found):
                    return _Run(table, settings, clock, job, tensorflow, found, batch).seen()
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


@dataclass(frozen=True, eq=False)
class _Job:
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
    def of(cls, table: Table, settings: Settings) -> "_Job":
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
        waves=_waves(int(settings["waves"]), len(varied) * int(settings["nets"])),
        width=min(_WIDTH, max(1, _MOST_WIDE // len(many))) if many else 0,
        units=(*[int(settings["units"])] * int(settings["layers"]), table.classes if table.classes > 2 else 1),
        curve=settings["curve"],
        link=_LINK[table.task],
    )


def _waves(wanted: int, quantities: int) -> int:
    """How many waves each quantity is given, counted in all networks."""
    return min(wanted, _MOST_WAVES // quantities) if quantities else 0


@dataclass(frozen=True, eq=False)
class _Seen:
    """What was looked at: after how many passes, the flat weights then; and the losses (halves, steps) they had.

    `finished` tells that the clock let the descent end, of `passes` that were thought to be `work` seconds.
    """

    steps: tuple[_Step, ...]
    losses: Floats
    finished: bool
    passes: int
    work: float


@dataclass(frozen=True, eq=False)
class _Run:
    """One descent, from weights to begin with to the best there were."""

    table: Table
    settings: Settings
    clock: Clock
    job: _Job
    tensorflow: Any
    found: device.Found
    batch: int

    def seen(self) -> _Seen:
        """A few looks, evenly spread, the last at the end: whatever is not finite is passed over.

        Raises:
            NumbersDiverged: nothing was finite.
        """
        passes, work = self._planned()
        halved, finished = halves(self.table.validation), True
        chosen = [self.table.sample(half, _JUDGED // len(halved)).astype(np.int32) for half in halved]
        every = math.ceil(passes / _LOOKS)
        found: list[_Step] = []
        losses: list[list[float]] = []
        with self.tensorflow.device(f"/{self.found.device}:0"):
            steps = descent(self.tensorflow, self.job.layout, f"/{self.found.device}:0")
            rows = self._rows()
            for number, weights, finished in self._descent(steps, rows, self._begun(), passes):
                if finished and number % every and number < passes:
                    continue
                flat = weights.numpy()
                if np.isfinite(flat).all():
                    # Only the last is of use where there is nothing to choose it by.
                    found = [*(found if chosen else []), (number, flat)]
                    losses.append([self._judged(steps, weights, rows, half) for half in chosen])
        if not found:
            raise NumbersDiverged
        device.computed(self.found)
        return _Seen(tuple(found), np.array(losses).T * self.job.moved[1] ** 2, finished, passes, work)

    def _planned(self) -> tuple[int, float]:
        """How many passes are made here, of at most those asked for, and the seconds that they are thought to take."""
        speed, most = PLAIN[self.found.device], int(self.settings["epochs"])
        # All fits that go on at once share the GPU; of cores, each has its own.
        sharing = self.table.beside if self.found.device == "GPU" else 1
        once = sharing * speed.passing(self.job.layout, len(self.table.fit))
        affordable = (self.clock.work * _PLANNED - speed.writing) / once
        some = next((passes for passes in _PASSES if passes <= min(affordable, most)), min(most, _PASSES[-1]))
        passes = some if len(self.table.validation) else most
        return passes, passes * once + speed.writing

    def _begun(self) -> NDArray[np.float32]:
        sample = self.table.matrix[self.table.sample(self.table.fit, _BEGUN)]
        random = np.random.default_rng(self.table.seed)
        return begun(self.job.layout, self.job.centre, self.job.scale, np.asarray(sample), random).astype(np.float32)

    def _rows(self) -> tuple[Any, ...]:
        """All rows, for the descent; the matrix is shared with the fits beside this one."""
        tensor = self.tensorflow.convert_to_tensor
        key = f"network {self.found.device}"
        matrix = self.table.memo.get(key)
        if matrix is None:
            matrix = self.table.memo.setdefault(key, tensor(np.asarray(self.table.matrix, np.float32)))
        job = self.job
        rest = (job.label, job.weight, job.centre.astype(np.float32), job.scale.astype(np.float32))
        return (matrix, *map(tensor, rest))

    def _descent(
        self, steps: Descent, rows: Any, flat: NDArray[np.float32], passes: int
    ) -> Iterator[tuple[int, Any, bool]]:
        """The weights after each pass, with its number; the last with false where the clock ended it."""
        tensor = self.tensorflow.convert_to_tensor
        fit, random = self.table.fit.astype(np.int32), np.random.default_rng([self.table.seed, 1])
        batch, each = self.batch, len(fit) // self.batch
        # Every part has as many rows, or a GPU would have the computations written once more.
        plan = np.pad(_plan(self.settings, passes * each), ((0, _STRIDE), (0, 0)))
        state = (tensor(flat), *(tensor(np.zeros_like(flat)) for _ in range(2)))
        for number in range(1, passes + 1):
            order = random.permutation(fit)[: each * batch].reshape(each, batch)
            order = np.pad(order, ((0, -each % _STRIDE), (0, 0)))
            for start in range(0, each, _STRIDE):
                if self.clock.left <= 0:
                    yield number, state[0], False
                    return
                at = (number - 1) * each + start
                part = tensor(order[start : start + _STRIDE]), tensor(plan[at : at + _STRIDE])
                key = np.array([self.table.seed % 2**31, at, min(_STRIDE, each - start)], np.int32)
                state = steps.advance(state, rows, *part, tensor(key))
            self.clock.tick(number / passes)
            yield number, state[0], True

    def _judged(self, steps: Descent, weights: Any, rows: Any, chosen: NDArray[np.int32]) -> float:
        tensor = self.tensorflow.convert_to_tensor
        pieces = np.array_split(chosen, len(chosen) // _PIECE + 1)
        return sum(float(steps.judge(weights, rows, tensor(piece))) for piece in pieces)


def _plan(settings: Settings, count: int) -> NDArray[np.float32]:
    """Of each step: its rate, with what the optimiser's memories lack at first, its decay, and its dropout."""
    time = np.arange(count) / max(1, count)
    waves = (1.0 - np.cos(2.0 * np.pi * np.log2(1.0 + 15.0 * time))) / 2.0
    fading = np.where(time < 0.5, 1.0, (1.0 + np.cos(np.pi * (2.0 * time - 1.0))) / 2.0)
    done = np.arange(1, count + 1)
    lacking = np.sqrt(1.0 - SQUARES**done) / (1.0 - MEMORY**done)
    columns = settings["rate"] * waves * lacking, settings["decay"] * fading / lacking, settings["dropout"] * fading
    return np.stack(columns, axis=1).astype(np.float32)
