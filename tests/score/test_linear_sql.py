"""A linear model written as SQL says what its graph says, on ordinary rows and on odd ones."""

import duckdb
import numpy as np
import pytest

from sqlml.model.form import Linear, Link
from sqlml.model.linear_json import from_json, to_json
from sqlml.prep.recipe import Recipe
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.number import Number
from sqlml.schema import Column
from sqlml.score.linear_sql import scores
from tests.model import forms

RECIPE = Recipe(
    (
        Number(Column("f", "FLOAT")),
        Number(Column("d", "DOUBLE")),
        Number(Column("i", "BIGINT")),
        Number(Column("far", "BIGINT"), centre="1700000000"),
        Number(Column("text", "VARCHAR")),
        Boolean(Column("b", "BOOLEAN")),
        Category(Column("it's", "VARCHAR"), ("a", "b", "é😀"), (50, 20, 3)),
    )
)
TABLE = """
CREATE TABLE t AS SELECT
    [r::FLOAT, NULL, 'nan'::FLOAT, 'inf'::FLOAT, '-inf'::FLOAT, 1e38::FLOAT, 1e-45::FLOAT][pick(i, 0, 7)] AS f,
    [r * 3, NULL, 'nan'::DOUBLE, 'inf'::DOUBLE, '-inf'::DOUBLE, 1e300, -1e300, 1e-300][pick(i, 1, 8)] AS d,
    [(r * 100)::BIGINT, NULL, 9223372036854775807, -9223372036854775808, 0][pick(i, 2, 5)] AS i,
    [1700000000 + (r * 50)::BIGINT, NULL, 9223372036854775807, -9223372036854775808][pick(i, 3, 4)] AS far,
    [r::VARCHAR, NULL, 'none', 'inf', ''][pick(i, 4, 5)] AS text,
    [r > 0, NULL][pick(i, 5, 2)] AS b,
    ['a', 'b', 'é😀', 'never', NULL, ''][1 + (hash(i, 9) % 6)::INTEGER] AS "it's",
FROM (SELECT i, (hash(i, 77) % 100000)::DOUBLE / 25000 - 2 AS r FROM range(4000) g(i))
"""


@pytest.fixture(scope="module")
def table() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    # Most rows are ordinary in each column.
    odd = "CASE WHEN hash(i, seed) % 20 > 0 THEN 1 ELSE 1 + (hash(i, seed + 50) % count)::BIGINT END"
    db.execute(f"CREATE MACRO pick(i, seed, count) AS {odd}")
    db.execute(TABLE)
    return db


def linear(outputs: int, link: Link, seed: int) -> Linear:
    random = np.random.default_rng(seed)
    quantities = np.array([0, 0, 1, 2, 3, 3, 4, 7])
    sums, count = (1 if outputs <= 2 else outputs), len(quantities)
    levels = np.array([2, 4])
    return Linear(
        quantities=quantities,
        centre=random.normal(size=count) * [1, 1, 1, 50, 20, 20, 1, 1],
        scale=random.lognormal(size=count) / [1, 1, 3, 80, 40, 40, 1, 1],
        low=np.where(np.arange(count) % 3 == 1, 0.0, -8.0),
        limit=8.0,
        weights=random.normal(size=(count, sums)),
        absent=random.normal(size=(count, sums)),
        categories=np.array([5, 6]),
        levels=levels,
        tables=random.normal(size=(int((levels + 2).sum()), sums)),
        bias=random.normal(size=sums),
        link=link,
    )


@pytest.mark.parametrize(("outputs", "link"), [(1, "identity"), (1, "exp"), (2, "logistic"), (5, "softmax")])
@pytest.mark.parametrize("seed", range(5))
def test_sql_scores_as_the_form_does(table: duckdb.DuckDBPyConnection, outputs: int, link: Link, seed: int) -> None:
    form = linear(outputs, link, seed)
    given = table.execute(f"SELECT {RECIPE.array('t')}, {scores(form, RECIPE, 't')} FROM t").fetchall()
    expected = form.predict(np.array([features for features, _ in given], np.float32))
    np.testing.assert_allclose(np.array([found for _, found in given]), expected, rtol=1e-9, atol=1e-12)


def test_a_model_of_levels_alone_has_no_ordinary_rows(table: duckdb.DuckDBPyConnection) -> None:
    form = linear(1, "identity", 0)
    none = np.zeros((0, 1))
    bare = {"quantities": np.zeros(0, np.int64), "centre": none[:, 0], "scale": none[:, 0], "low": none[:, 0]}
    form = Linear(**vars(form) | bare | {"weights": none, "absent": none})
    given = table.execute(f"SELECT {RECIPE.array('t')}, {scores(form, RECIPE, 't')} FROM t").fetchall()
    expected = form.predict(np.array([features for features, _ in given], np.float32))
    np.testing.assert_allclose(np.array([found for _, found in given]), expected, rtol=1e-12)


def test_a_small_linear_model_is_kept_as_text_and_no_other() -> None:
    form = linear(5, "softmax", 3)
    text = to_json(form)
    assert text is not None
    again = from_json(text)
    for name, value in vars(form).items():
        assert np.array_equal(getattr(again, name), value), name
    assert to_json(forms.forest(3, 0, 1)) is None
    assert to_json(forms.linear(300, 0, 1)) is None
