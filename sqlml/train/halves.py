"""The best step of a fit, and what judges the rows that chose it.

Validation rows decide when a fit stops, and look better than new rows for it: on a table of a thousand rows, the log
loss of a network by a tenth. So each half of them is judged by the step that the other half has chosen (cross-fitting).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from sqlml.model.form import Codes, Floats, Matrix
from sqlml.train.table import Table

# With fewer validation rows, a half of them would choose by luck.
_FEWEST = 8

Step = TypeVar("Step")
Predict = Callable[[Matrix], Floats]


def halves(rows: Codes) -> tuple[Codes, ...]:
    """Every second one of the rows, and the others; all of them where they are few, nothing where there are none."""
    if not len(rows):
        return ()
    return (rows[::2], rows[1::2]) if len(rows) >= _FEWEST else (rows,)


@dataclass
class Best(Generic[Step]):
    """The step of the least loss so far."""

    step: Step
    loss: float = np.inf

    def note(self, loss: float, step: Step) -> None:
        """Takes note of a step and its loss, NaN where it is worthless."""
        if loss < self.loss:
            self.step, self.loss = step, loss


def judged(table: Table, predict: Predict, by_half: Sequence[Predict]) -> Floats:
    """Scores (rows, outputs) of the validation rows, each half of them predicted by what the other has chosen.

    Where there are no two halves, it is what all of them have chosen that predicts.
    """
    if len(by_half) < 2:
        return table.predicted(table.validation, predict)
    first, second = halves(table.validation)
    scores = np.empty((len(table.validation), max(1, table.classes)))
    scores[::2], scores[1::2] = table.predicted(first, by_half[1]), table.predicted(second, by_half[0])
    return scores
