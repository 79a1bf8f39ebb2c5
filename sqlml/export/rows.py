"""Rows of the database as the inputs of a graph."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlml.prep.entry import Enters, Entry, is_missing

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyarrow import Array, Table

# SQL of what is given where a value is missing, and how the values lie in Arrow's memory.
_NOTHING: dict[Enters, str] = {
    "BOOL": "false",
    "INT64": "0",
    "FLOAT": "'NaN'::FLOAT",
    "DOUBLE": "'NaN'::DOUBLE",
    "STRING": "''",
}
_NUMBERS: dict[Enters, str] = {"BOOL": "u1", "INT64": "<i8", "FLOAT": "<f4", "DOUBLE": "<f8"}


def listed(entries: Sequence[Entry], row: str) -> str:
    """SQL: what `fed` reads of a row, to be listed after SELECT."""
    values = [f"coalesce({entry.sql(row)}, {_NOTHING[entry.enters]})" for entry in entries]
    shown = [
        f"{f'CAST({value} AS UTINYINT)' if entry.enters == 'BOOL' else value} AS v{at}"
        for at, (entry, value) in enumerate(zip(entries, values, strict=True))
    ]
    missing = ", ".join(f"({entry.sql(row)}) IS NULL" for entry in entries)
    return f"{', '.join(shown)}, [{missing}]::UTINYINT[] AS missing"


def fed(table: "Table", entries: Sequence[Entry]) -> "dict[str, NDArray[Any]]":
    """The inputs of a graph, of the answer to a SELECT of what `listed` says."""
    import numpy as np

    given: dict[str, NDArray[Any]] = {}
    for at, entry in enumerate(entries):
        column = table.column(f"v{at}")
        if entry.enters == "STRING":
            given[entry.name] = np.array(column.to_pylist(), object)
        else:
            values = _numbers(column.chunks, _NUMBERS[entry.enters])
            given[entry.name] = values.astype(bool) if entry.enters == "BOOL" else values
    given[is_missing(entries)] = matrix(table, "missing", "u1").astype(bool)
    return given


def matrix(table: "Table", column: str, type_: str) -> "NDArray[Any]":
    """A column of lists of one length, without NULLs: (rows, length)."""
    return _numbers([chunk.flatten() for chunk in table.column(column).chunks], type_).reshape(table.num_rows, -1)


def _numbers(chunks: "Sequence[Array]", type_: str) -> "NDArray[Any]":
    """Numbers without NULLs, past Arrow's own conversion, which loads a library of data frames."""
    import numpy as np

    parts = [np.frombuffer(part.buffers()[1] or b"", type_)[part.offset : part.offset + len(part)] for part in chunks]
    return np.concatenate(parts) if parts else np.zeros(0, type_)
