"""Reads the trees of a graph back, as plain arrays: the other direction of what `onnx` writes; the gate to onnx."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Codes, Forest, Link
from sqlml.model.problems import ModelDamaged

if TYPE_CHECKING:
    import onnx

OPERATOR = "TreeEnsemble"
# In the metadata of a graph whose trees are best walked down one after the other.
WALKED = "trees are walked"

# How the operator spells "at most", "is one of", and "add the leaves up".
_LEQ, _MEMBER, _SUM = 0, 6, 1


# The links that are found again in a graph.
_LINKS: tuple[Link, ...] = ("exp", "logistic", "softmax")


def link_name(link: Link, sums: str) -> str:
    """The name of the node whose output is what a link makes of the sums of that name."""
    return f"{link} of {sums}"


def split(content: bytes) -> tuple[dict[str, Forest], bytes]:
    """The trees of a serialised graph whose sums come straight of its features, and the rest of it.

    The rest has an input (rows, sums) in place of each of their nodes, of the name that the forest has here. Trees that
    are of another sort than ours are part of the rest.
    """
    import onnx

    model = onnx.load_from_string(content)
    nodes = model.graph.node
    forests = {}
    for node in _asked_of_features(model.graph):
        (name,) = node.output
        try:
            forests[name] = forest(node)
        except ModelDamaged:
            continue
        nodes.remove(node)
        sums = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, ["rows", len(forests[name].base)])
        model.graph.input.append(sums)
    return forests, model.SerializeToString()


def lone(content: bytes) -> tuple[Forest, bytes] | None:
    """The forest, with base and link, whose scores are all that a serialised graph computes, and a graph of its sums.

    None for any other graph.
    """
    import onnx

    model = onnx.load_from_string(content)
    graph = model.graph
    trees = _asked_of_features(graph)
    if len(trees) != 1 or graph.node[-1].op_type != "Identity":
        return None
    try:
        found = forest(trees[0])
    except ModelDamaged:
        return None
    (sums,) = trees[0].output
    name, linked = _linked(graph, sums, found)
    if graph.node[-1].input[0] != name:
        return None
    del graph.output[:], graph.node[list(graph.node).index(trees[0]) + 1 :]
    graph.output.append(onnx.helper.make_tensor_value_info(sums, onnx.TensorProto.DOUBLE, ["rows", len(linked.base)]))
    return linked, model.SerializeToString()


def _asked_of_features(graph: "onnx.GraphProto") -> "list[onnx.NodeProto]":
    """The nodes of trees that are asked of the features themselves."""
    features = {node.output[0] for node in graph.node if node.op_type == "Cast" and node.input[0] == "features"}
    return [node for node in graph.node if node.op_type == OPERATOR and node.input[0] in features]


def _linked(graph: "onnx.GraphProto", sums: str, trees: Forest) -> tuple[str, Forest]:
    """The name of the scores that a graph makes of trees' sums, as far as they are its alone, and the trees with it."""
    from onnx import numpy_helper

    constants = {one.name: one for one in graph.initializer}
    asking = [node for node in graph.node if sums in node.input]
    if [node.op_type for node in asking] != ["Add"] or asking[0].input[1] not in constants:
        return sums, trees
    raw, base = asking[0].output[0], numpy_helper.to_array(constants[asking[0].input[1]]).reshape(-1)
    names = {link_name(link, raw): link for link in _LINKS}
    for node in graph.node:
        if node.name in names:
            return node.output[0], replace(trees, base=base, link=names[node.name])
    return raw, replace(trees, base=base)


def walking(content: bytes) -> bytes:
    """The same graph, its trees to be walked down."""
    import onnx

    model = onnx.load_from_string(content)
    model.metadata_props.add(key=WALKED, value="true")
    marked: bytes = model.SerializeToString()
    return marked


def forest(node: "onnx.NodeProto") -> Forest:
    """The trees of a `TreeEnsemble` node, which adds nothing to their sums and links nothing.

    Raises:
        ModelDamaged: it compares by other than "at most" and "is one of", or makes other than sums.
    """
    given = {attribute.name: _value(attribute) for attribute in node.attribute}
    modes = given["nodes_modes"]
    is_sum = given.get("aggregate_function", _SUM) == _SUM and not given.get("post_transform", 0)
    if not is_sum or not np.isin(modes, (_LEQ, _MEMBER)).all():
        raise ModelDamaged
    is_set = modes == _MEMBER
    return Forest(
        feature=given["nodes_featureids"],
        threshold=np.where(is_set, 0.0, given["nodes_splits"]),
        members=np.where(is_set, np.cumsum(is_set) - 1, -1),
        missing_yes=given.get("nodes_missing_value_tracks_true", np.zeros(len(modes))).astype(bool),
        yes=_target(given["nodes_truenodeids"], given["nodes_trueleafs"]),
        no=_target(given["nodes_falsenodeids"], given["nodes_falseleafs"]),
        sets=_sets(given.get("membership_values", np.empty(0))),
        roots=given["tree_roots"],
        leaf=given["leaf_weights"].astype(np.float64),
        output=given["leaf_targetids"],
        base=np.zeros(int(given["n_targets"])),
        link="identity",
    )


def _value(attribute: "onnx.AttributeProto") -> Any:
    """Whole numbers as int64, a tensor as the array that it is, a single number as itself."""
    from onnx import AttributeProto, numpy_helper

    if attribute.type == AttributeProto.INTS:
        return np.array(attribute.ints, np.int64)
    return numpy_helper.to_array(attribute.t) if attribute.type == AttributeProto.TENSOR else attribute.i


def _target(numbers: Codes, are_leaves: Codes) -> Codes:
    target: Codes = np.where(are_leaves != 0, ~numbers, numbers)
    return target


def _sets(values: NDArray[Any]) -> tuple[Codes, ...]:
    """Sets stand one behind the other, each closed by a NaN."""
    ends = [place for place, value in enumerate(values.tolist()) if math.isnan(value)]
    return tuple(part[:-1].astype(np.int64) for part in np.split(values, np.array(ends, np.int64) + 1)[:-1])
