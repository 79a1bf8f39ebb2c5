"""A row's prediction is its own: neighbours, order, threads, form and reopening change no bit of it."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sqlml

# Models by name, with what their data forces to win: straight lines for the one, an exclusive or for the other.
MODELS = {
    "leaving": ("linear", 1, "CASE WHEN amount + price > 60 THEN 'goes' ELSE 'stays' END"),
    "habit": ("trees", 2, "((amount > 35) <> (price > 0)) <> (plan = 'pro')"),
    "size": ("trees", 2, "CASE WHEN (amount > 35) <> (price > 0) THEN 'S' WHEN month(since) < 5 THEN 'M' ELSE 'L' END"),
    "spent": ("trees", 2, "CASE WHEN (amount > 35) <> (price > 0) THEN 100.5 ELSE month(since) END"),
}
ROWS = """
SELECT CASE WHEN i % 17 <> 0 THEN (i * 37) % 71 END AS amount,
       CASE WHEN i % 19 <> 0 THEN (i * 53) % 101 - 50.5::DOUBLE END AS price,
       ['basic', 'plus', 'pro', NULL][1 + i % 4] AS plan, 'note ' || md5(i::VARCHAR) AS note,
       DATE '2024-01-01' + ((i * 11) % 366)::INTEGER AS since
FROM range(1200) t(i)
"""
NUMBERS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-10, 90)
DOUBLES = st.none() | st.floats() | st.floats(-60, 60) | st.sampled_from([1e300, -1e300, 5e-324, -0.0])
LEVELS = st.none() | st.sampled_from(["basic", "plus", "pro", "Pro", "", "it's", '"', "🛒", "\\", "\x00"]) | st.text()
DATES = st.none() | st.dates().map(date.isoformat) | st.sampled_from(["infinity", "-infinity", "0044-03-15 (BC)"])
TABLES = st.lists(st.tuples(NUMBERS, DOUBLES, LEVELS, st.none() | st.text(), DATES), min_size=1, max_size=40)
EXTREMES = [
    (None, None, None, None, None),
    (2**63 - 1, 1e300, "unseen", "", "infinity"),
    (-(2**63), float("nan"), "it's", "🛒", "-infinity"),
    (0, float("inf"), "pro", 'a "b" c', "0044-03-15 (BC)"),
    (36, float("-inf"), "", "\x00", "2024-02-29"),
]

Row = tuple[Any, ...]
each_model = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the models, and a view over each that scores a table `given`."""
    file = tmp_path_factory.mktemp("models") / "models.duckdb"
    with sqlml.connect(file) as db:
        db.execute(f"CREATE TABLE rows AS {ROWS}")
        db.execute("CREATE TABLE given AS SELECT 0::BIGINT AS n, * FROM rows LIMIT 0")
        for name, (winner, trials, truth) in MODELS.items():
            query = f"SELECT amount, price, plan, note, since, {truth} AS y FROM rows"
            row = db.execute(f"CREATE MODEL {name} PREDICT y WITH (max_trials = {trials}) AS {query}").fetchone()
            assert winner in row[6], f"{name}: {row[6]}"
            db.execute(f"CREATE VIEW {name}_scored AS SELECT * FROM PREDICT(MODEL {name}, TABLE given)")
    return file


@pytest.fixture(scope="module")
def db(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlml.Connection]:
    """A connection to a copy of the database, whose table `given` each example fills anew."""
    copy = tmp_path_factory.mktemp("copy") / "models.duckdb"
    shutil.copy(path, copy)
    with sqlml.connect(copy) as connection:
        yield connection


def fill(db: sqlml.Connection, rows: list[Row]) -> None:
    """Makes `rows` the rows of `given`, numbered by `n`."""
    types = [pa.int64(), pa.float64(), pa.string(), pa.string(), pa.string()]
    names = ["amount", "price", "plan", "note", "since"]
    columns = zip(names, zip(*rows, strict=True), types, strict=True)
    drawn = pa.table({"n": range(len(rows))} | {name: pa.array(cells, kind) for name, cells, kind in columns})
    assert drawn.num_rows == len(rows)
    db.execute("TRUNCATE given; INSERT INTO given SELECT * REPLACE (CAST(since AS DATE) AS since) FROM drawn")


def outputs(relation: Any) -> dict[int, str]:
    """The prediction's columns of each row, by its `n`, spelled so that equal texts are equal bits."""
    found = relation.select("n, COLUMNS('^predicted_')").fetchall()
    assert len({row[0] for row in found}) == len(found)
    return {row[0]: repr(row[1:]) for row in found}


