"""What a learner hands back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlml.model.form import Floats, Form, Matrix

Settings = Mapping[str, Any]
"""A learner's choices by name: numbers, texts and truth values."""

# The work of a fit grows with this power of its rows: there are more of them, and more to learn from them.
WORK = 1.5
# A fit on less than this share of the rows that it would read is one on a part of them.
_FULL = 0.95


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a learner made of a table.

    `predict` is the learner's own prediction, float32 (rows, features) to float64 (rows, outputs), which the exported
    form, the work of `make`, is checked by. `again` are the settings that were used, with what the validation rows
    decided: where the fit ends, if it might have ended elsewhere on its `way`. `cost` is how many microseconds one core
    takes to score a row, `work` how many seconds a plain machine was thought to take for the fit, 0 where nobody said,
    and `kept` the share of them that went into what is kept: the rest showed that more would be worse. `varies` tells
    that another seed would give another model, `logs` that logarithms of one more than each label were learnt.
    `finished` is false where the clock ended the fit. `detail` says in plain words what was fitted, from how many
    `rows`; more than `most` would not be read, None where all are.
    """

    make: Callable[[], Form]
    again: Settings
    predict: Callable[[Matrix], Floats]
    detail: str
    rows: int
    cost: float = 0.0
    work: float = 0.0
    kept: float = 1.0
    varies: bool = False
    logs: bool = False
    finished: bool = True
    most: int | None = None
    way: "Way | None" = None

    @cached_property
    def form(self) -> Form:
        return self.make()

    def times(self, rows: int) -> float:
        """The work of a fit to so many rows as a multiple of what this one was."""
        return float((self._read(rows) / max(1, self.rows)) ** WORK)

    def is_part(self, rows: int) -> bool:
        """Whether it has learnt from fewer of so many rows than it would read."""
        return self.rows < _FULL * self._read(rows)

    def _read(self, rows: int) -> int:
        return rows if self.most is None else min(rows, self.most)


@dataclass(frozen=True, eq=False)
class Way:
    """The steps that a fit could end at.

    `losses` (halves, steps) are those of each of the `halves` of its validation rows, summed over rows by their weight,
    in the same terms for all fits of the same rows. `at` is the fit as of a step, numbered from 0, which has no way of
    its own; after the last step it stays as it is there.
    """

    losses: Floats
    at: Callable[[int], Fitted]
