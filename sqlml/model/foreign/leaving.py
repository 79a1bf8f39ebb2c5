"""Which of what a graph returns is its prediction, and of what classes."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from sqlml.model.foreign.problems import FileDamaged, OutputUnclear
from sqlml.model.form import Floats
from sqlml.schema import Task

if TYPE_CHECKING:
    import onnx

_NUMBERS = (TensorProto.FLOAT, TensorProto.DOUBLE)
LABELS = (TensorProto.INT64, TensorProto.STRING, TensorProto.BOOL)
# Attributes by which a step names its classes; steps that hand on what they are given.
_NAMES = ("classlabels_int64s", "classlabels_ints", "classlabels_strings")
_PASSING = ("Cast", "Identity", "Reshape", "Squeeze", "Flatten")
# How the texts of classes are read, by the type of a label.
_READ: dict[int, Callable[[str], Any]] = {TensorProto.BOOL: "true".__eq__, TensorProto.INT64: int}
# As near as probabilities of 32 bits come to a sum of one.
_NEAR = 1e-3


@dataclass(frozen=True)
class Leaving:
    """The value that a graph's scores are, and its classes where the graph names them.

    `label` is the value that says the class of a row, of a type of `LABELS`, where a graph has one. `dropped` are steps
    that only put the scores into another shape.
    """

    name: str
    classes: tuple[Any, ...]
    label: str | None
    dropped: frozenset[str] = frozenset()


def leaving(model: "onnx.ModelProto") -> Leaving:
    """What of a graph is its prediction.

    Raises:
        OutputUnclear: nothing is, or several things could be.
    """
    graph = model.graph
    makers = {output: node for node in graph.node for output in node.output}
    mapped = [one.name for one in graph.output if one.name in makers and makers[one.name].op_type == "ZipMap"]
    plain = {one.name: one.type.tensor_type for one in graph.output if one.type.HasField("tensor_type")}
    numbers = [name for name, kind in plain.items() if kind.elem_type in _NUMBERS]
    labels = [name for name, kind in plain.items() if kind.elem_type in LABELS]
    if len(mapped) == 1:
        node = makers[mapped[0]]
        return Leaving(node.input[0], _named(node), labels[0] if labels else None, frozenset(mapped))
    wide = [name for name in numbers if _width(plain[name]) not in (None, 1)] if len(numbers) > 1 else numbers
    if not numbers:
        raise OutputUnclear("it returns a class without its probability" if labels else "it returns no numbers")
    if len(wide) != 1:
        raise OutputUnclear(f"it returns {len(numbers)} different numbers for each row")
    classes = _described(model, wide[0], plain[labels[0]].elem_type) if labels else ()
    if not classes and labels:
        classes = _of_label(graph, makers, labels[0]) or _of_steps(graph)
    if not classes and labels and plain[labels[0]].elem_type == TensorProto.STRING:
        raise OutputUnclear("the names of its classes are not in the file")
    return Leaving(wide[0], classes, labels[0] if labels else None)


@dataclass(frozen=True)
class Outcome:
    """What a graph's scores mean: the task, its classes as texts, and their type."""

    task: Task
    classes: tuple[str, ...]
    type: str


def outcome(way: Leaving, scores: Floats) -> Outcome:
    """What the scores of some rows mean.

    Raises:
        OutputUnclear: they are neither numbers nor probabilities.
        FileDamaged: its classes are not as many as it says.
    """
    width, classifies = scores.shape[1], bool(way.classes or way.label)
    if width == 1 and not classifies:
        return Outcome(Task.REGRESSION, (), "DOUBLE")
    if width == 1:
        raise OutputUnclear("it returns a class, and one number that is not said to be its probability")
    if not _are_shares(scores):
        why = "for the classes are no probabilities" if classifies else "for each row are several numbers"
        raise OutputUnclear(f"what it returns {why}")
    classes = way.classes or tuple(range(width))
    if len(classes) != width or len(set(classes)) != width:
        raise FileDamaged("its classes are not as many as it says")
    task = Task.BINARY if width == 2 else Task.MULTICLASS
    if all(isinstance(one, bool) for one in classes):
        return Outcome(task, tuple(str(one).lower() for one in classes), "BOOLEAN")
    if all(isinstance(one, int) for one in classes):
        fits = all(abs(one) < 2**31 for one in classes)
        return Outcome(task, tuple(map(str, classes)), "INTEGER" if fits else "BIGINT")
    return Outcome(task, tuple(map(str, classes)), "VARCHAR")


def _are_shares(scores: Floats) -> bool:
    known = scores[np.isfinite(scores).all(axis=1)]
    return bool((known >= -_NEAR).all() and (np.abs(known.sum(axis=1) - 1.0) <= _NEAR).all())


def _width(kind: Any) -> int | None:
    """How many numbers a row has, as the graph says it; None where it does not."""
    dims = kind.shape.dim
    return dims[1].dim_value or None if len(dims) == 2 else 1 if len(dims) == 1 else None


def _described(model: "onnx.ModelProto", name: str, label: int) -> tuple[Any, ...]:
    """The classes as sqlml's own exports name them beside the graph, of the type of its label."""
    kept = {one.key: one.value for one in model.metadata_props}
    read: Callable[[str], Any] = _READ.get(label, str)
    with suppress(ValueError, TypeError, KeyError):
        for one in json.loads(kept["outputs"]):
            if one["name"] == name:
                return tuple(map(read, one["each"]))
    return ()


def _named(node: "onnx.NodeProto") -> tuple[Any, ...]:
    for attribute in node.attribute:
        if attribute.name in _NAMES:
            found = helper.get_attribute_value(attribute)
            return tuple(one.decode() if isinstance(one, bytes) else one for one in found)
    return ()


def _of_label(graph: "onnx.GraphProto", makers: dict[str, "onnx.NodeProto"], label: str) -> tuple[Any, ...]:
    """The classes as the constant that a label is picked from."""
    constants = {one.name: one for one in graph.initializer}
    node = makers.get(label)
    while node is not None and node.op_type in _PASSING:
        node = makers.get(node.input[0])
    if node is None or node.op_type not in ("ArrayFeatureExtractor", "Gather") or node.input[0] not in constants:
        return ()
    picked = numpy_helper.to_array(constants[node.input[0]]).reshape(-1)
    return tuple(one.decode() if isinstance(one, bytes) else one for one in picked.tolist())


def _of_steps(graph: "onnx.GraphProto") -> tuple[Any, ...]:
    return next((found for node in reversed(graph.node) if (found := _named(node))), ())