def scored(db: sqlml.Connection, model: str) -> dict[int, str]:
    return outputs(db.sql(f"SELECT * FROM PREDICT(MODEL {model}, TABLE given)"))


@each_model
@settings(max_examples=25)
@given(rows=TABLES)
@example(rows=EXTREMES)
def test_every_row_gets_a_prediction_that_makes_sense(db: sqlml.Connection, model: str, rows: list[Row]) -> None:
    fill(db, rows)
    assert len(scored(db, model)) == len(rows)
    good = "predicted_y IS NOT NULL"
    if model == "spent":
        good += " AND isfinite(predicted_y::DOUBLE)"
    else:
        good += (
            " AND abs(list_sum(map_values(predicted_y_probabilities)) - 1) < 1e-12"
            " AND list_bool_and([p BETWEEN 0 AND 1 FOR p IN map_values(predicted_y_probabilities)])"
            " AND predicted_y_probability = list_max(map_values(predicted_y_probabilities))"
            " AND predicted_y_probabilities[predicted_y] = predicted_y_probability"
        )
    bad = f"SELECT * FROM PREDICT(MODEL {model}, TABLE given) WHERE ({good}) IS NOT TRUE"
    assert db.execute(bad).fetchall() == []


@each_model
@settings(max_examples=15)
@given(rows=TABLES, data=st.data())
def test_neither_neighbours_nor_order_matter(
    db: sqlml.Connection, model: str, rows: list[Row], data: st.DataObject
) -> None:
    fill(db, rows)
    expected = scored(db, model)
    few = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True, min_size=1))
    part = f"SELECT * FROM PREDICT(MODEL {model}, (FROM given WHERE n IN {(*few, -1)}))"
    assert outputs(db.sql(part)) == {n: expected[n] for n in few}
    limited = f"SELECT * FROM PREDICT(MODEL {model}, (FROM given ORDER BY hash(n) LIMIT {len(few)}))"
    assert outputs(db.sql(limited)).items() <= expected.items()
    shuffled = data.draw(st.permutations(range(len(rows))))
    fill(db, [rows[n] for n in shuffled])
    assert {shuffled[n]: output for n, output in scored(db, model).items()} == expected


@each_model
@settings(max_examples=6)
@given(rows=TABLES, copies=st.sampled_from([1, 51, 2048, 3500]))
@example(rows=EXTREMES, copies=25_000)
def test_neither_threads_nor_the_size_of_the_batch_matter(
    db: sqlml.Connection, model: str, rows: list[Row], copies: int
) -> None:
    fill(db, rows)
    expected = scored(db, model)
    db.execute(f"CREATE OR REPLACE TEMP TABLE many AS SELECT given.* FROM range({copies}), given")
    for threads in (1, 4):
        db.execute(f"SET threads = {threads}")
        distinct = f"SELECT n, COLUMNS('^predicted_'), count(*) FROM PREDICT(MODEL {model}, TABLE many) GROUP BY ALL"
        found = db.execute(distinct).fetchall()
        assert {row[0]: repr(row[1:-1]) for row in found} == expected
        assert [row[-1] for row in found] == [copies] * len(rows)


@each_model
@settings(max_examples=15)
@given(rows=TABLES)
@example(rows=EXTREMES)
def test_every_form_says_the_same(db: sqlml.Connection, model: str, rows: list[Row]) -> None:
    fill(db, rows)
    expected = scored(db, model)
    called = f"SELECT * FROM PREDICT(MODEL {model}, (SELECT * FROM given))"
    db.execute(f"CREATE OR REPLACE TEMP TABLE kept AS {called}")
    for form in [
        f"PREDICT {model} FROM given",
        f"PREDICT {model} SELECT * FROM given",
        called,
        f"FROM {model}_scored",
        f"WITH g AS (FROM given), p AS (SELECT * FROM PREDICT(MODEL {model}, TABLE g)) FROM p",
        f"SELECT * FROM ML.PREDICT(MODEL {model}, TABLE given)",
        f"{called} WHERE n % 2 = 0 UNION ALL {called} WHERE n % 2 = 1",
        "FROM kept",
    ]:
        assert outputs(db.sql(form)) == expected, form


@each_model
@settings(max_examples=5)
@given(rows=TABLES)
@example(rows=EXTREMES)
def test_an_opened_again_database_says_the_same(path: Path, model: str, rows: list[Row]) -> None:
    copy = path.with_name("reopened.duckdb")
    shutil.copy(path, copy)
    with sqlml.connect(copy) as db:
        fill(db, rows)
        expected = scored(db, model)
    with sqlml.connect(copy, read_only=True) as db:
        assert outputs(db.sql(f"FROM {model}_scored")) == scored(db, model) == expected
