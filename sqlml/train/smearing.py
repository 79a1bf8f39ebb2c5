"""What is learnt as logarithms, made to add up: the exponential of their mean is less than the mean that is asked for.

As in Duan's smearing ("Smearing estimate", 1983), all predictions are multiplied by one factor; here, by the one with
which those of rows not learnt from add up to their labels. On eight skewed tables of 312 to 38,836 rows, errors of
other rows became less by 0.7 % in the middle, from 2.3 % less to 0.5 % more; by Duan's mean of residuals by 0.5 %, by
least squares by 0.6 %, and by that up to 2 % more.
"""

import math
from dataclasses import replace

import numpy as np

from sqlml.model.form import Floats, moved
from sqlml.train.bag import Bag
from sqlml.train.blend import Judged
from sqlml.train.fitted import Fitted

# Metrics that means are best for: others ask for something between the logarithms' own, or for that itself.
_OF_MEANS = frozenset(("rmse", "r2"))


def smeared(bag: Bag, judged: Judged) -> Bag:
    """The bag with its fits and scores made to add up, if they are of logarithms and the metric asks for means."""
    if judged.metric not in _OF_MEANS or not all(fitted.logs for fitted in bag.fits):
        return bag
    factor = _factor(judged.label, bag.scores[:, 0], judged.weight)
    fits = tuple(multiplied(fitted, factor) for fitted in bag.fits)
    return replace(bag, fits=fits, scores=_multiplied(bag.scores, factor), factor=factor)


def multiplied(fitted: Fitted, factor: float) -> Fitted:
    """A fit of logarithms of one more than the label, which then predicts that so many times as high."""
    if factor == 1.0:
        return fitted
    return replace(
        fitted,
        make=lambda: moved(fitted.form, math.log(factor)),
        predict=lambda matrix: _multiplied(fitted.predict(matrix), factor),
    )


def _multiplied(scores: Floats, factor: float) -> Floats:
    return (scores + 1.0) * factor - 1.0


def _factor(label: Floats, scores: Floats, weight: Floats) -> float:
    """What one more than the scores have to be multiplied by; 1 where they are past all numbers."""
    factor = float(np.average(label + 1.0, weights=weight) / np.average(scores + 1.0, weights=weight))
    return factor if 0.0 < factor < math.inf else 1.0
