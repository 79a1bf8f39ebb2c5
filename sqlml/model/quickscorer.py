"""The scores of decision trees by compiled code; the gate to `quickscorer.c`."""

import ctypes
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from sqlml.model.leaf_bits import Layout, layout

if TYPE_CHECKING:
    from sqlml.model.form import Floats, Forest, Matrix

_ARRAYS = [field.name for field in fields(Layout) if field.name != "link"]
_NUMBERS = ("features", "trees", "sums", "link")


class _Layout(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_void_p) for name in _ARRAYS), *((name, ctypes.c_int64) for name in _NUMBERS)]


class Quickscorer:
    """Trees ready to score: safe to use from several threads at once, and held up by no other Python thread.

    Sums are bit for bit those of adding the leaves of the trees up in their order, in 64 bits.
    """

    def __init__(self, code: ctypes.CDLL, forest: "Forest", trees: Layout) -> None:
        self._code, self._trees = code, trees
        addresses = [getattr(trees, name).ctypes.data for name in _ARRAYS]
        self._layout = _Layout(*addresses, len(trees.column), len(trees.output), len(trees.base), trees.link)
        self._width = int(trees.column.max(initial=-1)) + 1
        self._outputs = 2 if forest.link == "logistic" else len(forest.base)

    @classmethod
    def of(cls, forest: "Forest") -> Self | None:
        """The forest; None where it does not fit the layout, or this installation lacks the compiled code."""
        code = _code()
        trees = layout(forest) if code else None
        return cls(code, forest, trees) if code and trees else None

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self._trees.size

    def scores(self, matrix: "Matrix") -> "Floats":
        """Scores (rows, outputs) in float64 of float32 features (rows, features); missing = NaN.

        Raises:
            ValueError: the features are fewer than the trees ask for.
            MemoryError: there is none for a few rows.
        """
        given = np.ascontiguousarray(matrix, np.float32)
        rows, width = given.shape
        if width < self._width:
            raise ValueError(f"{width} of {self._width} features")
        scores = np.empty((rows, self._outputs))
        if self._code.quickscorer(self._layout, given.ctypes.data, rows, width, scores.ctypes.data):
            raise MemoryError
        return scores

    def linked(self, sums: "Floats") -> "Floats":
        """The same scores, of sums (rows, sums) of the leaves that were found otherwise."""
        given = np.ascontiguousarray(sums, np.float64)
        scores = np.empty((len(given), self._outputs))
        self._code.quickscorer_link(self._layout, given.ctypes.data, len(given), scores.ctypes.data)
        return scores


def is_compiled() -> bool:
    """Whether this installation has the compiled code."""
    return _code() is not None


@cache
def _code() -> ctypes.CDLL | None:
    """The library beside this file; it is missing where the package was neither built nor installed."""
    library = Path(__file__).with_name("libquickscorer.so")
    if not library.exists():
        return None
    code = ctypes.CDLL(str(library))
    place, count = ctypes.c_void_p, ctypes.c_int64
    code.quickscorer.argtypes = [ctypes.POINTER(_Layout), place, count, count, place]
    code.quickscorer_link.argtypes = [ctypes.POINTER(_Layout), place, count, place]
    return code
