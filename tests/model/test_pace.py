"""The quicker way of asking trees is found by measuring, and kept with the graph."""

import numpy as np
import pytest

from sqlml.model import onnx, pace
from sqlml.model.pace import paced
from sqlml.model.runtime import Graph
from sqlml.schema import Task

from . import forms

CONTENT = onnx.build(forms.forest(5, 3, 1, trees=300), forms.features(5, 3), Task.REGRESSION)
ROWS = forms.rows(5, 3, 100)


def test_trees_are_asked_all_at_once_where_that_is_quicker() -> None:
    chosen = paced(CONTENT, ROWS)
    assert chosen.graph == CONTENT
    assert Graph(chosen.graph).is_compiled
    assert chosen.pace.gain is not None
    assert chosen.pace.gain >= 1.0
    assert "times as fast as one after the other" in str(chosen.pace)


def test_trees_are_walked_where_that_is_quicker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_seconds", lambda graph, rows: 2.0 if graph.is_compiled else 1.0)
    chosen = paced(CONTENT, ROWS)
    ready = Graph(chosen.graph)
    assert not ready.is_compiled
    assert chosen.pace.gain is None
    assert np.array_equal(ready.run(ROWS), Graph(CONTENT).run(ROWS))


def test_a_graph_without_trees_has_a_pace_too() -> None:
    content = onnx.build(forms.linear(5, 3, 1), forms.features(5, 3), Task.REGRESSION)
    chosen = paced(content, ROWS[:0])
    assert chosen.graph == content
    assert chosen.pace.rate > 0
    assert str(chosen.pace).endswith("rows a second and thread")
