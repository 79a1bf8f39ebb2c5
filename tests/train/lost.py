"""How much a fit loses on its validation rows, as the fit of a trial of its own."""

from sqlml.train.fitted import Fitted
from sqlml.train.stopping import ended
from sqlml.train.table import Table


def lost(table: Table, fitted: Fitted) -> float:
    [end] = ended([fitted], [table])
    return end.loss
