"""Trees read from the learner predict what it predicts, and do not depend on threads."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from sqlml.model import onnx
from sqlml.model.forest import read
from sqlml.model.form import Floats, Link, Matrix
from sqlml.model.runtime import Graph
from sqlml.schema import Feature, Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.learners import trees
from sqlml.train.learners.trees import Trees
from sqlml.train.table import Table

ROWS, LEVELS = 1500, 300
OBJECTIVES: dict[str, tuple[int, Link, Task]] = {
    "regression": (1, "identity", Task.REGRESSION),
    "binary": (1, "logistic", Task.BINARY),
    "multiclass": (5, "softmax", Task.MULTICLASS),
}
FEATURES = [Feature(f"f{i}", f"c{i}", LEVELS if i == 5 else 7 if i == 4 else 0) for i in range(6)]


def data(missing: float) -> tuple[Matrix, Floats]:
    random = np.random.default_rng(3)
    matrix = random.normal(size=(ROWS, 6)).astype(np.float32)
    matrix[:, 2] = np.round(matrix[:, 2])
    matrix[:, 3] = random.choice([0.0, 1e-35, -1e-35, 1e-38, 2.0, -5.0], ROWS)
    matrix[:, 4], matrix[:, 5] = random.integers(0, 7, ROWS), random.integers(0, LEVELS, ROWS)
    signal = matrix[:, 0] + matrix[:, 2] * (matrix[:, 5] % 3) + matrix[:, 3] + (matrix[:, 4] == 2)
    matrix[random.random(matrix.shape) < missing] = np.nan
    return matrix, signal.astype(np.float64)


def odd_rows(matrix: Matrix, thresholds: Floats, feature: Any) -> Matrix:
    """Every threshold as a value, its neighbours, and all that a column should not hold."""
    random = np.random.default_rng(4)
    odd = matrix[random.integers(0, ROWS, 3 * len(thresholds))]
    values = thresholds.astype(np.float32)
    near = np.concatenate([values, np.nextafter(values, -np.inf), np.nextafter(values, np.inf)])
    odd[np.arange(len(odd)), np.tile(feature, 3)] = near
    extreme = np.finfo(np.float32).max
    strange = matrix[:60].copy()
    tiny = np.float32([1e-35, -1e-35])
    for row, value in enumerate((np.nan, extreme, -extreme, np.inf, -np.inf, 0.0, -0.0, *tiny, -1.0, 1e6)):
        strange[row, :4] = value
        if abs(value) != tiny[0]:  # codes are whole numbers
            strange[20 + row, 4:] = value
            strange[40 + row] = value
    return np.concatenate([matrix, odd, strange])


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("options", [{}, {"extra_trees": True, "max_cat_to_onehot": 50}, {"use_missing": False}])
def test_a_graph_predicts_what_the_learner_predicts(objective: str, missing: float, options: dict[str, Any]) -> None:
    sums, link, task = OBJECTIVES[objective]
    matrix, signal = data(missing)
    cuts = {"regression": signal * 1e7, "binary": signal > 0.5}
    label = cuts.get(objective, np.digitize(signal, np.quantile(signal, [0.2, 0.4, 0.6, 0.8])))
    library = trees._library()
    fixed = {"objective": objective, "num_class": sums, "verbosity": -1, "num_threads": 1, "min_data_per_group": 5}
    whole = library.Dataset(matrix, label, categorical_feature=[4, 5], params=fixed | options)
    booster = library.train(fixed | options, whole, 40)
    form = read(booster.model_to_string(), sums, link)
    rows = odd_rows(matrix, form.threshold[form.members < 0], form.feature[form.members < 0])
    own = booster.predict(rows)
    scores = Graph(onnx.build(form, FEATURES, task)).run(rows)
    np.testing.assert_allclose(scores[:, 1] if task is Task.BINARY else scores.squeeze(), own, rtol=1e-9)


def test_forms_that_cannot_be_exact_are_refused() -> None:
    matrix, signal = data(0.1)
    library = trees._library()
    for options, why in (({"zero_as_missing": True}, "zero"), ({"linear_tree": True}, "linear")):
        fixed = {"verbosity": -1, "num_threads": 1} | options
        booster = library.train(fixed, library.Dataset(matrix[:, :4], signal, params=fixed), 5)
        with pytest.raises(ValueError, match=why):
            read(booster.model_to_string(), 1, "identity")


@pytest.mark.parametrize("task", Task)
def test_threads_do_not_change_what_is_learnt(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "_CELLS_A_THREAD", 1)
    table = small_table(task, rows=4000)
    learner = Trees()
    settings = {**learner.settings(4000, 8, task)[1], "share": 1.0, "rounds": 20}
    one, four = (learner.fit(replace(table, threads=threads, memo={}), settings, Clock(60)) for threads in (1, 4))
    assert np.array_equal(one.predict(table.matrix), four.predict(table.matrix))


def test_values_are_put_into_bins_once_for_all_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    table = small_table(Task.BINARY, rows=400)
    learner = Trees()
    first, *others = learner.settings(400, 8, Task.BINARY)
    learner.fit(table, first, Clock(60))
    monkeypatch.setattr(trees._library(), "Dataset", None)
    turned = table.split(table.fit[100:], table.fit[:100])
    assert [learner.fit(turned, settings, Clock(60)).rows for settings in others] == [200] * len(others)


def test_a_large_job_is_cut_to_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    width, sums = 300, 26
    size = trees._Size(width, width, width)
    monkeypatch.setattr(trees, "_size", lambda _: size)
    table = replace(
        small_table(Task.MULTICLASS, rows=400),
        label=np.zeros(1_000_000),
        fit=np.arange(800_000),
        features=tuple(Feature(f"f{i}", "c") for i in range(width)),
        classes=sums,
    )
    plain = Trees().settings(800_000, width, Task.MULTICLASS)[0]
    for seconds in (20.0, 60.0, 600.0):
        sized = trees._sized(table, 800_000, plain, seconds)
        rows = sized["share"] * len(table.fit)
        assert size.bin_seconds(rows) + 60 * sums * size.tree_seconds(rows, sized["num_leaves"]) < seconds
        assert plain["learning_rate"] <= sized["learning_rate"] <= trees._QUICKEST


def test_a_small_job_is_left_as_it_is() -> None:
    plain = Trees().settings(400, 8, Task.BINARY)[0]
    sized = trees._sized(small_table(Task.BINARY, rows=400), 300, plain, 60.0)
    assert sized | plain == sized
    assert sized["share"] == 1


def test_columns_of_a_few_values_make_a_table_no_wider() -> None:
    table = small_table(Task.BINARY, rows=4000)
    wide = np.hstack([table.matrix, np.zeros((4000, 50), np.float32)])
    narrow, widened = trees._size(table), trees._size(replace(table, matrix=wide))
    assert (narrow.filled, widened.features) == (widened.filled, narrow.features + 50)
    assert widened.binned < narrow.binned + 1


@pytest.mark.parametrize("counted", [False, True])
def test_a_fit_that_turns_out_slow_learns_faster_unless_trials_are_counted(*, counted: bool) -> None:
    random = np.random.default_rng(0)
    rows, classes = 10_000, 8
    table = Table(
        matrix=random.normal(size=(rows, 20)).astype(np.float32),
        label=random.integers(0, classes, rows).astype(np.float64),
        fit=np.arange(rows),
        validation=np.zeros(0, np.int64),
        features=tuple(Feature(f"f{i}", f"c{i}") for i in range(20)),
        task=Task.MULTICLASS,
        classes=classes,
        seed=0,
        threads=1,
    )
    plain = Trees().settings(rows, 20, Task.MULTICLASS)[0] | {"share": 1.0, "rounds": 1_000}
    fitted = Trees().fit(table, plain, Clock(3.0, counted=counted))
    assert not fitted.finished
    assert (fitted.again["learning_rate"] == pytest.approx(plain["learning_rate"])) is counted
    assert fitted.again["learning_rate"] <= trees._QUICKEST


def test_a_part_of_the_rows_makes_no_class_likelier() -> None:
    rows = 20_000
    table = replace(small_table(Task.BINARY, rows), label=(np.arange(rows) % 50 == 0).astype(np.float64))
    settings = {"learning_rate": 0.1, "num_leaves": 7, "min_data_in_leaf": 20, "rounds": 5, "share": 0.1}
    fitted = Trees().fit(table.split(np.arange(rows, dtype=np.int32), table.validation), settings, Clock(60))
    # Of the part, 400 of 2,000 are of the rare class: it is told from the others by nothing but its share of all.
    assert fitted.predict(table.matrix)[:, 1].mean() == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("share", [0.1, 0.125, 0.15])
def test_a_part_of_a_sparse_table_is_learnt_from(share: float, shared_data: Path) -> None:
    """A part of rows that are nearly all zeros, in columns that are put together: the learner died of these."""
    with duckdb.connect() as db:
        log = db.from_parquet(str(shared_data / "kddcup10.parquet"))
        kinds = dict(zip(log.columns, map(str, log.types), strict=True))
        read = [
            f"dense_rank() OVER (ORDER BY {name}) - 1" if kind == "VARCHAR" else name for name, kind in kinds.items()
        ]
        rows = log.project(", ".join(f"{one} AS {name}" for one, name in zip(read, kinds, strict=True))).fetchnumpy()
    *columns, label = rows.values()
    features = tuple(
        Feature(name, name, int(rows[name].max()) + 1 if kind == "VARCHAR" else 0)
        for name, kind in list(kinds.items())[:-1]
    )
    every = np.arange(len(label))
    table = Table(
        np.column_stack(columns).astype(np.float32), label.astype(np.float64), every[every % 6 > 0],
        every[:0], features, Task.MULTICLASS, int(label.max()) + 1, 0, 1,
    )  # fmt: skip
    settings = {"learning_rate": 0.1, "num_leaves": 31, "min_data_in_leaf": 20, "rounds": 15, "share": share}
    found = Trees().fit(table, settings, Clock(60))
    right = found.predict(table.matrix[::100]).argmax(axis=1) == label[::100]
    assert right.mean() > 0.9
