"""Whether a label is better learnt as its logarithm."""

import numpy as np

from sqlml.model.form import Floats

# Beyond this skewness the logarithm of a target is worth learning.
_SKEWED = 1.0


def is_skewed(label: Floats) -> bool:
    """Whether numbers have one long tail of large ones that their logarithms have not."""
    if label.min() < 0:
        return False
    return _skewness(label) > _SKEWED and abs(_skewness(np.log1p(label))) < _skewness(label)


def _skewness(values: Floats) -> float:
    off = values - values.mean()
    spread = float(np.sqrt((off**2).mean()))
    return float((off**3).mean()) / spread**3 if spread > 0 else 0.0
