"""Writes a fitted learner as one self-contained graph, from encoded features to scores; the gate to onnx.

Input `features`: FLOAT (rows, features), missing = NaN. Output `scores`: DOUBLE (rows, outputs), one value for
regression, [1 - p, p] for two classes, one probability a class for more. All arithmetic is in 64 bits.
"""

import json
from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sqlml.model.draft import DOUBLE, SINGLE, TREES, Draft, Value
from sqlml.model.form import DEPTH, FAR, SLOPE, STEEP, Blend, Constant, Floats, Forest, Form, Linear, Link, Network
from sqlml.model.trees import link_name
from sqlml.schema import Feature, Task

# In the metadata of a graph: how it was made.
_ORIGIN = "origin"

# How `TreeEnsemble` spells "at most", "is one of", and "add the leaves up".
_LEQ, _MEMBER, _SUM = 0, 6, 1


def build(form: Form, features: Sequence[Feature], task: Task, origin: str = "") -> bytes:
    """The graph of `form` over rows of `features`, serialised; `origin` is kept beside it, for `origin` to read."""
    graph = Draft()
    graph.input("features", SINGLE, "missing = NaN", ["rows", len(features)])
    graph.output("scores", Value(graph, _scores(graph, form), DOUBLE), "", ["rows", "outputs"])
    described = [{"name": feature.name, "column": feature.column, "levels": feature.levels} for feature in features]
    return graph.content("", {"task": task.value, "features": json.dumps(described), _ORIGIN: origin})


def origin(content: bytes) -> str:
    """What a serialised graph keeps of how it was made; nothing in one that an older release wrote."""
    kept: dict[str, str] = {one.key: one.value for one in onnx.load_from_string(content).metadata_props}
    return kept.get(_ORIGIN, "")


def _scores(graph: Draft, form: Form) -> str:
    if isinstance(form, Blend):
        return _blend(graph, form)
    if isinstance(form, Constant):
        return _repeated(graph, form.scores)
    return _linked(graph, _raw(graph, form), form.link)


def _raw(graph: Draft, form: Linear | Forest | Network) -> str:
    if isinstance(form, Forest):
        return _forest(graph, form)
    return _network(graph, form) if isinstance(form, Network) else _linear(graph, form)


def _blend(graph: Draft, form: Blend) -> str:
    parts = [
        graph.node("Mul", [_scores(graph, member), graph.constant(np.array(weight))])
        for weight, member in zip(form.weights, form.members, strict=True)
    ]
    mean = graph.node("Sum", parts)
    if form.power == 1.0:
        return mean
    powers = graph.node("Mul", [graph.node("Log", [mean]), graph.constant(np.array(form.power))])
    return graph.node("Softmax", [powers], axis=1)


def _repeated(graph: Draft, row: Floats) -> str:
    """`row` once for every input row."""
    rows = graph.node("Shape", ["features"], start=0, end=1)
    shape = graph.node("Concat", [rows, graph.constant(np.array([len(row)]))], axis=0)
    return graph.node("Expand", [graph.constant(row[None, :]), shape])


def _linked(graph: Draft, raw: str, link: Link) -> str:
    """Scores of the sums `raw`; the last node is named so that it is found again."""
    named = {"name": link_name(link, raw)}
    if link == "identity":
        return raw
    if link == "exp":
        return graph.node("Sub", [graph.node("Exp", [raw]), graph.constant(np.array(1.0))], **named)
    if link == "softmax":
        return graph.node("Softmax", [raw], axis=1, **named)
    if link == "power":
        return graph.node("Exp", [raw])
    if link == "square":
        return graph.node("Mul", [raw, graph.node("Abs", [raw])])
    if link == "softplus":
        return _softplus(graph, raw)
    if link in ("share", "shares"):
        return _shares(graph, raw, link)
    # Two separate quotients keep small probabilities exact at both ends; a ready-made sigmoid rounds them to 0.
    minus = graph.node("Neg", [raw])
    return graph.node("Concat", [_share(graph, power) for power in (raw, minus)], axis=1, **named)


def _shares(graph: Draft, raw: str, link: Link) -> str:
    each = _share(graph, graph.node("Neg", [raw]))
    if link == "share":
        return each
    return graph.node("Div", [each, graph.node("ReduceSum", [each, graph.constant(np.array([1]))], keepdims=1)])


def _share(graph: Draft, power: str) -> str:
    """`1 / (1 + exp(power))`."""
    one = graph.constant(np.array([1.0]))
    return graph.node("Div", [one, graph.node("Add", [one, graph.node("Exp", [power])])])


