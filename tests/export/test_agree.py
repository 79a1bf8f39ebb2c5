"""Random models of random rows: their form, the compiled code, the runtime, macros and the exported graph agree."""

from dataclasses import fields
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pytest

from sqlml.export import sql
from sqlml.export.onnx import portable
from sqlml.export.rows import fed, listed
from sqlml.export.stored import Exported, Stored
from sqlml.model import onnx
from sqlml.model.form import Blend, Floats, Forest, Form, Matrix
from sqlml.model.runtime import Graph, Portable
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.number import Number
from sqlml.prep.target import Target
from sqlml.schema import Column, Task
from tests.model import forms
from tests.model.test_quickscorer import grown

MODELS, ROWS = 200, 60
CLASSES = {Task.REGRESSION: 0, Task.BINARY: 2, Task.MULTICLASS: 4}
TYPES = ["FLOAT", "DOUBLE", "INTEGER", "BIGINT", "DECIMAL(9,3)", "BOOLEAN", "VARCHAR"]
LEVELS = ("a", "b", "it's", "é😀")
# What a row of a type may hold, besides ordinary values.
ODD = {
    "FLOAT": ["nan", "inf", "-inf", "1e-45", "3.4e38", "-0.0"],
    "DOUBLE": ["nan", "inf", "-inf", "5e-324", "1e300", "-1e300"],
    "INTEGER": [str(2**31 - 1), str(-(2**31)), "0"],
    "BIGINT": [str(2**53 + 1), str(-(2**53) - 1), "16777217"],
    "DECIMAL(9,3)": ["999999.999", "-999999.999", "0"],
    "BOOLEAN": ["true", "false"],
    "VARCHAR": ["never", "", *LEVELS],
}


def table(random: np.random.Generator, types: list[str]) -> str:
    """A query of rows: NULL, odd and ordinary values of each type."""

    def value(type_: str) -> str:
        chance = random.random()
        if chance < 0.15:
            return f"NULL::{type_}"
        if chance < 0.3 or type_ in ("BOOLEAN", "VARCHAR"):
            odd = str(random.choice(ODD[type_])).replace("'", "''")
            return f"CAST('{odd}' AS {type_})"
        return f"CAST({random.normal(0, 30):.6g} AS {type_})"

    rows = (", ".join(map(value, types)) for _ in range(ROWS))
    return f"VALUES {', '.join(f'({row})' for row in rows)}"


def step(at: int, type_: str) -> Step:
    column = Column(f'c"{at}', type_)
    if type_ == "VARCHAR":
        return Category(column, LEVELS, (9, 5, 3, 2) if at % 2 else ())
    return Boolean(column) if type_ == "BOOLEAN" else Number(column)


def model(random: np.random.Generator, recipe: Recipe, task: Task) -> Form:
    """A constant, a linear model, trees, a network, or a blend of some of them, over the recipe's features."""
    features, outputs = len(recipe.features), max(1, CLASSES[task])
    sums = 1 if outputs <= 2 else outputs
    kinds = {
        "constant": partial(forms.constant, outputs),
        "linear": partial(forms.linear, features, 0, outputs),
        "forest": partial(forest, random, recipe, sums, outputs),
        "network": partial(forms.network, features, 0, outputs),
    }
    names = random.choice(list(kinds), int(random.integers(1, 4)), replace=False)
    made = tuple(kinds[name]() for name in names)
    if len(made) == 1:
        return made[0]
    power = 1.3 if outputs > 1 and random.random() < 0.5 else 1.0
    return Blend(made, tuple(random.dirichlet(np.ones(len(made)))), power)


def forest(random: np.random.Generator, recipe: Recipe, sums: int, outputs: int) -> Forest:
    leaves, trees = int(random.choice([2, 5, 31, 40])), int(random.integers(1, 9)) * sums
    found = grown(int(random.integers(2**31)), leaves, trees, sums, len(recipe.features))
    # Only codes are asked whether they are in a set; and leaves stay small, so that no probability is 0 or 1.
    are_codes = np.array([feature.is_category for feature in recipe.features])[found.feature]
    told = {"members": np.where(are_codes, found.members, -1), "leaf": found.leaf / np.abs(found.leaf).max()}
    return Forest(**vars(found) | told | {"link": forms.LINKS.get(outputs, "softmax")})


def scores(form: Form, matrix: Matrix) -> Floats:
    if isinstance(form, Forest):
        return forms.walked(form, matrix)
    if not isinstance(form, Blend):
        return form.predict(matrix)
    mean = sum(weight * scores(member, matrix) for weight, member in zip(form.weights, form.members, strict=True))
    powers = np.asarray(mean) ** form.power
    return np.asarray(mean) if form.power == 1.0 else powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(MODELS))
def test_all_ways_to_score_agree(seed: int) -> None:
    random = np.random.default_rng(seed)
    types = list(random.choice(TYPES, int(random.integers(2, 7))))
    recipe = Recipe(tuple(step(at, type_) for at, type_ in enumerate(types)))
    task = list(CLASSES)[seed % 3]
    classes = tuple("xyzw"[: CLASSES[task]])
    target = Target(Column("y", "VARCHAR" if classes else "DOUBLE"), task, classes, (0.5,) * len(classes) or (0.0,), 9)
    form = model(random, recipe, task)
    content = onnx.build(form, recipe.features, task)
    db = duckdb.connect()
    names = ", ".join(f'"c""{at}"' for at in range(len(types)))
    db.execute(f"CREATE TABLE t AS FROM ({table(random, types)}) AS given({names})")
    features = db.execute(f"SELECT {recipe.array('t')} FROM t").fetchall()
    matrix = np.array([row for (row,) in features], np.float32)
    wanted = scores(form, matrix)
    ways: dict[str, Any] = {
        "compiled": Graph(content).run(matrix),
        "runtime": Graph(content, compiled=False).run(matrix),
        "macro": by_macro(db, Stored(target, recipe, content)),
        "exported graph": by_graph(db, Stored(target, recipe, content)),
    }
    for way, found in ways.items():
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12, err_msg=way)
        assert np.array_equal(found.argmax(axis=1), wanted.argmax(axis=1)), way


def by_macro(db: duckdb.DuckDBPyConnection, part: Stored) -> Floats:
    nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Exported))
    body = sql._body(Exported(**nothing | {"name": "m", "parts": [part]}))
    db.execute(f"CREATE MACRO m(input) AS ({body})")
    (predicted,) = zip(*db.execute("SELECT m(t) FROM t").fetchall(), strict=True)
    if part.target.task.classifies:
        return np.array([list(one["predicted_y_probabilities"].values()) for one in predicted])
    return np.array([[one["predicted_y"]] for one in predicted])


def by_graph(db: duckdb.DuckDBPyConnection, part: Stored) -> Floats:
    made = portable("m", [part], lambda query: db.sql(query).to_arrow_table())
    rows = db.sql(f"SELECT {listed(made.entries, 't')} FROM t").to_arrow_table()
    name = "predicted_y_probabilities" if part.target.task.classifies else "predicted_y"
    (found,) = Portable(made.content).run(fed(rows, made.entries), [name])
    return found.reshape(ROWS, -1)
