"""Exported SQL predicts what PREDICT does, in processes and engines that have no sqlml."""

import ast
import json
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlglot

import sqlml
from sqlml.export import sql
from sqlml.export.graph_sql import GraphSql, Spelling
from sqlml.export.made import rows
from sqlml.export.stages import Stages
from sqlml.model import onnx
from sqlml.model.form import Form
from sqlml.prep.recipe import Recipe
from sqlml.schema import Feature, Task
from sqlml.testing.learner import small_table
from sqlml.train.clock import Clock
from sqlml.train.job import scoring
from sqlml.train.learners.trees import Trees
from tests.model import forms

STRANGER = Path(__file__).parent / "by_macros.py"
IMPORTED = Path(__file__).parents[1] / "sql/import_model/files/trees.txt"
ROWS = """
CREATE TABLE orders AS SELECT
    i % 89 AS "select", ['gold', 'sil''ver', NULL, 'é😀'][1 + i % 4] AS "pl""an 😀", i % 5 = 0 AS "is new",
    CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 'inf'::DOUBLE ELSE i % 97 / 3e0 END AS score,
    (i % 50 / 7)::DECIMAL(9, 2) AS price, TIMESTAMP '2020-01-01' + INTERVAL (i * 59) MINUTE AS paid,
    DATE '1969-11-05' + ((i * 37) % 901)::INTEGER AS day, 'town ' || ((i % 89) // 2 * 7 % 45) AS town,
    (i % 89 > 40) = (i % 97 > 50) AS late, ['b', 'a', 'c|'][1 + (i % 89) // 30] AS "cla's|s", (i % 89) * 3 AS amount,
    i AS input, i % 3 AS row_
FROM range(1500) t(i);
CREATE TABLE odd AS SELECT * REPLACE (
    NULL::BIGINT AS "select", 'never' AS "pl""an 😀",
    NULL::BOOLEAN AS "is new", '-inf'::DOUBLE AS score, NULL::TIMESTAMP AS paid, NULL::DATE AS day, 'nowhere' AS town)
FROM orders LIMIT 30;
"""
COLUMNS = '"select", "pl""an 😀", "is new", score, price'
TABLES = ("orders", "odd")
# What is learnt, by how much of the search: of one trial the simplest, of more of them trees, a network and blends.
MODELS = {
    "simple": ("late", 1, COLUMNS),
    "trees": ("late", 2, COLUMNS),
    "network": ("amount", 7, COLUMNS),
    "cla's|s": ('"cla\'s|s"', 3, COLUMNS),
    "dated": ('"cla\'s|s"', 2, '"is new", score, price, paid, day, town'),
    "two": ("late, amount", 3, f"{COLUMNS}, paid"),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sql") / "orders.duckdb"
    with sqlml.connect(path) as db:
        db.execute(ROWS)
        for name, (targets, trials, columns) in MODELS.items():
            options = f"WITH (max_trials = {trials}, effort = 'fast')"
            db.execute(f'CREATE MODEL "{name}" PREDICT {targets} {options} AS SELECT {columns}, {targets} FROM orders')
            db.execute(f"EXPORT MODEL \"{name}\" TO '{path.parent / str(hash(name))}' (FORMAT sql)")
    return path


def folder(database: Path, model: str) -> Path:
    return database.parent / str(hash(model))


def near(found: Any, wanted: Any, by: float = 1e-9) -> bool:
    if isinstance(wanted, dict):
        return list(found) == list(wanted) and near(list(found.values()), list(wanted.values()), by)
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(near(a, b, by) for a, b in zip(found, wanted, strict=True))
    if isinstance(wanted, float):
        return math.isclose(found, wanted, rel_tol=by, abs_tol=by / 1000)
    return bool(found == wanted)


@pytest.mark.parametrize("model", MODELS)
def test_macros_predict_the_same_where_nothing_else_is_installed(database: Path, model: str) -> None:
    check_macros(folder(database, model), database, model, TABLES)


def test_macros_of_an_imported_model_predict_the_same(tmp_path: Path) -> None:
    database = tmp_path / "theirs.duckdb"
    with sqlml.connect(database) as db:
        db.execute(f"IMPORT MODEL theirs FROM '{IMPORTED}'")
        (recipe,) = db.execute("SELECT recipe FROM sqlml.targets").fetchone()
        db.execute(f"CREATE TABLE made AS {rows(Recipe.from_json(recipe))}")
        db.execute(f"EXPORT MODEL theirs TO '{tmp_path / 'out'}' (FORMAT sql)")
        asked = "SELECT count(DISTINCT predicted_theirs_probability) FROM PREDICT(MODEL theirs, TABLE made)"
        ((told,),) = db.execute(asked).fetchall()
    assert told > 1
    check_macros(tmp_path / "out", database, "theirs", ["made"])


def check_macros(folder: Path, database: Path, model: str, tables: Sequence[str]) -> None:
    """Runs the exported macros in a process that has no sqlml, beside PREDICT."""
    [script] = folder.glob("*.sql")
    arguments = [STRANGER, script, database, model, *tables]
    done = subprocess.run([sys.executable, "-I", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    with sqlml.connect(database, read_only=True) as db:
        for table, found, is_same in zip(tables, lines[::2], lines[1::2], strict=True):
            asked = f"SELECT COLUMNS('^predicted_') FROM PREDICT(MODEL \"{model}\", TABLE {table})"
            wanted = db.execute(asked).fetchall()
            assert is_same
            assert len(found) == len(wanted)
            assert all(
                near(a, b) for row, other in zip(found, wanted, strict=True) for a, b in zip(row, other, strict=True)
            )


@pytest.mark.parametrize("model", MODELS)
def test_a_report_says_how_near_it_is(database: Path, model: str) -> None:
    for told in json.loads((folder(database, model) / "parity.json").read_text()):
        assert told["rows"] == 1500
        assert told["same_class"] in (None, 1500)
        assert told["largest_difference"] < 1e-9


@pytest.mark.parametrize("dialect", ["postgres", "snowflake", "bigquery", "spark"])
@pytest.mark.parametrize("model", ["simple", "trees", "dated", "cla's|s"])
def test_other_dialects_say_the_same_when_they_are_read_back(
    database: Path, model: str, dialect: str, tmp_path: Path
) -> None:
    with sqlml.connect(database, read_only=True) as db:
        db.execute(f"EXPORT MODEL \"{model}\" TO '{tmp_path / dialect}' (FORMAT sql, DIALECT {dialect})")
        [script] = (tmp_path / dialect).glob("*.sql")
        assert ("Times count in whole seconds" in script.read_text()) == (model == "dated")
        back = sqlglot.transpile(script.read_text(), read=dialect, write="duckdb")[0]
        for table in TABLES:
            columns = f'list_sort(map_values("predicted_{MODELS[model][0].strip(chr(34))}_probabilities"))'
            wanted = db.execute(f'SELECT {columns} FROM PREDICT(MODEL "{model}", TABLE {table})').fetchall()
            asked = back.replace("rows_to_score", table)
            names = [column for column, *_ in db.execute(f"DESCRIBE {asked}").fetchall() if column.startswith("score_")]
            found = db.execute(f"SELECT list_sort([{', '.join(names)}]) FROM ({asked})").fetchall()
            # Two of the engines have no numbers of 32 bits, so a row may fall to the other side of a split.
            is_exact = dialect in ("postgres", "spark")
            pairs = zip(found, wanted, strict=True)
            off = sum(not near(row[0], other[0], 1e-9 if is_exact else 1e-5) for row, other in pairs)
            assert off <= (0 if is_exact else 0.01 * len(wanted))


def test_a_level_may_look_like_the_name_of_a_value() -> None:
    stages = Stages()
    kept = stages.keep(["CASE WHEN input.\"v4_1\" = 'it''s v7_1' THEN 1 END"])
    assert [*kept, *stages.keep([f"{kept[0]} + 1"])] == ["v0_1", "v1_1"]


def length(form: Form, features: Sequence[Feature], task: Task, spelling: Spelling = sql._PLAIN) -> int:
    stages = Stages()
    names = [f"f{at}" for at in range(len(features))]
    scores = GraphSql(names, stages, spelling).scores(onnx.build(form, features, task))
    return len("".join(scores)) + len(stages.query("*", "t"))


def grows_evenly(size: Callable[[int], int]) -> bool:
    return size(80) - size(40) < 2.2 * (size(40) - size(20))


def test_the_sql_of_many_classes_grows_as_they_do() -> None:
    """What is one for all of them, such as the sum of their shares, is not spelt for each."""

    def size(classes: int) -> int:
        found = replace(forms.forest(5, 0, classes, trees=classes), link="shares")
        return length(found, forms.features(5, 0), Task.MULTICLASS)

    assert grows_evenly(size)


@pytest.mark.parametrize("made", [forms.linear, forms.network])
def test_the_sql_of_many_categories_grows_as_they_do(made: Callable[..., Form]) -> None:
    """A level is looked up among those of its own category."""
    assert grows_evenly(lambda count: length(made(2, count, 1), forms.features(2, count), Task.REGRESSION))


@pytest.mark.parametrize("leaves", [7, 31, 100])
def test_as_many_trees_as_scoring_may_cost_can_be_written(leaves: int) -> None:
    table = small_table(Task.REGRESSION, rows=4_000)
    settings = {"learning_rate": 0.1, "num_leaves": leaves, "min_data_in_leaf": 5, "rounds": 40, "share": 1.0}
    whole = table.split(np.arange(4_000), np.zeros(0, np.int64))
    found = Trees().fit(whole, settings, Clock(60))
    size = length(found.form, table.features, table.task, sql._DUCKDB)
    # Last fits have more rounds than trials, by the root of their rows: all of them, against 7 of 8 folds of 4 fifths.
    assert size / found.cost * scoring("balanced", 0) / math.sqrt(0.8 * 7 / 8) < sql._MOST
