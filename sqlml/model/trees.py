"""Reads the trees of a graph back, as plain arrays: the other direction of what `onnx` writes."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Codes, Forest
from sqlml.model.problems import ModelDamaged

if TYPE_CHECKING:
    import onnx

OPERATOR = "TreeEnsemble"

# How the operator spells "at most" and "is one of"; other comparisons are not written by us.
_LEQ, _MEMBER = 0, 6


def forest(node: "onnx.NodeProto") -> Forest:
    """The trees of a `TreeEnsemble` node, which adds nothing to their sums and links nothing.

    Raises:
        ModelDamaged: its comparisons are others than "at most" and "is one of".
    """
    given = {attribute.name: _value(attribute) for attribute in node.attribute}
    modes = given["nodes_modes"]
    if not np.isin(modes, (_LEQ, _MEMBER)).all():
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
