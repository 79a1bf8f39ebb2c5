"""Reads a graph of somebody else's and puts it behind a model's features; with its neighbours a gate to onnx."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import onnx
from onnx import TensorProto

from sqlml.model.draft import DOUBLE, SINGLE, TEXT, TRUTH, WHOLE, Draft, Value
from sqlml.model.foreign import steps, texts
from sqlml.model.foreign.carrying import features, some, values
from sqlml.model.foreign.entering import Entry, entries, tells_missing
from sqlml.model.foreign.found import Found, Input, places
from sqlml.model.foreign.leaving import Leaving, leaving, outcome
from sqlml.model.foreign.problems import FileDamaged, FileRefused, FileUnknown, LabelsDiffer
from sqlml.model.foreign.rows import plain
from sqlml.model.form import Matrix
from sqlml.model.problems import ModelDamaged, ScoringFailed
from sqlml.model.runtime import Graph, Portable

# The first version of the general steps that has all those which are put before a graph and behind it.
_OLDEST = 9
_ROWS = 64
_LABELS = {TensorProto.INT64: WHOLE, TensorProto.STRING: TEXT, TensorProto.BOOL: TRUTH}
# What a model is called by a step of it.
_LEARNERS = (
    ("TreeEnsemble", "decision trees"),
    ("SVM", "a support vector machine"),
    ("Linear", "a linear model"),
    ("Conv", "a neural network"),
    ("Relu", "a neural network"),
)


def read(content: bytes, columns: Sequence[str] | None) -> Found:
    """The model of a file; `columns` are the names of its columns where others are wanted.

    Raises:
        Problem: it holds no graph, or none that can be imported.
    """
    model = _parsed(content)
    steps.check(model)
    _check_whole(model)
    ways_in, inputs = entries(model, columns)
    way_out = leaving(model)
    graph, rows = _adapted(model, ways_in, inputs, way_out), plain(inputs, _ROWS)
    try:
        scores = Graph(graph).run(rows)
        if not _bears_missing(graph, rows):
            ways_in = [replace(entry, may_be_missing=False) for entry in ways_in]
            graph = _adapted(model, ways_in, inputs, way_out)
        labels = _labels(_adapted(model, ways_in, inputs, way_out, labelled=True), rows) if way_out.label else None
    except (ModelDamaged, ScoringFailed) as cause:
        raise FileDamaged("it cannot compute the prediction of a row") from (cause.__cause__ or cause)
    means = outcome(way_out, scores)
    agree = labels is None or labels == [means.classes[at] for at in scores.argmax(axis=1)]
    return Found(
        inputs=inputs,
        task=means.task,
        classes=means.classes,
        type=means.type,
        learner=f"{_learner(model)}, imported",
        detail=f"a graph of {len(model.graph.node)} steps",
        graph=graph,
        notices=() if agree else (LabelsDiffer(),),
    )


def _parsed(content: bytes) -> onnx.ModelProto:
    if content.startswith(b"PK"):
        raise FileUnknown("it is an archive")
    try:
        model = onnx.load_model_from_string(content)
    except Exception as cause:
        raise FileUnknown("what is in it is not known here, or cut off") from cause
    if not model.graph.node or not model.graph.output or not model.opset_import:
        raise FileUnknown("what is in it is not known here")
    return model


def _check_whole(model: onnx.ModelProto) -> None:
    if any(one.domain in steps.GENERAL and one.version < _OLDEST for one in model.opset_import):
        raise FileRefused("it is written in a form that is older than those known here")
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as cause:
        raise FileDamaged("its steps do not fit together") from cause


def _bears_missing(graph: bytes, rows: Matrix) -> bool:
    """Whether a graph computes something, be it no number, where all is missing."""
    try:
        Graph(graph).run(np.full_like(rows[:1], np.nan))
    except ScoringFailed:
        return False
    return True


def _labels(graph: bytes, rows: Matrix) -> list[str]:
    """What a graph itself says the classes of rows are."""
    (labels,) = Portable(graph).run({"features": rows}, ["label"])
    said = [str(label) for label in labels.reshape(-1).tolist()]
    return [text.lower() for text in said] if labels.dtype == TRUTH else said


def _learner(model: onnx.ModelProto) -> str:
    operators = [node.op_type for node in model.graph.node]
    found = (words for begins, words in _LEARNERS if any(one.startswith(begins) for one in operators))
    return next(found, "a model")


def _adapted(
    model: onnx.ModelProto,
    ways_in: Sequence[Entry],
    inputs: Sequence[Input],
    way_out: Leaving,
    *,
    labelled: bool = False,
) -> bytes:
    """The graph behind the features that carry its inputs, its prediction as `scores`; its own class as `label`."""
    draft = Draft()
    carried = features(draft, inputs)
    missing = [_enter(draft, carried, inputs, entry) for entry in ways_in]
    told = tells_missing(model, ways_in)
    if told:
        flags = [draft.node("Reshape", [flag.name, draft.constant(np.array([-1, 1]))]) for flag in missing]
        draft.node("Concat", flags, output=_called(told), axis=1)
    for node in model.graph.node:
        if not way_out.dropped & set(node.output):
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            copy.input[:], copy.output[:] = map(_called, node.input), map(_called, node.output)
            draft.nodes.append(copy)
    for tensor in (one for one in model.graph.initializer if one.name != told):
        constant = onnx.TensorProto()
        constant.CopyFrom(tensor)
        constant.name = _called(tensor.name)
        draft.constants.append(constant)
    scores = Value(draft, _called(way_out.name), SINGLE).node("Flatten", axis=1).double()
    if not told:
        scores = _unless(draft, missing, ways_in, scores)
    draft.output("scores", scores, "", ["rows", "outputs"])
    if labelled and way_out.label:
        kinds = {one.name: one.type.tensor_type.elem_type for one in model.graph.output}
        draft.output("label", Value(draft, _called(way_out.label), _LABELS[kinds[way_out.label]]), "")
    given = {"" if one.domain in steps.GENERAL else one.domain: one.version for one in model.opset_import}
    known = {domain: version for domain, version in given.items() if domain in ("", steps.LEARNING)}
    return draft.content("", {}, {"": 13} | known)


def _called(name: str) -> str:
    """A name of the graph's among those of what is put around it; no name stays none."""
    return f"its {name}" if name else ""