def _softplus(graph: Draft, raw: str) -> str:
    """`log(1 + exp(raw))`, to the last digits also where it is next to nothing; no ready-made one is of 64 bits."""
    one = graph.constant(np.array([1.0]))
    power = graph.node("Exp", [graph.node("Neg", [graph.node("Abs", [raw])])])
    total = graph.node("Add", [one, power])
    # How `power` was rounded beside the one is in the logarithm too, and in this divided by it no more (Kahan).
    seen = graph.node("Sub", [total, one])
    whole = graph.node("Mul", [graph.node("Log", [total]), graph.node("Div", [power, seen])])
    is_lost = graph.node("Equal", [seen, graph.constant(np.array(0.0))])
    return graph.node("Add", [graph.node("Relu", [raw]), graph.node("Where", [is_lost, power, whole])])


def _linear(graph: Draft, form: Linear) -> str:
    values = graph.node("Cast", ["features"], to=TensorProto.DOUBLE)
    parts = [_quantities(graph, values, form)] if len(form.quantities) else []
    parts += [_categories(graph, values, form)] if len(form.categories) else []
    if not parts:
        return _repeated(graph, form.bias)
    return graph.node("Sum", [*parts, graph.constant(form.bias[None, :])])


def _quantities(graph: Draft, values: str, form: Linear) -> str:
    chosen = graph.node("Gather", [values, graph.constant(form.quantities)], axis=1)
    missing = graph.node("IsNaN", [chosen])
    centred = graph.node("Sub", [chosen, graph.constant(form.centre)])
    scaled = graph.node("Mul", [centred, graph.constant(form.scale)])
    clipped = graph.node("Max", [scaled, graph.constant(form.low)])
    clipped = graph.node("Min", [clipped, graph.constant(np.array(form.limit))])
    standard = graph.node("Where", [missing, graph.constant(np.array(0.0)), clipped])
    absent = graph.node("Cast", [missing], to=TensorProto.DOUBLE)
    inputs = graph.node("Concat", [standard, absent], axis=1)
    return graph.node("MatMul", [inputs, graph.constant(np.vstack([form.weights, form.absent]))])


def _categories(graph: Draft, values: str, form: Linear) -> str:
    weights = graph.node("Gather", [graph.constant(form.tables), _table_rows(graph, values, form)], axis=0)
    return graph.node("ReduceSum", [weights, graph.constant(np.array([1]))], keepdims=0)


def _table_rows(graph: Draft, values: str, form: Linear | Network) -> str:
    levels = form.levels.astype(np.float64)
    codes = graph.node("Gather", [values, graph.constant(form.categories)], axis=1)
    least = graph.node("GreaterOrEqual", [codes, graph.constant(np.array(0.0))])
    known = graph.node("And", [least, graph.node("Less", [codes, graph.constant(levels)])])
    rows = graph.node("Where", [known, codes, graph.constant(levels)])
    rows = graph.node("Where", [graph.node("IsNaN", [codes]), graph.constant(levels + 1), rows])
    whole = graph.node("Cast", [rows], to=TensorProto.INT64)
    return graph.node("Add", [whole, graph.constant(form.offsets)])


def _network(graph: Draft, form: Network) -> str:
    """The sums of the last layer.

    The numbers of the curve "selu" are moved into the weights after it: what passes between is `above / DEPTH + below`.
    """
    hidden = _inputs(graph, form)
    last = len(form.weights) - 1
    for layer, (weights, bias) in enumerate(zip(form.weights, form.biases, strict=True)):
        if layer and form.curve == "selu":
            weights, bias = SLOPE * DEPTH * weights, bias - SLOPE * DEPTH * weights.sum(axis=0)
        product = graph.node("MatMul", [hidden, graph.constant(weights)])
        hidden = graph.node("Add", [product, graph.constant(bias)])
        if layer < last:
            hidden = _selu(graph, hidden) if form.curve == "selu" else _mish(graph, hidden)
    if form.span is None:
        return hidden
    return graph.node("Clip", [hidden, *(graph.constant(np.array(bound)) for bound in form.span)])


def _selu(graph: Draft, sums: str) -> str:
    above = graph.node("Relu", [sums])
    below = graph.node("Exp", [graph.node("Sub", [sums, above])])
    return graph.node("Add", [graph.node("Mul", [above, graph.constant(np.array(1.0 / DEPTH))]), below])


def _mish(graph: Draft, sums: str) -> str:
    two = graph.constant(np.array(2.0))
    power = graph.node("Exp", [graph.node("Min", [sums, graph.constant(np.array(STEEP))])])
    ratio = graph.node("Mul", [power, graph.node("Add", [power, two])])
    return graph.node("Mul", [sums, graph.node("Div", [ratio, graph.node("Add", [ratio, two])])])


