"""The sums of decision trees by compiled code; the gate to `quickscorer.c`."""

import ctypes
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from sqlml.model.leaf_bits import Layout, layout

if TYPE_CHECKING:
    from sqlml.model.form import Floats, Forest, Matrix

# What the code works on at once.
_ROWS = 64

_ARRAYS = [field.name for field in fields(Layout) if field.name != "outputs"]
_SIZES = ("features", "trees", "outputs")


class _Layout(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_void_p) for name in _ARRAYS), *((name, ctypes.c_int64) for name in _SIZES)]


class Quickscorer:
    """Trees ready to be summed up: safe to use from several threads at once, and held up by no other Python thread.

    Sums are bit for bit those of adding the leaves of the trees up in their order, in 64 bits.
    """

    def __init__(self, code: ctypes.CDLL, trees: Layout) -> None:
        self._code, self._trees = code, trees
        sizes = len(trees.column), len(trees.output), trees.outputs
        addresses = [getattr(trees, name).ctypes.data for name in _ARRAYS]
        self._layout = _Layout(*addresses, *sizes)

    @classmethod
    def of(cls, forest: "Forest") -> Self | None:
        """The forest's trees; None where they do not fit the layout, or this installation lacks the compiled code."""
        code = _code()
        trees = layout(forest) if code else None
        return cls(code, trees) if code and trees else None

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self._trees.size

    def sums(self, matrix: "Matrix") -> "Floats":
        """Sums (rows, outputs) of the leaves that float32 features (rows, features) end in; missing = NaN."""
        given = np.ascontiguousarray(matrix, np.float32)
        rows, width = given.shape
        sums = np.empty((rows, self._trees.outputs))
        used = _ROWS * len(self._trees.column)
        room = np.empty(used, np.float32), np.empty(used, np.int32), np.empty(_ROWS * self._trees.outputs)
        addresses = [ctypes.c_void_p(array.ctypes.data) for array in (sums, *room)]
        self._code.quickscorer(
            ctypes.byref(self._layout),
            ctypes.c_void_p(given.ctypes.data),
            ctypes.c_int64(rows),
            ctypes.c_int64(width),
            *addresses,
        )
        return sums


def is_compiled() -> bool:
    """Whether this installation has the compiled code."""
    return _code() is not None


@cache
def _code() -> ctypes.CDLL | None:
    """The library beside this file; it is missing where the package was neither built nor installed."""
    library = Path(__file__).with_name("libquickscorer.so")
    return ctypes.CDLL(str(library)) if library.exists() else None
