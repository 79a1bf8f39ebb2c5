"""What a learner is, and the learners there are: the contract that `sqlml.testing.check_learner` proves."""

from typing import Protocol

from sqlml.schema import Task
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.baseline import Baseline
from sqlml.train.learners.linear import LinearModel
from sqlml.train.learners.trees import Trees
from sqlml.train.table import Table


class Learner(Protocol):
    """A way to learn a model from a table of numbers.

    The same table, settings and seed give the same model whatever the number of threads, unless the clock ends
    the fit; a fit ends within moments after its clock, with what it has.
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

    def load(self) -> None:
        """Imports what fitting needs, so that it can be done while the data is on its way."""

    def settings(self, rows: int, features: int, task: Task) -> list[Settings]:
        """Where to start for a table of that size: the most promising settings first."""

    def cost(self, rows: int, features: int, classes: int) -> float:
        """Rough seconds of one fit on one core."""

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:
        """Learns from the table's fit rows; its validation rows may only decide when to stop."""


LEARNERS: tuple[Learner, ...] = (Baseline(), LinearModel(), Trees())
"""From the cheapest to the strongest; the first is the baseline."""
