"""What is particular to networks; the contract of a learner is tested with the others'."""

import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sqlml.model import onnx
from sqlml.model.form import Constant, Matrix, Network
from sqlml.model.runtime import Graph
from sqlml.schema import Feature, Task
from sqlml.testing.learner import small_table
from sqlml.train import clock, device
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.learners import network
from sqlml.train.learners.descent import _Writer, descent
from sqlml.train.learners.linear import LinearModel
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.learners.weights import Layout, begun, formed
from sqlml.train.loss import loss
from sqlml.train.table import Table
from tests.train.lost import lost

LEARNER = NeuralNetwork()


def settings(task: Task, **changes: object) -> Settings:
    return {**LEARNER.settings(100_000, 8, task)[0], "epochs": 8, **changes}


def fitted(table: Table, seconds: float = 60.0, **changes: object) -> Fitted:
    return LEARNER.fit(table, settings(table.task, **changes), Clock(seconds))


def whole(table: Table) -> Table:
    return table.split(np.arange(len(table.label)), np.zeros(0, np.int64))


@pytest.fixture(autouse=True, scope="module")
def _ready() -> None:
    """Loaded once, so that no test measures the loading."""
    device.opened()


@pytest.mark.parametrize("task", Task)
def test_a_network_finds_what_a_sum_of_columns_cannot(task: Task) -> None:
    table = small_table(task, rows=3000)
    linear = LinearModel().fit(table, {"l2": 1.0}, Clock(60))
    assert lost(table, fitted(table, epochs=32)) < 0.95 * lost(table, linear)


@pytest.mark.parametrize("curve", ["selu", "mish"])
def test_weights_give_in_training_what_their_form_predicts(curve: str) -> None:
    random = np.random.default_rng(0)
    layout = Layout((0, 1, 2), (1,), (3, 3), (0, 1), (4,), (5,), 6, 3, (16, 8, 1), curve, "identity")  # type: ignore[arg-type]
    matrix = random.normal(size=(50, 5)).astype(np.float32)
    matrix[:, 3], matrix[:, 4] = random.integers(0, 3, 50), random.integers(-1, 7, 50)
    matrix[random.random(matrix.shape) < 0.2] = np.nan
    matrix[:2, 0] = np.inf, -np.inf
    centre, scale = np.array([0.0, 0.5, -0.5]), np.array([1.0, 2.0, 0.5])
    flat = begun(layout, centre, scale, matrix, random)
    tensorflow, found = device.opened()
    parts = [matrix, np.zeros(50), np.ones(50), centre, scale]
    rows = tuple(tensorflow.constant(part.astype(np.float32)) for part in parts)
    judge = descent(tensorflow, layout, f"/{found.device}:0").judge
    squares = [
        float(judge(tensorflow.constant(flat.astype(np.float32)), rows, tensorflow.constant([row], tensorflow.int32)))
        for row in range(50)
    ]
    expected = formed(layout, flat, centre, scale).predict(matrix)[:, 0] ** 2
    np.testing.assert_allclose(squares, expected, rtol=2e-3, atol=1e-4)


@pytest.mark.parametrize("curve", ["selu", "mish"])
def test_computations_that_are_put_together_come_to_the_same(curve: str) -> None:
    """As they are for a GPU; of units left out it would be others that are."""
    random, count = np.random.default_rng(0), 200
    layout = Layout((0, 1), (1,), (2, 2), (0, 1), (3, 4), (5, 40), 6, 3, (16, 8, 4), curve, "softmax")  # type: ignore[arg-type]
    codes = [random.integers(-1, levels + 2, count) for levels in (2, 5, 40)]
    matrix = np.column_stack([random.normal(size=(count, 2)), *codes]).astype(np.float32)
    matrix[random.random(matrix.shape) < 0.1] = np.nan
    flat = begun(layout, np.zeros(2), np.ones(2), matrix, random).astype(np.float32)
    tensorflow, _ = device.opened()
    tensor = tensorflow.convert_to_tensor
    label, ones, zeros = random.integers(0, 4, count).astype(np.int32), np.ones(count, np.float32), np.zeros_like(flat)
    rows = tuple(map(tensor, (matrix, label, ones, zeros[:2], ones[:2])))
    order = np.stack([random.permutation(count)[:32] for _ in range(8)]).astype(np.int32)
    rest = tensor(order), tensor(np.tile(np.array([0.01, 0.01, 0.0], np.float32), (8, 1))), tensor([3, 0, 5])
    apart, together = (
        _Writer(tensorflow, layout, "/CPU:0", together=way)
        .descent()
        .advance(tuple(map(tensor, (flat, zeros, zeros))), rows, *rest)
        for way in (False, True)
    )
    assert np.abs(apart[0] - flat).max() > 0.01
    for one, other in zip(apart, together, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_units_begin_with_a_spread_of_one() -> None:
    layout = Layout((0, 1), (), (), (), (), (), 4, 0, (12, 1), "selu", "identity")
    random = np.random.default_rng(0)
    matrix = random.normal(size=(800, 2)).astype(np.float32)
    form = formed(layout, begun(layout, np.zeros(2), np.ones(2), matrix, random), np.zeros(2), np.ones(2))
    sums = form.inputs(matrix) @ form.weights[0] + form.biases[0]
    np.testing.assert_allclose(sums.std(axis=0), 1.0, rtol=1e-6)


def test_fits_side_by_side_are_each_as_if_alone() -> None:
    table = small_table(Task.BINARY, rows=1200)
    folds = np.arange(1200) % 4
    tables = [table.split(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(4)]
    alone = [fitted(replace(each, memo={})).predict(table.matrix) for each in tables]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda each: fitted(each).predict(table.matrix), tables))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))
    assert not np.array_equal(alone[0], alone[1])


