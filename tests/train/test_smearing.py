"""What was learnt as logarithms adds up to its labels, and its form says so too."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sqlml.model.onnx import build
from sqlml.model.runtime import Graph
from sqlml.schema import Task
from sqlml.testing.learner import small_table
from sqlml.train.bag import Bag, bag
from sqlml.train.blend import Judged
from sqlml.train.clock import Clock
from sqlml.train.learner import Learner
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.learners.trees import Trees
from sqlml.train.smearing import smeared
from sqlml.train.table import Table

ROWS = np.arange(600)
TREES = {"learning_rate": 0.1, "num_leaves": 7, "min_data_in_leaf": 5, "rounds": 30, "share": 1.0}
NETWORK = NeuralNetwork().settings(300, 8, Task.REGRESSION)[-1] | {"epochs": 4, "units": 8}
LEARNERS = [(Trees(), TREES | {"log_if_skewed": True}), (NeuralNetwork(), NETWORK)]


def skewed() -> Table:
    """Numbers with a long tail, half of it by chance."""
    table = small_table(Task.REGRESSION, rows=len(ROWS))
    spread = (table.label - table.label.mean()) / table.label.std() + np.random.default_rng(0).normal(size=len(ROWS))
    return replace(table, label=np.exp(spread))


def fitted(learner: Learner, settings: dict[str, Any], table: Table) -> tuple[Bag, Judged]:
    learner.load()
    halves = ROWS[::2], ROWS[1::2]
    made = bag(learner, settings, [table.split(*halves), table.split(*halves[::-1])], Clock(60))
    assert isinstance(made, Bag)
    rows = np.concatenate(halves[::-1])
    return made, Judged(rows, table.label[rows], np.linspace(1, 2, len(rows)), "rmse")


@pytest.mark.parametrize(("learner", "settings"), LEARNERS)
def test_predictions_add_up_to_their_labels(learner: Learner, settings: dict[str, Any]) -> None:
    table = skewed()
    made, judged = fitted(learner, settings, table)
    found = smeared(made, judged)
    assert found.factor > 1.1
    assert judged.loss(found.scores) < judged.loss(made.scores)
    total = np.average(judged.label, weights=judged.weight)
    assert np.average(found.scores[:, 0], weights=judged.weight) == pytest.approx(total)
    more = made.fits[0].predict(table.matrix[:50]) + 1
    np.testing.assert_allclose(found.fits[0].predict(table.matrix[:50]) + 1, found.factor * more)
    graph = Graph(build(found.fits[0].form, table.features, table.task))
    np.testing.assert_allclose(graph.run(table.matrix[:50]), found.fits[0].predict(table.matrix[:50]), rtol=1e-8)


@pytest.mark.parametrize(("metric", "settings"), [("mae", {"log_if_skewed": True}), ("rmse", {})])
def test_others_stay_as_they_are(metric: str, settings: dict[str, Any]) -> None:
    """A middle is asked for, or no logarithms were learnt."""
    made, judged = fitted(Trees(), TREES | settings, skewed())
    assert smeared(made, replace(judged, metric=metric)) is made
