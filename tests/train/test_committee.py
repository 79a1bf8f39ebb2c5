"""Several networks averaged: as good as their mean, and the same wherever it is predicted."""

from dataclasses import replace

import numpy as np
import pytest

from sqlml.model import onnx
from sqlml.model.form import Blend, Network
from sqlml.model.runtime import Graph
from sqlml.schema import Feature, Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.job import scoring
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.stopping import ended, ends
from sqlml.train.table import Table
from tests.train.lost import lost

LEARNER = NeuralNetwork()


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """Loaded once, so that no test measures the loading."""
    LEARNER.load()


def settings(task: Task, **changes: object) -> Settings:
    """Those for few rows."""
    return {**LEARNER.settings(500, 8, task)[-1], "epochs": 8, **changes}


def whole(table: Table) -> Table:
    return table.split(np.arange(len(table.label)), np.zeros(0, np.int64))


def alone(table: Table, fitted: Fitted, count: int) -> list[Fitted]:
    """The networks that `fitted` is the mean of, each fitted for as many passes by itself."""
    one = dict(fitted.again) | {"nets": 1}
    return [
        LEARNER.fit(whole(replace(table, seed=table.seed * count + net, memo={})), one, Clock(60))
        for net in range(count)
    ]


@pytest.mark.parametrize("task", Task)
def test_a_few_networks_predict_their_mean(task: Task) -> None:
    table = small_table(task, rows=400, seed=3)
    fitted = LEARNER.fit(whole(table), settings(task, nets=3), Clock(60))
    mean = np.mean([one.predict(table.matrix) for one in alone(table, fitted, 3)], axis=0)
    np.testing.assert_allclose(fitted.predict(table.matrix), mean, rtol=1e-12)
    assert isinstance(fitted.form, Blend)
    assert len(fitted.form.members) == 3
    graph = Graph(onnx.build(fitted.form, table.features, task))
    np.testing.assert_allclose(graph.run(table.matrix), mean, rtol=1e-9, atol=1e-12)


def test_few_rows_are_learnt_by_several_small_networks_and_many_by_a_large_one() -> None:
    few, many = (LEARNER.settings(rows, 8, Task.BINARY)[0] for rows in (500, 50_000))
    assert few["nets"] > many["nets"] == 1
    assert few["units"] < many["units"]


def test_several_networks_end_where_they_lose_least_together() -> None:
    # Labels without sense: the longer a network learns them, the worse it gets.
    table = small_table(Task.BINARY, rows=600)
    noise = replace(table, label=np.random.default_rng(1).integers(0, 2, 600).astype(np.float64), memo={})
    found = LEARNER.fit(noise, settings(Task.BINARY, epochs=48, nets=3), Clock(60))
    assert found.way
    assert found.again["epochs"] < 48
    last = found.way.at(found.way.losses.shape[1] - 1)
    assert lost(noise, found) < lost(noise, last)
    assert found.cost == pytest.approx(last.cost)


def cut(table: Table, task: Task) -> Fitted:
    """The fit of four networks whose clock ends it in the second."""
    clock = Clock(60)
    ending = clock.telling(lambda done: clock.enough.set() if done > 0.4 else None)
    return LEARNER.fit(table, settings(task, epochs=64), ending)


def test_of_several_networks_those_are_averaged_that_there_was_time_for() -> None:
    table = small_table(Task.REGRESSION, rows=600)
    found = cut(whole(table), Task.REGRESSION)
    assert not found.finished
    assert isinstance(found.form, Network)
    one, *_ = alone(table, found, 4)
    assert np.array_equal(found.predict(table.matrix), one.predict(table.matrix))


@pytest.mark.parametrize("task", Task)
def test_no_more_networks_are_made_once_more_than_the_trial_has_shown(task: Task) -> None:
    table = small_table(task, rows=600)
    trial = cut(table, task)
    [end] = ends([trial])
    shown = ended(trial, end, table).fitted
    assert not shown.finished
    last = LEARNER.fit(whole(table), LEARNER.merged([shown.again], 1.25), Clock(60))
    assert last.cost == pytest.approx(shown.cost)


@pytest.mark.parametrize("columns", [8, 40, 200])
def test_a_blend_has_room_for_them_however_many_columns_there_are(columns: int) -> None:
    random = np.random.default_rng(0)
    features = tuple(Feature(f"feature {i}", f"column {i}", 0) for i in range(columns))
    matrix, label = random.normal(size=(400, columns)).astype(np.float32), random.integers(0, 2, 400).astype(np.float64)
    table = Table(matrix, label, np.arange(300), np.arange(300, 400), features, Task.BINARY, 2, 0, 1)
    every = LEARNER.settings(300, columns, Task.BINARY)
    costs = [LEARNER.fit(table, {**one, "epochs": 1}, Clock(60)).cost for one in every]
    assert max(costs) < scoring("balanced", 2)
