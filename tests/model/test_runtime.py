"""The runtime is quiet, bounded, thread-safe, and says in our words what is wrong."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sqlml.model import onnx
from sqlml.model.problems import ModelDamaged, ScoringFailed
from sqlml.model.runtime import Graph
from sqlml.schema import Task

from . import forms


def graph() -> Graph:
    return Graph(onnx.build(forms.forest(5, 3, 26), forms.features(5, 3), Task.MULTICLASS))


def test_no_rows_give_no_scores() -> None:
    assert graph().run(np.zeros((0, 8), np.float32)).shape == (0, 26)


def test_many_rows_are_computed_piece_by_piece() -> None:
    matrix = forms.rows(5, 3, 5000)
    whole = graph().run(matrix)
    assert np.array_equal(whole[4990:], graph().run(matrix[4990:]))


def test_rows_that_lie_scattered_in_memory_are_read_right() -> None:
    matrix = forms.rows(5, 3, 64)
    assert np.array_equal(graph().run(np.asfortranarray(matrix)[::2]), graph().run(matrix[::2]))


def test_threads_share_a_graph() -> None:
    shared, matrix = graph(), forms.rows(5, 3, 999)
    alone = shared.run(matrix)
    with ThreadPoolExecutor(4) as threads:
        assert all(np.array_equal(scores, alone) for scores in threads.map(lambda _: shared.run(matrix), range(16)))


@pytest.mark.parametrize("damage", [b"", b"not a model", None])
def test_damaged_bytes_are_a_damaged_model(damage: bytes | None, capfd: pytest.CaptureFixture[str]) -> None:
    content = onnx.build(forms.linear(2, 1, 2), forms.features(2, 1), Task.BINARY)
    with pytest.raises(ModelDamaged):
        Graph(content[: len(content) // 2] if damage is None else damage)
    assert capfd.readouterr() == ("", "")


def test_a_failed_computation_is_a_problem_of_so_many_rows(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ScoringFailed, match="for 40 rows"):
        graph().run(np.zeros((40, 3), np.float32))
    assert capfd.readouterr() == ("", "")
