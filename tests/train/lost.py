"""How much a fit loses on its validation rows, as the fit of a trial of its own."""

from sqlml.train.fitted import Fitted
from sqlml.train.stopping import ended, ends
from sqlml.train.table import Table


def lost(table: Table, fitted: Fitted) -> float:
    [end] = ends([fitted])
    return ended(fitted, end, table).loss