def test_another_seed_gives_another_network() -> None:
    table = small_table(Task.REGRESSION, rows=400)
    other = replace(table, seed=1, memo={})
    assert not np.array_equal(fitted(table).predict(table.matrix), fitted(other).predict(table.matrix))


def test_validation_decides_the_passes_and_the_next_fit_makes_as_many() -> None:
    # Labels without sense: the longer a network learns them, the worse it gets.
    table = small_table(Task.BINARY, rows=600)
    noise = replace(table, label=np.random.default_rng(1).integers(0, 2, 600).astype(np.float64), memo={})
    found = fitted(noise, epochs=48)
    assert found.again["epochs"] < 48
    again = LEARNER.fit(whole(noise), found.again, Clock(60))
    assert again.again == found.again
    assert again.way is None


def test_settings_of_several_fits_make_the_middle_number_of_passes() -> None:
    found = [settings(Task.BINARY, epochs=epochs) for epochs in (4, 30, 12)]
    assert LEARNER.merged(found, 1.25) == settings(Task.BINARY, epochs=12)


def test_the_clock_ends_a_fit_between_steps_and_it_predicts() -> None:
    table = small_table(Task.REGRESSION, rows=50_000)
    found = LEARNER.fit(whole(table), settings(table.task, epochs=10_000), Clock(1.5))
    assert not found.finished
    assert isinstance(found.form, Network)
    assert np.isfinite(found.predict(table.matrix[:100])).all()


@pytest.mark.parametrize("task", Task)
def test_without_time_the_baseline_is_what_there_is(task: Task) -> None:
    found = fitted(small_table(task, rows=300), seconds=0.0)
    assert isinstance(found.form, Constant)
    assert not found.finished


def test_less_time_is_planned_for_with_fewer_passes() -> None:
    table = small_table(Task.BINARY, rows=4000)
    long, short = fitted(table, seconds=600.0, epochs=32), fitted(table, seconds=0.1, epochs=32)
    assert short.work < long.work


def test_where_time_seems_short_it_is_tried_how_many_passes_there_are_in_it_unless_trials_are_counted() -> None:
    table = small_table(Task.BINARY, rows=2000)
    # Of a plain machine, there is hardly any time.
    ample, counted = (Clock(600.0, planned=0.05, counted=way) for way in (False, True))
    many, few = (LEARNER.fit(table, settings(table.task, epochs=32), clock) for clock in (ample, counted))
    assert many.work > 4 * few.work


def test_what_computations_take_to_be_written_is_not_counted_to_the_fit_that_needs_them_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed: list[float] = [0.0]
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: passed[0]))
    written = Layout((0,), (), (), (), (), (), 0, 0, (4, 1), "mish", "logistic")
    monkeypatch.setattr(network, "descent", lambda *_: passed.__setitem__(0, passed[0] + 7.0))
    whole = Clock(60.0, start=0.0)
    assert LEARNER._written(written, whole.part(2.0)).left == 2.0
    assert passed == [7.0]


def test_rows_of_weight_zero_are_as_if_not_there() -> None:
    table = small_table(Task.REGRESSION, rows=2000)
    label, weight = table.label.copy(), np.ones(2000)
    label[::2], weight[::2] = label.max(), 0.0
    weighted = fitted(replace(table, label=label, weight=weight, memo={}), epochs=16)
    unweighted = fitted(replace(table, label=label, memo={}), epochs=16)
    true = table.label[1::2]
    errors = [loss(table.task, true, each.predict(table.matrix[1::2])) for each in (weighted, unweighted)]
    assert errors[0] < 0.5 * errors[1]


