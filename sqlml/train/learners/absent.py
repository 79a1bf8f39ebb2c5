"""A learner of an installed package that could not be made: it fails in its trial, where failures are told."""

from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners.baseline import Baseline
from sqlml.train.table import Table


class Absent(Baseline):
    """Stands where a learner called `name` should be; `cause` is why it is not there."""

    def __init__(self, name: str, cause: Exception) -> None:
        self.name, self.title = name, f"the learner `{name}` of an installed package"
        self._cause = cause

    def fit(self, table: Table, settings: Settings, clock: Clock) -> Fitted:  # noqa: ARG002
        raise ValueError("it cannot be made") from self._cause
