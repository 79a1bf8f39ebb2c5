"""What a learner hands back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlml.model.form import Floats, Form, Matrix
from sqlml.train.table import Table

Settings = Mapping[str, Any]
"""A learner's choices by name: numbers, texts and truth values."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a learner made of a table.

    `loss` is that of the table's validation rows, NaN where it has none. It goes by `scores` (validation rows, outputs)
    where there are some: of each row, what it had no part in choosing predicts; else by `predict`, which is the
    learner's own prediction, float32 (rows, features) to float64 (rows, outputs), and the one that the exported form,
    the work of `make`, is checked by. `again` are the settings that were used, with what the validation rows decided.
    `cost` is how many microseconds one core takes to score a row, `work` how many seconds a plain machine was thought
    to take for the fit, 0 where nobody said. `varies` tells that another seed would give another model. `finished` is
    false where the clock ended the fit. `detail` says in plain words what was fitted, from how many `rows`; more than
    `most` would not be read, None where all are.
    """

    make: Callable[[], Form]
    loss: float
    again: Settings
    predict: Callable[[Matrix], Floats]
    detail: str
    rows: int
    cost: float = 0.0
    work: float = 0.0
    varies: bool = False
    finished: bool = True
    scores: Floats | None = None
    most: int | None = None

    def judged(self, table: Table) -> Floats:
        """The scores of the table's validation rows (rows, outputs)."""
        return table.predicted(table.validation, self.predict) if self.scores is None else self.scores

    @cached_property
    def form(self) -> Form:
        return self.make()
