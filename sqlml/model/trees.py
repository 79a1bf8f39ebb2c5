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


def split(content: bytes, *, linked: bool = False) -> tuple[dict[str, Forest], bytes]:
    """The trees of a serialised graph whose sums come straight of its features, and the rest of it.

    The rest has an input (rows, sums) in place of each of their nodes, of the name that the forest has here; or, where
    forests are to have their bases and links too, an input (rows, outputs) in place of their scores. It is empty where
    the scores of the only forest are the graph's. Trees that are of another sort than ours are part of the rest.
    """
    import onnx

    model = onnx.load_from_string(content)
    nodes = model.graph.node
    features = {node.output[0] for node in nodes if node.op_type == "Cast" and node.input[0] == "features"}
    forests = {}
    for node in [node for node in nodes if node.op_type == OPERATOR and node.input[0] in features]:
        try:
            name, found = node.output[0], forest(node)
        except ModelDamaged:
            continue
        if linked:
            name, found = _scored(model.graph, name, found)
        forests[name] = found
        outputs = 2 if found.link == "logistic" else len(found.base)
        _cut(model.graph, name, outputs)
    is_all = [(node.op_type, node.input[0] in forests) for node in nodes] == [("Identity", True)]
    return forests, b"" if is_all else model.SerializeToString()


def _scored(graph: "onnx.GraphProto", sums: str, trees: Forest) -> tuple[str, Forest]:
    """What the scores of trees are called that are known by their sums so far, and the trees with base and link."""
    from onnx import numpy_helper

    constants = {one.name: one for one in graph.initializer}
    asking = [node for node in graph.node if sums in node.input]
    if [node.op_type for node in asking] != ["Add"] or asking[0].input[1] not in constants:
        return sums, trees
    raw, base = asking[0].output[0], numpy_helper.to_array(constants[asking[0].input[1]]).reshape(-1)
    names = {link_name(link, raw): link for link in _LINKS}
    ends = [node for node in graph.node if node.name in names]
    if not ends:
        return raw, replace(trees, base=base)
    return ends[0].output[0], replace(trees, base=base, link=names[ends[0].name])


def _cut(graph: "onnx.GraphProto", name: str, outputs: int) -> None:
    """Has a value (rows, outputs) given to the graph and not computed, nor what nothing else needs."""
    import onnx

    graph.input.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, ["rows", outputs]))
    needed, kept = {one.name for one in graph.output}, []
    for node in reversed(graph.node):
        if node.output[0] in needed and node.output[0] != name:
            needed |= set(node.input)
            kept.append(node)
    del graph.node[:]
    graph.node.extend(reversed(kept))


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