def _enter(draft: Draft, carried: Value, inputs: Sequence[Input], entry: Entry) -> Value:
    """Makes of features what the graph reads; returns whether each value is missing."""
    starts, own = places(inputs), [inputs[at] for at in entry.places]
    if own[0].width == 1:
        value = some(carried, [starts[at] for at in entry.places])
    else:
        value = some(values(carried, inputs), entry.places)
    missing = value.is_nan()
    if not entry.may_be_missing:
        value = missing.chosen(draft.number(0.0, value.dtype), value)
    if entry.element == TensorProto.STRING:
        known = own[0].levels
        value = value.whole().among(np.array([*known, texts.other(known)], object))
    name = draft.node("Cast", [value.name], to=entry.element)
    if entry.is_flat:
        name = draft.node("Reshape", [name, draft.constant(np.array([-1]))])
    draft.node("Identity", [name], output=_called(entry.name))
    return missing


def _unless(draft: Draft, missing: Sequence[Value], ways_in: Sequence[Entry], scores: Value) -> Value:
    """The scores, or NaN where a value is missing that cannot be."""
    every = zip(missing, ways_in, strict=True)
    bound = [(flag, len(entry.places)) for flag, entry in every if not entry.may_be_missing]
    if not bound:
        return scores
    columns = sum(width for _, width in bound)
    flags = Value(draft, draft.node("Concat", [flag.single().name for flag, _ in bound], axis=1), SINGLE)
    # A product, as to sum along an axis is spelt differently in different versions of the steps.
    ones = Value(draft, draft.constant(np.ones((columns, 1), np.float32)), SINGLE)
    found = flags.node("MatMul", ones).node("Greater", 0.0, dtype=TRUTH)
    return found.chosen(draft.number("nan", DOUBLE), scores)
