"""What a graph reads, as columns of a query."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from onnx import TensorProto

from sqlml.model.foreign import texts
from sqlml.model.foreign.found import Carried, Input
from sqlml.model.foreign.names import check_distinct, named
from sqlml.model.foreign.problems import ColumnsUnnamed, FileRefused, InputUnsuitable

if TYPE_CHECKING:
    import onnx

# Types of what a graph reads: the column that can hold it, and how its values get there.
_TYPES: Mapping[int, tuple[str, Carried]] = {
    TensorProto.FLOAT: ("FLOAT", "single"),
    TensorProto.DOUBLE: ("DOUBLE", "exact"),
    TensorProto.INT64: ("BIGINT", "exact"),
    TensorProto.INT32: ("INTEGER", "exact"),
    TensorProto.BOOL: ("BOOLEAN", "single"),
    TensorProto.STRING: ("VARCHAR", "level"),
}
_MOST_COLUMNS = 10_000


@dataclass(frozen=True)
class Entry:
    """Something that a graph reads under a `name`: one column or several side by side, with their `places` among all.

    `is_flat` where its values lie in one row, and not in rows of one value; `may_be_missing` where they have a value
    for that.
    """

    name: str
    element: int
    places: tuple[int, ...]
    is_flat: bool
    may_be_missing: bool


def entries(model: "onnx.ModelProto", columns: Sequence[str] | None) -> tuple[list[Entry], tuple[Input, ...]]:
    """What a graph reads, and the columns that hold it; `columns` are their names where others are wanted.

    Raises:
        FileRefused, InputUnsuitable, ColumnsUnnamed, ColumnsMiscounted, ColumnsAlike.
    """
    constants = {one.name for one in model.graph.initializer}
    read = [one for one in model.graph.input if one.name not in constants]
    if not read:
        raise FileRefused("it reads nothing, so it predicts the same for every row")
    said = _said(model) if len(read) == 1 else None
    found: list[Entry] = []
    inputs: list[Input] = []
    for one in read:
        shape = _shape(one)
        width = _width(one.name, shape, columns if len(read) == 1 else None)
        element = one.type.tensor_type.elem_type
        own = tuple(range(len(inputs), len(inputs) + width))
        found.append(Entry(one.name, element, own, len(shape) == 1, element in (TensorProto.FLOAT, TensorProto.DOUBLE)))
        type_, carried = _TYPES[element]
        inputs += [Input(name, type_, carried) for name in _names(one.name, width, said, alone=len(read) == 1)]
    names = named([one.name for one in inputs], columns)
    check_distinct(names)
    levels = texts.levels(model.graph, [one.name for one in found if one.element == TensorProto.STRING])
    return found, tuple(
        replace(one, name=name, levels=levels if one.carried == "level" else ())
        for one, name in zip(inputs, names, strict=True)
    )


def tells_missing(model: "onnx.ModelProto", read: Sequence[Entry]) -> str | None:
    """The name under which a graph is told what is missing, a truth for each thing it reads, as sqlml's exports are.

    None where it is not: what is no number cannot be missing then.
    """
    constants = {one.name for one in model.graph.initializer}
    for one in model.graph.input:
        kind = one.type.tensor_type
        is_truth = one.name in constants and kind.elem_type == TensorProto.BOOL and one.name.startswith("is_missing")
        if is_truth and len(kind.shape.dim) == 2 and kind.shape.dim[1].dim_value == len(read):
            return str(one.name)
    return None


def _shape(read: "onnx.ValueInfoProto") -> list[int | None]:
    """How large it is along each axis, None where that is free."""
    if not read.type.HasField("tensor_type"):
        raise InputUnsuitable(read.name, "which is neither a number nor a text nor a truth of a row")
    kind = read.type.tensor_type
    if kind.elem_type not in _TYPES:
        raise InputUnsuitable(read.name, "of a type that no column has")
    if not kind.HasField("shape") or len(kind.shape.dim) not in (1, 2):
        raise InputUnsuitable(read.name, "which is not one value in each row, nor several side by side")
    shape = [one.dim_value if one.HasField("dim_value") else None for one in kind.shape.dim]
    if shape[0] is not None:
        raise InputUnsuitable(read.name, f"which is always {shape[0]} row{'s' * (shape[0] != 1)} at once")
    return shape


def _width(name: str, shape: Sequence[int | None], columns: Sequence[str] | None) -> int:
    width = shape[1] if len(shape) == 2 else 1
    if width is None:
        if columns is None:
            raise ColumnsUnnamed
        return len(columns)
    if not 1 <= width <= _MOST_COLUMNS:
        raise InputUnsuitable(name, f"which is {width:,} columns wide")
    return width


def _said(model: "onnx.ModelProto") -> list[str] | None:
    """The names of columns that the file keeps beside the graph, as a list in JSON, where it does."""
    kept = {one.key: one.value for one in model.metadata_props}
    with suppress(ValueError):
        names = json.loads(kept.get("feature_names", "null"))
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return names
    return None


def _names(name: str, width: int, said: list[str] | None, *, alone: bool) -> list[str]:
    if said is not None and len(said) == width:
        return said
    if width == 1 and not (alone and name in ("X", "input", "float_input")):
        return [name]
    return [f"f{at}" if alone else f"{name}_{at}" for at in range(width)]