def _inputs(graph: Draft, form: Network) -> str:
    """What enters the first layer."""
    values = graph.node("Cast", ["features"], to=TensorProto.DOUBLE)
    parts = _waves(graph, values, form) if len(form.quantities) else []
    if len(form.flagged):
        chosen = graph.node("Gather", [values, graph.constant(form.flagged)], axis=1)
        parts.append(graph.node("Cast", [graph.node("IsNaN", [chosen])], to=TensorProto.DOUBLE))
    if len(form.shown):
        chosen = graph.node("Gather", [values, graph.constant(form.shown)], axis=1)
        same = graph.node("Equal", [chosen, graph.constant(form.codes)])
        parts.append(graph.node("Cast", [same], to=TensorProto.DOUBLE))
    if len(form.categories):
        rows = graph.node("Gather", [graph.constant(form.tables), _table_rows(graph, values, form)], axis=0)
        parts.append(_flat(graph, rows))
    return graph.node("Concat", parts, axis=1)


def _waves(graph: Draft, values: str, form: Network) -> list[str]:
    """The quantities, brought near to 0, and their waves."""
    chosen = graph.node("Gather", [values, graph.constant(form.quantities)], axis=1)
    centred = graph.node("Sub", [chosen, graph.constant(form.centre)])
    scaled = graph.node("Mul", [centred, graph.constant(form.scale)])
    far = graph.node("Clip", [scaled, *(graph.constant(np.array(bound)) for bound in (-FAR, FAR))])
    third = graph.node("Div", [far, graph.constant(np.array(3.0))])
    size = graph.node("Add", [graph.node("Mul", [third, third]), graph.constant(np.array(1.0))])
    squashed = graph.node("Div", [far, graph.node("Sqrt", [size])])
    near = graph.node("Where", [graph.node("IsNaN", [chosen]), graph.constant(np.array(0.0)), squashed])
    if not form.frequency.size:
        return [near]
    each = graph.node("Unsqueeze", [near, graph.constant(np.array([2]))])
    turned = graph.node("Mul", [each, graph.constant(form.frequency)])
    moved = graph.node("Add", [turned, graph.constant(form.phase)])
    return [near, _flat(graph, graph.node("Cos", [moved]))]


def _flat(graph: Draft, values: str) -> str:
    """Values (rows, some, others) as (rows, some * others)."""
    return graph.node("Reshape", [values, graph.constant(np.array([0, -1]))])


def _forest(graph: Draft, form: Forest) -> str:
    if not len(form.roots):
        return _repeated(graph, form.base)
    values = graph.node("Cast", ["features"], to=TensorProto.DOUBLE)
    trees = graph.node("TreeEnsemble", [values], domain=TREES)
    _describe(graph.nodes[-1], form)
    return graph.node("Add", [trees, graph.constant(form.base[None, :])])


def _describe(node: onnx.NodeProto, form: Forest) -> None:
    is_set = form.members >= 0
    sets = [np.append(form.sets[which].astype(np.float64), np.nan) for which in form.members[is_set]]
    whole = {
        "nodes_featureids": form.feature,
        "nodes_missing_value_tracks_true": form.missing_yes,
        "nodes_truenodeids": np.where(form.yes < 0, ~form.yes, form.yes),
        "nodes_trueleafs": form.yes < 0,
        "nodes_falsenodeids": np.where(form.no < 0, ~form.no, form.no),
        "nodes_falseleafs": form.no < 0,
        "leaf_targetids": form.output,
        "tree_roots": form.roots,
    }
    tensors = {
        "nodes_splits": np.where(is_set, 0.0, form.threshold),
        "nodes_modes": np.where(is_set, _MEMBER, _LEQ).astype(np.uint8),
        "leaf_weights": form.leaf,
    }
    if sets:
        tensors["membership_values"] = np.concatenate(sets)
    numbers = {"aggregate_function": _SUM, "post_transform": 0, "n_targets": len(form.base)}
    # `make_attribute` inspects every element, which for a large forest takes longer than to train it.
    for name, array in whole.items():
        attribute = node.attribute.add(name=name, type=onnx.AttributeProto.INTS)
        attribute.ints.extend(array.astype(np.int64).tolist())
    node.attribute.extend(
        helper.make_attribute(name, numpy_helper.from_array(array, name)) for name, array in tensors.items()
    )
    node.attribute.extend(helper.make_attribute(name, number) for name, number in numbers.items())
