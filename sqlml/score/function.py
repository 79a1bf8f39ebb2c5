"""The body of the one scoring function: model ids and feature lists in, score lists out, at any thread."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from sqlml.prep.step import GREATEST
from sqlml.score.problems import ModelGone

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from sqlml.model.runtime import Graph

    Numbers = npt.NDArray[np.floating]

_GREATEST = float(GREATEST)
# Models in memory take up to this many bytes; those not used for longest make room.
_ROOM = 256 << 20

loader: Callable[[str], bytes | None] | None = None
"""Finds the bytes of a model that is not in memory; set by whoever knows where models are stored."""

_graphs: "OrderedDict[str, Graph]" = OrderedDict()
_lock = Lock()


def remember(model: str, graph: bytes) -> None:
    """Makes a model ready to score from the bytes of its graph.

    Raises:
        ModelDamaged: the bytes are none.
    """
    _kept(model, graph)


def _kept(model: str, content: bytes) -> "Graph":
    from sqlml.model.runtime import Graph

    ready = Graph(content)
    with _lock:
        _graphs[model] = ready
        _graphs.move_to_end(model)
        while len(_graphs) > 1 and sum(kept.size for kept in _graphs.values()) > _ROOM:
            _graphs.popitem(last=False)
    return ready


def is_ready(model: str) -> bool:
    """Whether the model is in memory."""
    return model in _graphs


def score(models: "pa.StringArray", rows: "pa.ListArray", *, held: bool = True) -> "pa.ListArray":
    """Scores (a list of DOUBLE) of each row's features (a list of FLOAT) by the row's model.

    Features that are not `held` yet may be NULL, which is missing, and are held here.

    Raises:
        ModelGone: a model is neither in memory nor found by `loader`.
        ScoringFailed: the machine refused.
    """
    import pyarrow as pa

    models, rows = _array(models), _array(rows)
    named = models.unique()
    if len(named) <= 1:
        return _scored(named[0].as_py(), rows, held) if len(named) else pa.array([], pa.list_(pa.float64()))
    return _mixed(models, named, rows, held)


def _mixed(models: "pa.StringArray", named: "pa.StringArray", rows: "pa.ListArray", held: bool) -> "pa.ListArray":
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    places = [np.flatnonzero(pc.equal(models, model).to_numpy(zero_copy_only=False)) for model in named]
    parts = [
        _scored(model.as_py(), rows.take(pa.array(where)), held) for model, where in zip(named, places, strict=True)
    ]
    back = np.argsort(np.concatenate(places), kind="stable")
    return pa.concat_arrays(parts).take(pa.array(back))


def _scored(model: str, rows: "pa.ListArray", held: bool) -> "pa.ListArray":
    import numpy as np
    import pyarrow as pa

    graph = _graph(model)
    features = rows.flatten()
    given = numbers(features, "<f4") if held else _held(features)
    scores = np.ascontiguousarray(graph.run(given.reshape(len(rows), -1)), "<f8")
    ends = np.arange(0, scores.size + 1, scores.shape[1], dtype=np.int32)
    values = pa.Array.from_buffers(pa.float64(), scores.size, [None, pa.py_buffer(scores)])
    offsets = pa.Array.from_buffers(pa.int32(), len(ends), [None, pa.py_buffer(ends)])
    return pa.ListArray.from_arrays(offsets, values)


def _held(features: "pa.FloatArray") -> "Numbers":
    """What is missing as NaN, and all that lies beyond the greatest numbers at these."""
    import numpy as np

    if features.null_count:
        features = features.fill_null(float("nan"))
    return np.clip(numbers(features, "<f4"), -_GREATEST, _GREATEST)


def numbers(array: "pa.Array", dtype: str) -> "Numbers":
    """The values of an Arrow array of numbers without NULLs, as they lie in memory.

    By the buffer, since Arrow's own conversions load a library of data frames where one is installed: 1.7 s of a
    first prediction, measured.
    """
    import numpy as np

    values: Numbers = np.frombuffer(array.buffers()[1] or b"", dtype)
    return values[array.offset : array.offset + len(array)]


def _graph(model: str) -> "Graph":
    with _lock:
        if found := _graphs.get(model):
            _graphs.move_to_end(model)
            return found
    content = loader(model) if loader else None
    if not content:
        raise ModelGone
    return _kept(model, content)


def _array(column: "pa.Array | pa.ChunkedArray") -> "pa.Array":
    import pyarrow as pa

    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
