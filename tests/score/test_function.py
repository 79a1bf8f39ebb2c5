"""The scoring function answers row by row, whatever models, chunks and threads the rows come with."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from sqlml.model import onnx
from sqlml.model.form import Constant, Floats, Linear, Matrix
from sqlml.model.problems import ModelDamaged
from sqlml.schema import Feature, Task
from sqlml.score import function
from sqlml.score.problems import ModelGone

WIDTH = 5
FEATURES = [Feature(f"f{i}", f"c{i}") for i in range(WIDTH)]
NONE = np.zeros(0, np.int64)


def graph(outputs: int, seed: int = 0) -> bytes:
    random = np.random.default_rng(seed)
    weights = random.normal(size=(WIDTH, outputs))
    form = Linear(
        quantities=np.arange(WIDTH),
        centre=np.zeros(WIDTH),
        scale=np.ones(WIDTH),
        low=np.full(WIDTH, -8.0),
        limit=8.0,
        weights=weights,
        absent=weights + 1,
        categories=NONE,
        levels=NONE,
        tables=np.zeros((0, outputs)),
        bias=np.zeros(outputs),
        link="identity" if outputs == 1 else "softmax",
    )
    return onnx.build(form, FEATURES, Task.REGRESSION)


def matrix(rows: int) -> Matrix:
    values = np.random.default_rng(9).normal(size=(rows, WIDTH)).astype(np.float32)
    values[::7] = np.nan
    return values


def lists(values: Matrix) -> pa.ListArray:
    ends = np.arange(0, values.size + 1, WIDTH, dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values.reshape(-1)))


def scores(models: list[str], values: Matrix) -> list[list[float]]:
    answer = function.score(pa.array(models, pa.string()), lists(values))
    assert answer.type == pa.list_(pa.float64())
    found: list[list[float]] = answer.to_pylist()
    return found


def test_what_is_not_held_yet_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "_graph", lambda _: SimpleNamespace(run=lambda rows: rows.astype(np.float64)))
    values = matrix(64)
    values[3, 1], values[4, 2], values[5, 3], values[6, 4] = np.inf, -np.inf, np.float32(3.402e38), -0.0
    flat = values.reshape(-1)
    ends = pa.array(np.arange(0, flat.size + 1, WIDTH, dtype=np.int32))
    given = pa.ListArray.from_arrays(ends, pa.array(flat, mask=np.isnan(flat)))
    names = pa.array(["m"] * 64)
    told = np.array(function.score(names, given, held=False).to_pylist())
    expected = np.clip(values, -3.4e38, 3.4e38).astype(np.float64)
    assert np.array_equal(told.view(np.int64), expected.view(np.int64))
    later = np.array(function.score(names[5:], given[5:], held=False).to_pylist())
    assert np.array_equal(later.view(np.int64), expected[5:].view(np.int64))


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models in memory are those of the test alone."""
    monkeypatch.setattr(function, "_graphs", OrderedDict())
    monkeypatch.setattr(function, "loader", None)


@pytest.mark.parametrize("outputs", [1, 2, 26])
def test_rows_are_scored_by_a_remembered_model(outputs: int) -> None:
    function.remember("m", graph(outputs))
    assert function.is_ready("m")
    answer = scores(["m"] * 100, matrix(100))
    assert {len(row) for row in answer} == {outputs}
    assert scores(["m"], matrix(100)[99:]) == answer[99:]


def test_no_rows_give_no_scores() -> None:
    assert scores([], matrix(0)) == []


def test_rows_of_several_models_come_back_in_their_order() -> None:
    function.remember("one", graph(1))
    function.remember("three", graph(3, seed=1))
    models = ["one", "three", "three", "one", "one", "three"] * 20
    answer = scores(models, matrix(120))
    alone = {name: scores([name] * 120, matrix(120)) for name in ("one", "three")}
    assert answer == [alone[name][row] for row, name in enumerate(models)]


def test_sliced_and_chunked_arrays_are_read_right() -> None:
    function.remember("m", graph(2))
    whole = scores(["m"] * 100, matrix(100))
    ids, rows = pa.array(["m"] * 100), lists(matrix(100))
    assert function.score(ids.slice(40, 20), rows.slice(40, 20)).to_pylist() == whole[40:60]
    chunked = pa.chunked_array([rows.slice(0, 33), rows.slice(33)])
    assert function.score(pa.chunked_array([ids]), chunked).to_pylist() == whole


def test_a_model_that_is_not_in_memory_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def load(model: str) -> bytes | None:
        asked.append(model)
        return graph(1) if model == "stored" else None

    monkeypatch.setattr(function, "loader", load)
    assert scores(["stored"] * 3, matrix(3)) == scores(["stored"] * 3, matrix(3))
    assert asked == ["stored"]
    with pytest.raises(ModelGone):
        scores(["dropped"], matrix(1))


def test_a_model_without_a_loader_is_gone() -> None:
    with pytest.raises(ModelGone):
        scores(["m"], matrix(1))


def test_damaged_bytes_are_not_remembered() -> None:
    with pytest.raises(ModelDamaged):
        function.remember("m", b"nothing")
    assert not function.is_ready("m")


def test_models_not_used_for_longest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    content = graph(3)
    monkeypatch.setattr(function, "_ROOM", 2 * len(content))
    for name in ("first", "second"):
        function.remember(name, content)
    scores(["first"], matrix(1))
    function.remember("third", content)
    assert [function.is_ready(name) for name in ("first", "second", "third")] == [True, False, True]
    monkeypatch.setattr(function, "_ROOM", 1)
    function.remember("large", content)
    assert function.is_ready("large")


def test_threads_score_and_load_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = {f"m{i}": graph(2, seed=i) for i in range(4)}
    monkeypatch.setattr(function, "loader", contents.get)
    monkeypatch.setattr(function, "_ROOM", 2 * len(contents["m0"]))
    alone = {name: scores([name] * 50, matrix(50)) for name in contents}
    work = [name for name in contents for _ in range(20)]
    with ThreadPoolExecutor(4) as threads:
        for name, answer in zip(work, threads.map(lambda name: scores([name] * 50, matrix(50)), work), strict=True):
            assert answer == alone[name]


def test_a_constant_model_answers_every_row() -> None:
    shares: Floats = np.array([0.25, 0.75])
    function.remember("m", onnx.build(Constant(shares), FEATURES, Task.BINARY))
    assert scores(["m"] * 3, matrix(3)) == [[0.25, 0.75]] * 3
