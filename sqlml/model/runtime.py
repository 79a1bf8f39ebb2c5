"""Computes the scores of a graph: its trees by compiled code, the rest by a general runtime; the gate to onnxruntime.

Where trees are all that there is, the general runtime is not even loaded.

A row's scores never depend on the rows beside it: the runtime's vectorised operators round the last rows of a
batch otherwise than the others, so every batch is filled up to whole blocks, and computed by one thread.
"""

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlml.faults import of_machine
from sqlml.model.problems import DeviceSwapped, ModelDamaged, ScoringFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sqlml.model.form import Floats, Matrix
    from sqlml.model.quickscorer import Quickscorer

# Rows of one call: bounds the memory of values in between, and is what a query engine hands over at once.
_CHUNK = 2048
# Batches are filled up to a multiple of this many rows, at least twice the widest vector unit's numbers.
_BLOCK = 16

# What takes long texts apart has each of their letters in memory.
_FEW = 512

_PROVIDER = "CPUExecutionProvider"
# Only what ends the process is worth a line on somebody's terminal.
_FATAL = 4


class Graph:
    """A model ready to score: safe to use from several threads at once.

    Trees are asked all at once by compiled code, or walked down one after the other by the runtime. Where trees are all
    that there is, what is made of their sums is compiled code's either way: scores are the same to the last bit.
    """

    def __init__(self, content: bytes, *, compiled: bool = True) -> None:
        self._lone, self._trees, rest = _apart(content, compiled=compiled)
        self._session: Any = None if self._lone and not rest else _session(rest)
        self.size = len(rest) + sum(trees.size for trees in (*self._trees.values(), self._lone) if trees)

    @property
    def is_compiled(self) -> bool:
        """Whether compiled code asks trees of it."""
        return bool(self._trees) or self._session is None

    def run(self, matrix: "Matrix") -> "Floats":
        """Scores (rows, outputs) in float64 of float32 features (rows, features); missing = NaN.

        Raises:
            ScoringFailed: the features are not as many as the graph has, or the machine refused.
        """
        import numpy as np

        with _told(len(matrix)):
            if self._lone and not self._session:
                return self._lone.scores(matrix)
            chunks = [self._chunk(matrix[start : start + _CHUNK]) for start in range(0, max(len(matrix), 1), _CHUNK)]
            return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)

    def _chunk(self, rows: "Matrix") -> "Floats":
        import numpy as np

        missing = -len(rows) % _BLOCK or (0 if len(rows) else _BLOCK)
        filled = rows
        if missing:
            filled = np.zeros((len(rows) + missing, rows.shape[1]), np.float32)
            filled[: len(rows)] = rows
        features = np.ascontiguousarray(filled, np.float32)
        sums = {name: trees.scores(features) for name, trees in self._trees.items()}
        found: Floats = self._session.run(None, {"features": features} | sums)[0][: len(rows)]
        return self._lone.linked(found) if self._lone else found


@contextmanager
def _told(rows: int) -> "Iterator[None]":
    """Inside, whatever goes wrong is a problem of so many rows."""
    try:
        yield
    except Exception as cause:
        raise of_machine(str(cause), type(cause).__name__) or ScoringFailed(rows) from cause


def _apart(content: bytes, *, compiled: bool) -> "tuple[Quickscorer | None, dict[str, Quickscorer], bytes]":
    """The forest that a graph is, or else its trees to be asked by compiled code; and what is left to the runtime."""
    from sqlml.model.quickscorer import Quickscorer
    from sqlml.model.trees import OPERATOR, WALKED, lone, split

    if OPERATOR.encode() not in content:
        return None, {}, content
    is_walked = not compiled or WALKED.encode() in content
    alone = lone(content)
    if alone and (ready := Quickscorer.of(alone[0])):
        return ready, {}, alone[1] if is_walked else b""
    if is_walked:
        return None, {}, content
    forests, rest = split(content)
    trees = {name: each for name, forest in forests.items() if (each := Quickscorer.of(forest))}
    return (None, trees, rest) if len(trees) == len(forests) else (None, {}, content)


def _session(content: bytes) -> Any:
    """A session of the runtime, which gives its one output.

    Raises:
        ModelDamaged: the bytes are no graph.
    """
    # The runtime reports each use to its makers unless this is said before it loads. Nothing here calls home.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.set_default_logger_severity(_FATAL)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    try:
        session = onnxruntime.InferenceSession(content, options, providers=[_PROVIDER])
    except Exception as cause:
        raise of_machine(str(cause), type(cause).__name__) or ModelDamaged() from cause
    if session.get_providers() != [_PROVIDER]:
        raise DeviceSwapped("CPU")
    return session


class Portable:
    """A graph with inputs and outputs by name, as it is exported; run as anybody would run it."""

    def __init__(self, content: bytes) -> None:
        self._session = _session(content)

    def run(self, given: "dict[str, NDArray[Any]]", outputs: "Sequence[str]") -> "list[NDArray[Any]]":
        """The named outputs for the rows of the inputs.

        Raises:
            ScoringFailed: the inputs are not those of the graph, or the machine refused.
        """
        import numpy as np

        rows = len(next(iter(given.values())))
        with _told(rows):
            parts = [
                self._session.run(list(outputs), {name: all_[at : at + _FEW] for name, all_ in given.items()})
                for at in range(0, max(rows, 1), _FEW)
            ]
            return [np.concatenate(each) for each in zip(*parts, strict=True)]
