"""Graphs of others predict what they predict elsewhere, and those that could do harm do none."""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import NodeProto, helper, numpy_helper

import sqlml
from sqlml.diagnostics import Problem
from sqlml.model.foreign import graph as graphs
from sqlml.model.foreign import process
from sqlml.model.foreign.problems import (
    FileDamaged,
    FileRefused,
    FileUnknown,
    InputUnsuitable,
    ModelTooLarge,
    OutputUnclear,
    StepRefused,
)
from sqlml.model.foreign.process import Trial
from sqlml.model.runtime import Portable
from tests.model.foreign import files
from tests.model.foreign.files import (
    DOUBLE,
    FLOAT,
    FOREST,
    INT64,
    LABEL,
    NUMBER,
    PAIR,
    STRING,
    WEIGHING,
    WEIGHTS,
    graph,
    maps,
    node,
    value,
)

NUMBER_Y = value("y", FLOAT, [None, 1])


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Imports a graph and says what SQL makes of rows."""
    with sqlml.connect() as connection:

        def ask(content: bytes, columns: dict[str, Any], asked: str, told: str = "") -> list[Any]:
            (tmp_path / "model.onnx").write_bytes(content)
            file = f"'{tmp_path / 'model.onnx'}'"
            connection.execute(f"IMPORT OR REPLACE MODEL m PREDICT y FROM {file} {told}").fetchall()
            connection.register("given", pa.table(columns))
            return [
                row for (row,) in connection.execute(f"SELECT {asked} FROM PREDICT(MODEL m, TABLE given)").fetchall()
            ]

        yield ask


def pairs(rows: int = 500) -> np.ndarray:
    return np.random.default_rng(0).normal(30, 20, (rows, 2)).astype(np.float32)


def softmax(rows: int) -> list[NodeProto]:
    """A little network, as frameworks write them."""
    return [
        node("Gemm", ["float_input", "first", "bias"], ["sums"]),
        node("Relu", ["sums"], ["bent"]),
        node("MatMul", ["bent", "second"], ["raw"]),
        node("Softmax", ["raw"], ["shares"], axis=1),
    ]


def test_trees_with_maps_of_probabilities(db: Callable[..., Any]) -> None:
    rows = pairs()
    plain = graph([FOREST], [PAIR], [LABEL, value("probabilities", FLOAT, [None, 2])])
    label, shares = Portable(plain).run({"float_input": rows}, ["output_label", "probabilities"])
    columns = {"f0": rows[:, 0], "F1": rows[:, 1]}
    for content in (files.classes(), plain):
        assert db(content, columns, "predicted_y") == label.tolist()
        assert db(content, columns, "map_values(predicted_y_probabilities)") == shares.astype(float).tolist()


def test_numbers_for_classes(db: Callable[..., Any]) -> None:
    numbered = NodeProto()
    numbered.CopyFrom(FOREST)
    del numbered.attribute[[one.name for one in numbered.attribute].index("classlabels_strings")]
    numbered.attribute.append(helper.make_attribute("classlabels_int64s", [7, 3]))
    mapped = node("ZipMap", ["probabilities"], ["output_probability"], domain="ai.onnx.ml", classlabels_int64s=[7, 3])
    outputs = [value("output_label", INT64, [None]), maps("output_probability", INT64)]
    found = db(graph([numbered, mapped], [PAIR], outputs), {"f0": [10, 40], "f1": [0, 0]}, "predicted_y_probabilities")
    assert found == [{7: 0.25, 3: 0.75}, {7: 0.875, 3: 0.125}]


def test_a_network_of_several_classes(db: Callable[..., Any]) -> None:
    random, rows = np.random.default_rng(1), pairs()
    shapes = {"first": (2, 8), "bias": (8,), "second": (8, 3)}
    weights = [
        numpy_helper.from_array(random.normal(size=shape).astype(np.float32), name) for name, shape in shapes.items()
    ]
    content = graph(softmax(len(rows)), [PAIR], [value("shares", FLOAT, ["n", 3])], weights)
    (shares,) = Portable(content).run({"float_input": rows}, ["shares"])
    found = db(content, {"a": rows[:, 0], "b": rows[:, 1]}, "predicted_y_probabilities", "WITH (columns = [a, b])")
    assert list(found[0]) == [0, 1, 2]
    np.testing.assert_allclose([list(row.values()) for row in found], shares, rtol=1e-5, atol=1e-7)


def test_doubles_are_not_rounded_and_whole_numbers_are_whole(db: Callable[..., Any]) -> None:
    read = [value("a", DOUBLE, [None, 1]), value("b", INT64, [None])]
    steps = [
        node("Reshape", ["b", "upright"], ["b_"]),
        node("Cast", ["b_"], ["number"], to=DOUBLE),
        node("Sub", ["a", "number"], ["y"]),
    ]
    content = graph(
        steps, read, [value("y", DOUBLE, [None, 1])], [numpy_helper.from_array(np.array([-1, 1]), "upright")]
    )
    values = [0.1, 1 / 3, 1e-30 / 3, 123456789.123456789, float(2**53 - 1), -1e300 / 1e270, math.inf, 3.3e38]
    assert db(content, {"A": values, "B": [0] * len(values)}, "predicted_y") == values
    whole = [2**53 - 1, -(2**53) + 1, 2**24 + 1, 0]
    assert db(content, {"a": [0.0] * 4, "b": whole}, "predicted_y") == [-float(one) for one in whole]


def test_a_prediction_without_a_number_is_null_and_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(files.columns())
    with sqlml.connect() as db:
        db.execute(f"IMPORT MODEL spent FROM '{tmp_path / 'model.onnx'}'").fetchall()
        rows = "(SELECT i AS age, i % 3 AS visits, true AS member, if(i % 2 = 0, 'pro', NULL) AS plan, 5.0 AS spent"
        rows += " FROM range(100) t(i))"
        found = db.execute(
            f"SELECT DISTINCT predicted_spent IS NULL, plan FROM PREDICT(MODEL spent, {rows})"
        ).fetchall()
        assert sorted(found) == [(False, "pro"), (True, None)]
        told = db.execute(f"SELECT rows, value FROM EVALUATE(MODEL spent, {rows}) WHERE metric = 'rmse'").fetchall()
        assert [(rows, math.isfinite(value)) for rows, value in told] == [(50, True)]


def test_a_graph_that_fails_on_nothing_predicts_nothing_of_it(db: Callable[..., Any]) -> None:
    """As one that looks numbers up in a table: there is no place for what is missing."""
    table = numpy_helper.from_array(np.array([[10.0], [20.0], [30.0]] + [[0.0]] * 7, np.float32), "table")
    steps = [
        node("Clip", ["code", "least", "most"], ["held"]),
        node("Cast", ["held"], ["place"], to=INT64),
        node("Gather", ["table", "flat"], ["y"]),
    ]
    steps.insert(2, node("Reshape", ["place", "shape"], ["flat"]))
    ends = [numpy_helper.from_array(np.array(end, np.float32), name) for name, end in (("least", 0), ("most", 9))]
    shape = numpy_helper.from_array(np.array([-1]), "shape")
    content = graph(steps, [value("code", FLOAT, [None, 1])], [NUMBER_Y], [table, shape, *ends])
    assert db(content, {"code": [1.0, None, 2.0, 500.0]}, "predicted_y") == [20.0, None, 30.0, 0.0]


def test_constants_that_are_listed_as_inputs_are_none() -> None:
    """As older files have it."""
    steps = [node("Reshape", ["float_input", "shape"], ["same"]), node("MatMul", ["same", "weights"], ["variable"])]
    read = [PAIR, value("shape", INT64, [2]), value("weights", FLOAT, [2, 1])]
    shape = numpy_helper.from_array(np.array([-1, 2]), "shape")
    assert len(graphs.read(graph(steps, read, [NUMBER], [shape, WEIGHTS]), None).inputs) == 2


def test_names_that_lie_beside_a_graph_are_those_of_its_columns() -> None:
    model = onnx.load_model_from_string(files.weighing())
    for kept, names in (('["Age", "plan"]', ["Age", "plan"]), ("[1, 2]", ["f0", "f1"]), ('["one"]', ["f0", "f1"])):
        helper.set_model_props(model, {"feature_names": kept})
        found = graphs.read(model.SerializeToString(), None)
        assert [one.name for one in found.inputs] == names


def test_describe_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(files.weighing())
    with sqlml.connect() as db:
        db.execute(f"IMPORT MODEL m FROM '{tmp_path / 'model.onnx'}'").fetchall()
        rows = db.execute("DESCRIBE MODEL m").fetchall()
        told = {(part, name): detail for part, name, _, detail in rows}
        assert told["model", "file"] == str(tmp_path / "model.onnx")
        assert ("model", "rows") not in told
        assert ("model", "query") not in told
        (shown,) = db.execute("SHOW MODELS").fetchall()
        assert shown[:7] == ("m", "regression", "m", 1, 1, None, None)


CIRCLE = [node("Add", ["float_input", "b"], ["a"]), node("Neg", ["a"], ["b"])]
BOTH = [value("b", FLOAT, [None, 2])]
WORDS = {
    "looks into texts": (StepRefused, "StringNormalizer", lambda: reading_text("StringNormalizer", "")),
    "casts texts": (StepRefused, "Cast", lambda: reading_text("Cast", "", to=FLOAT)),
    "no inputs": (FileRefused, "reads nothing", lambda: graph([constant()], [], [value("c", FLOAT, [1, 1])])),
    "one row at once": (InputUnsuitable, "1 row", lambda: reading(value("float_input", FLOAT, [1, 2]))),
    "no shape": (FileDamaged, "damaged", lambda: reading(value("float_input", FLOAT, None))),
    "half numbers": (InputUnsuitable, "type", lambda: reading(value("float_input", 10, [None, 2]))),
    "very wide": (InputUnsuitable, "columns wide", lambda: reading(value("float_input", FLOAT, [None, 10**9]))),
    "the wrong type": (FileDamaged, "damaged", lambda: reading(value("float_input", DOUBLE, [None, 2]))),
    "a circle": (FileDamaged, "damaged", lambda: graph(CIRCLE, [PAIR], BOTH)),
    "a class alone": (OutputUnclear, "without its probability", lambda: graph([FOREST], [PAIR], [LABEL])),
    "no probabilities": (OutputUnclear, "several numbers", lambda: graph([doing("Neg")], [PAIR], BOTH)),
    "chance": (StepRefused, "RandomNormalLike", lambda: graph([doing("RandomNormalLike")], [PAIR], BOTH)),
}


def doing(operator: str) -> NodeProto:
    return node(operator, ["float_input"], ["b"])


def constant() -> NodeProto:
    return node("Constant", [], ["c"], value=numpy_helper.from_array(np.ones((1, 1), np.float32)))


def reading(what: Any) -> bytes:
    return graph([WEIGHING], [what], [NUMBER], [WEIGHTS])


def reading_text(operator: str, domain: str, **attributes: Any) -> bytes:
    steps = [node(operator, ["city"], ["y"], domain=domain, **attributes)]
    return graph(steps, [value("city", STRING, [None, 1])], [value("y", FLOAT, [None, 1])])


@pytest.mark.parametrize("why", WORDS)
def test_what_cannot_be_a_model_here_is_refused_in_words(why: str) -> None:
    kind, words, make = WORDS[why]
    with pytest.raises(kind, match=words):
        graphs.read(make(), None)


def test_a_tree_in_a_circle_ends_nothing() -> None:
    circle = NodeProto()
    circle.CopyFrom(FOREST)
    for attribute in circle.attribute:
        if attribute.name == "nodes_truenodeids":
            attribute.ints[:] = [0, 0, 0]
    content = graph([circle], [PAIR], [LABEL, value("probabilities", FLOAT, [None, 2])])
    with pytest.raises(FileDamaged):
        Trial(content, None, None).found()


def test_a_file_of_any_bytes_is_no_model() -> None:
    random = np.random.default_rng(3)
    for size in (1, 10, 1000, 100_000):
        with pytest.raises(FileUnknown):
            graphs.read(random.bytes(size), None)


@settings(max_examples=150)
@given(st.data())
def test_a_file_that_is_cut_off_or_altered_is_a_model_or_a_problem(draw: st.DataObject) -> None:
    content = bytearray(draw.draw(st.sampled_from([files.weighing(), files.classes(), files.columns()])))
    for _ in range(draw.draw(st.integers(0, 3))):
        content[draw.draw(st.integers(0, len(content) - 1))] = draw.draw(st.integers(0, 255))
    with suppress(Problem):
        graphs.read(bytes(content[: draw.draw(st.integers(0, len(content)))]), None)


def test_a_file_that_takes_all_memory_is_ended_in_time_and_leaves_the_session() -> None:
    for side in (30_000, 10**6):
        with pytest.raises(ModelTooLarge):
            Trial(files.giant(side), None, 2**30).found()


def test_a_trial_that_is_canceled_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(files.weighing(), None, None)
    trial.cancel()
    with pytest.raises(Problem, match="stopped"):
        trial.found()


def test_a_trial_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SECONDS", 0.01)
    trial = Trial(files.weighing(), None, None)
    with pytest.raises(Problem):
        trial.found()
    assert trial._process is not None
    with pytest.raises(ProcessLookupError):
        os.kill(trial._process.pid, 0)
