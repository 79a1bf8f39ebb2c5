"""A stored graph as plain nodes, for whoever writes it in another language; the gate to onnx."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Forest
from sqlml.model.trees import OPERATOR, forest

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, eq=False)
class Node:
    """One operation: what it is called, the names of what goes in and of what comes out, and its settings.

    Trees have their `forest` instead of settings.
    """

    operator: str
    inputs: tuple[str, ...]
    output: str
    settings: Mapping[str, Any]
    forest: Forest | None = None


def read(content: bytes) -> tuple[list[Node], dict[str, NDArray[Any]]]:
    """The nodes of a serialised graph in the order of their work, and its constants by name."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load_from_string(content).graph
    constants = {one.name: np.asarray(numpy_helper.to_array(one)) for one in graph.initializer}
    return [_node(node) for node in graph.node], constants


def _node(node: "onnx.NodeProto") -> Node:
    from onnx import helper

    if node.op_type == OPERATOR:
        return Node(node.op_type, tuple(node.input), node.output[0], {}, forest(node))
    settings = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    return Node(node.op_type, tuple(node.input), node.output[0], settings)
