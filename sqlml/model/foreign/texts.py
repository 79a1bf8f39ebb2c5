"""The texts that a graph tells apart: all others are one to it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from onnx import TensorProto, numpy_helper

from sqlml.model.foreign.problems import StepRefused
from sqlml.model.foreign.steps import tensors

if TYPE_CHECKING:
    import onnx

# What only moves texts, and what only asks whether a text is one of those that stand in the graph.
_MOVING = """
    Identity Reshape Concat Unsqueeze Squeeze Flatten Transpose Gather GatherElements ArrayFeatureExtractor Slice Split
""".split()
_ASKING = ("LabelEncoder", "CategoryMapper", "OneHotEncoder", "Equal")


def levels(graph: "onnx.GraphProto", read: Sequence[str]) -> tuple[str, ...]:
    """The texts that stand in a graph which reads texts under these names; none where it reads no texts.

    Raises:
        StepRefused: it looks into a text.
    """
    if not read:
        return ()
    of_rows = set(read)
    for node in graph.node:
        if of_rows & set(node.input) and node.op_type not in (*_MOVING, *_ASKING):
            raise StepRefused(node.op_type, "which looks into the texts of a row")
        if of_rows & set(node.input) and node.op_type in _MOVING:
            of_rows |= set(node.output)
    return tuple(dict.fromkeys(_standing(graph)))


def other(known: Sequence[str]) -> str:
    """A text that is none of these."""
    text = "other"
    while text in known:
        text += "_"
    return text


def _standing(graph: "onnx.GraphProto") -> Iterator[str]:
    for attribute in (one for node in graph.node for one in node.attribute):
        yield from (text.decode() for text in attribute.strings)
    for tensor in tensors(graph):
        if tensor.data_type == TensorProto.STRING:
            yield from (str(text) for text in numpy_helper.to_array(tensor).reshape(-1))
