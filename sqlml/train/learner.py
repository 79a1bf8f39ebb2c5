"""What a learner is, and the learners there are: the contract that `sqlml.testing.check_learner` proves."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.absent import Absent
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.linear import LinearModel
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.learners.trees import Trees
from sqlml.train.table import Table


class Learner(Protocol):
    """A way to learn a model from a table of numbers.

    The same table, settings and seed give the same model whatever the number of threads, unless the clock ends
    the fit; a fit ends within moments after its clock, with what it has, and tells it how far it is. Several fits may
    run at once, each in a thread of its own, on tables that share their rows and their memo.
    """

    @property
    def name(self) -> str:
        """One word, for the trials table."""

    @property
    def title(self) -> str:
        """What an analyst calls it: `gradient-boosted trees`."""

    @property
    def tasks(self) -> frozenset[Task]:
        """What it can be trained for."""

    @property
    def loading(self) -> float:
        """Seconds that pass before the first fit, for `load` and what the first fit alone does; 0 if hardly any."""

    def load(self) -> None:
        """Imports what fitting needs: while the data is on its way, or before the first trial where it takes long."""

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
        """Where to start for a table of that size: the most promising settings first."""

    def cost(self, rows: int, features: int, classes: int) -> float:
        """Rough seconds, on one core, of the least fit that is worth its start."""

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        """Learns from the table's fit rows, each as much as it counts.

        The validation rows may only decide where it ends. Where it might have ended elsewhere, it tells of its way: the
        fits of one trial end together.
        """

    def merged(self, found: Sequence[Settings], growth: float) -> Settings:
        """The settings to fit once more without validation rows, on `growth` times as many rows as each that found."""


# The first is the baseline.
LEARNERS: tuple[Learner, ...] = (Baseline(), LinearModel(), Trees(), NeuralNetwork())
_ON_GPU: tuple[Learner, ...] = (Baseline(), LinearModel(), Trees(), NeuralNetwork(gpu=True))

_GROUP = "sqlml.learners"


def learners(*, gpu: bool = False) -> tuple[Learner, ...]:
    """Ours, which use a GPU where they can if `gpu` says so, and those of installed packages.

    An entry point of the group `sqlml.learners` names the class of one, which is made without arguments.
    """
    return (*(_ON_GPU if gpu else LEARNERS), *_others())


@cache
def _others() -> tuple[Learner, ...]:
    points = sorted(entry_points(group=_GROUP), key=lambda point: point.name)
    return tuple(_made(point) for point in points)


def _made(point: EntryPoint) -> Learner:
    """What the entry point names; other people's mistakes end no training."""
    try:
        learner: Learner = point.load()()
    except Exception as cause:
        return Absent(point.name, cause)
    return learner
