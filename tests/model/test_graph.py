"""A graph computes what its form says, row by row, to the last bit whatever the batch."""

import json
from dataclasses import replace

import duckdb
import numpy as np
import onnx as onnx_library
import pytest

from sqlml.export import sql
from sqlml.export.graph_sql import GraphSql
from sqlml.export.stages import Stages
from sqlml.model import onnx
from sqlml.model.form import SLOPE, Constant, Curve, Floats, Forest, Form, Matrix, bent
from sqlml.model.runtime import Graph
from sqlml.schema import Feature, Task

from . import forms

FORMS = {
    "constant": lambda q, c, m: forms.constant(m),
    "linear": forms.linear,
    "forest": forms.forest,
    "network": forms.network,
}
TASKS = {1: Task.REGRESSION, 2: Task.BINARY, 26: Task.MULTICLASS}


def built(form: Form, quantities: int, categories: int, outputs: int) -> Graph:
    return Graph(onnx.build(form, forms.features(quantities, categories), TASKS[outputs]))


def expected(form: Form, matrix: Matrix) -> Floats:
    return forms.walked(form, matrix) if isinstance(form, Forest) else form.predict(matrix)


@pytest.mark.parametrize("outputs", TASKS)
@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize(("quantities", "categories"), [(5, 3), (4, 0), (0, 2)])
def test_a_graph_computes_what_its_form_says(kind: str, outputs: int, quantities: int, categories: int) -> None:
    form = FORMS[kind](quantities, categories, outputs)
    matrix = forms.rows(quantities, categories, 300)
    scores = built(form, quantities, categories, outputs).run(matrix)
    assert scores.dtype == np.float64
    assert scores.shape == (300, outputs)
    np.testing.assert_allclose(scores, expected(form, matrix), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("outputs", TASKS)
@pytest.mark.parametrize("kind", FORMS)
def test_a_rows_scores_do_not_depend_on_its_neighbours(kind: str, outputs: int) -> None:
    graph = built(FORMS[kind](7, 5, outputs), 7, 5, outputs)
    matrix = forms.rows(7, 5, 2100)
    scores = graph.run(matrix)
    for size in (1, 2, 3, 7, 100, 2048):
        order = np.random.default_rng(size).permutation(len(matrix))[: min(len(matrix), 300 * size)]
        parts = [graph.run(matrix[order[start : start + size]]) for start in range(0, len(order), size)]
        assert np.array_equal(np.concatenate(parts).view(np.int64), scores[order].view(np.int64)), size


@pytest.mark.parametrize("outputs", [2, 26])
@pytest.mark.parametrize("kind", FORMS)
def test_probabilities_sum_to_one(kind: str, outputs: int) -> None:
    scores = built(FORMS[kind](5, 3, outputs), 5, 3, outputs).run(forms.rows(5, 3, 500))
    assert (scores >= 0).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-14)


def test_small_probabilities_keep_their_digits_at_both_ends() -> None:
    form = forms.forest(3, 0, 2, trees=1)
    for sum_ in (-600.0, -40.0, 40.0, 600.0):
        certain = form.scaled(sum_, 0.0)
        scores = built(certain, 3, 0, 2).run(np.zeros((1, 3), np.float32))[0]
        assert scores[0 if sum_ > 0 else 1] == pytest.approx(np.exp(-abs(sum_)), rel=1e-12)


@pytest.mark.parametrize("sum_", [-800.0, -700.0, -40.0, -20.0, 0.0, 1e-3, 20.0, 40.0, 800.0])
def test_what_is_softened_keeps_its_digits_next_to_nothing(sum_: float) -> None:
    form = replace(forms.forest(3, 0, 1, trees=1).scaled(sum_, 0.0), link="softplus")
    wanted = pytest.approx(np.log1p(np.exp(-abs(sum_))) + max(sum_, 0.0), rel=1e-14, abs=0)
    assert built(form, 3, 0, 1).run(np.zeros((1, 3), np.float32))[0, 0] == wanted
    stages = Stages()
    content = onnx.build(form, forms.features(3, 0), Task.REGRESSION)
    [score] = GraphSql(["0e0"] * 3, stages, sql._PLAIN).scores(content)
    assert duckdb.sql(f"SELECT {score} FROM {stages.query('*', '(SELECT 1)')}").fetchall() == [(wanted,)]


def test_values_at_a_threshold_take_the_branch_of_at_most() -> None:
    form = forms.forest(6, 0, 1)
    matrix = forms.rows(6, 0, len(form.threshold))
    matrix[np.arange(len(matrix)), form.feature] = form.threshold
    np.testing.assert_allclose(built(form, 6, 0, 1).run(matrix), forms.walked(form, matrix), rtol=1e-12)


def test_a_forest_without_a_split_is_its_base() -> None:
    empty = np.zeros(0, np.int64)
    none = np.zeros(0)
    form = Forest(empty, none, empty, empty > 0, empty, empty, (), empty, none, empty, np.array([3.5]), "identity")
    assert built(form, 2, 0, 1).run(forms.rows(2, 0, 20)).tolist() == [[3.5]] * 20


@pytest.mark.parametrize("outputs", TASKS)
def test_a_network_bends_its_sums_by_either_curve(outputs: int) -> None:
    form = forms.network(5, 3, outputs, curve="mish")
    matrix = forms.rows(5, 3, 300)
    scores = built(form, 5, 3, outputs).run(matrix)
    np.testing.assert_allclose(scores, form.predict(matrix), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("curve", ["selu", "mish"])
def test_a_curve_is_finite_however_large_a_sum(curve: Curve) -> None:
    sums = np.array([-1e300, -800.0, -1.0, 0.0, 1.0, 800.0, 1e300])
    assert np.isfinite(bent(sums, curve)).all()
    assert bent(sums, curve)[-1] == pytest.approx(SLOPE * 1e300 if curve == "selu" else 1e300)


def test_a_network_without_waves_is_one_of_plain_inputs() -> None:
    whole = forms.network(4, 0, 1)
    kept = np.r_[:4, 20:22]
    weights = (whole.weights[0][kept], *whole.weights[1:])
    form = replace(whole, frequency=np.zeros((4, 0)), phase=np.zeros((4, 0)), weights=weights)
    matrix = forms.rows(4, 0, 100)
    np.testing.assert_allclose(built(form, 4, 0, 1).run(matrix), form.predict(matrix), rtol=1e-9, atol=1e-13)


def test_a_network_gives_no_rows_no_scores() -> None:
    assert forms.network(4, 2, 26).predict(np.zeros((0, 6), np.float32)).shape == (0, 26)


def test_a_model_without_features_still_predicts() -> None:
    graph = Graph(onnx.build(Constant(np.array([0.25, 0.75])), [], Task.BINARY))
    assert graph.run(np.zeros((3, 0), np.float32)).tolist() == [[0.25, 0.75]] * 3


def test_a_graph_is_valid_and_describes_its_features() -> None:
    features = [Feature("weight", "weight in kg"), Feature("colour", "colour", 30)]
    model = onnx_library.load_from_string(onnx.build(forms.linear(1, 1, 1), features, Task.REGRESSION))
    onnx_library.checker.check_model(model, full_check=True)
    described = {entry.key: entry.value for entry in model.metadata_props}
    assert described["task"] == "regression"
    assert [feature["column"] for feature in json.loads(described["features"])] == ["weight in kg", "colour"]