def test_a_number_is_never_predicted_beyond_those_learned_from() -> None:
    table = small_table(Task.REGRESSION, rows=500)
    odd = table.matrix.copy()
    odd[::2, :4] = np.finfo(np.float32).max
    odd[1::2, :4] = -np.inf
    scores = fitted(table).predict(odd)
    known = table.label[table.fit]
    assert known.min() <= scores.min()
    assert scores.max() <= known.max()


def wide(matrix: Matrix, levels: int, label: np.ndarray, classes: int) -> Table:
    rows = len(matrix)
    features = tuple(Feature(f"feature {i}", f"column {i}", levels) for i in range(matrix.shape[1]))
    task = Task.MULTICLASS if classes > 2 else Task.BINARY
    fit, validation = np.arange(rows * 3 // 4), np.arange(rows * 3 // 4, rows)
    return Table(matrix, label.astype(np.float64), fit, validation, features, task, classes, 0, 1)


@pytest.mark.parametrize("levels", [0, 4, 100])
def test_thousands_of_columns_are_no_trouble(levels: int) -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(160, 3000)) if levels == 0 else random.integers(0, levels, (160, 3000))
    table = wide(values.astype(np.float32), levels, random.integers(0, 2, 160), 2)
    found = fitted(table, epochs=1)
    assert math.isfinite(lost(table, found))
    graph = Graph(onnx.build(found.form, table.features, table.task))
    np.testing.assert_allclose(graph.run(table.matrix), found.predict(table.matrix), rtol=1e-9)


def test_a_thousand_classes_are_no_trouble() -> None:
    random = np.random.default_rng(0)
    label = np.arange(4000) % 1000
    table = wide(np.column_stack([label, random.normal(size=4000)]).astype(np.float32), 0, label, 1000)
    found = fitted(table, epochs=4)
    assert lost(table, found) < math.log(1000)


def test_columns_of_one_value_alone_give_the_baseline() -> None:
    table = wide(np.full((100, 2), np.inf, np.float32), 0, np.arange(100) % 2, 2)
    assert isinstance(fitted(table).form, Constant)


@pytest.mark.parametrize("offset", [0.0, 1e12])
def test_tiny_and_far_off_numbers_are_learned_like_others(offset: float) -> None:
    table = small_table(Task.REGRESSION, rows=1500)
    matrix = table.matrix.copy()
    matrix[:, :4] *= 1e-20
    small = replace(table, matrix=matrix, label=table.label + offset, memo={})
    assert lost(small, fitted(small)) == pytest.approx(lost(table, fitted(table)), rel=0.02)


def test_costs_grow_with_rows_columns_and_classes() -> None:
    plain = LEARNER.cost(10_000, 20, 2)
    assert plain < LEARNER.cost(100_000, 20, 2)
    assert plain < LEARNER.cost(10_000, 2_000, 2)
    assert plain < LEARNER.cost(10_000, 20, 1_000)


def test_naming_the_learner_and_its_price_on_either_device_loads_nothing_heavy() -> None:
    code = (
        "import sys; from sqlml.train.learners.network import NeuralNetwork as N; large = 1_000_000, 20, 2;"
        " print(10 * N(gpu=True).cost(*large) < N().cost(*large), N(gpu=True).loading > N().loading > 0,"
        " 'tensorflow' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "True", "False"]


def test_without_a_gpu_networks_are_computed_by_the_processor_and_it_is_said_why() -> None:
    tensorflow, found = device.opened(gpu=True)
    if tensorflow.config.list_physical_devices("GPU"):
        pytest.skip("this machine has one")
    assert found.device == "CPU"
    assert "no GPU" in found.reason
    table = small_table(Task.BINARY, rows=200)
    asked = NeuralNetwork(gpu=True).fit(table, settings(table.task), Clock(60))
    assert np.array_equal(asked.predict(table.matrix), fitted(table).predict(table.matrix))


def test_a_device_is_told_once_something_was_computed_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_used", [])
    assert device.found().reason == "no learner that was tried gains from a GPU"
    fitted(small_table(Task.BINARY, rows=200), epochs=1)
    assert device.found() == device.opened()[1]


def test_what_loads_sets_its_surroundings_once() -> None:
    device.opened(gpu=True)
    before = dict(os.environ)
    device.opened(gpu=True)
    assert dict(os.environ) == before
    assert before["XLA_FLAGS"].count("autotune") == 1
