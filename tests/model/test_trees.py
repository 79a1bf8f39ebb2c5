"""Trees that were written into a graph are read back as they were."""

import numpy as np
import onnx as onnx_library
import pytest

from sqlml.model import onnx
from sqlml.model.problems import ModelDamaged
from sqlml.model.trees import OPERATOR, forest
from sqlml.schema import Task

from . import forms


def nodes(content: bytes) -> list[onnx_library.NodeProto]:
    return [node for node in onnx_library.load_from_string(content).graph.node if node.op_type == OPERATOR]


@pytest.mark.parametrize(("quantities", "categories"), [(5, 0), (4, 3), (0, 2)])
def test_trees_are_read_as_they_were_written(quantities: int, categories: int) -> None:
    written = forms.forest(quantities, categories, 26)
    content = onnx.build(written, forms.features(quantities, categories), Task.MULTICLASS)
    (node,) = nodes(content)
    read = forest(node)
    for name in ("feature", "missing_yes", "yes", "no", "roots", "leaf", "output"):
        assert np.array_equal(getattr(read, name), getattr(written, name)), name
    is_set = written.members >= 0
    assert np.array_equal(read.members >= 0, is_set)
    assert np.array_equal(read.threshold[~is_set], written.threshold[~is_set])
    for split in np.flatnonzero(is_set):
        assert np.array_equal(read.sets[read.members[split]], written.sets[written.members[split]])


def test_other_comparisons_are_refused() -> None:
    content = onnx.build(forms.forest(3, 0, 1), forms.features(3, 0), Task.REGRESSION)
    (node,) = nodes(content)
    modes = next(attribute for attribute in node.attribute if attribute.name == "nodes_modes")
    modes.t.raw_data = bytes([1]) * len(modes.t.raw_data)
    with pytest.raises(ModelDamaged):
        forest(node)
