"""Exported files of the learners' own formats score as PREDICT does, read by these learners alone."""

import json
import subprocess
import sys
from pathlib import Path

import lightgbm
import numpy as np
import pytest

import sqlml
from sqlml.export import lightgbm_text
from tests.model import forms

ROWS = """
CREATE TABLE orders AS SELECT
    i % 89 AS "select", 'c' || i % 40 AS city, CASE WHEN i % 9 > 0 THEN i % 97 / 3e0 END AS score,
    (i % 89 > 40) = (i % 97 > 50) AS late, ['b', 'a', 'c'][1 + (i % 89) // 30] AS kind, (i % 89) * 3 AS amount
FROM range(1500) t(i)
"""


def test_files_score_the_same_in_a_process_without_sqlml(tmp_path: Path) -> None:
    database, folder = tmp_path / "orders.duckdb", tmp_path / "files"
    with sqlml.connect(database) as db:
        db.execute(ROWS)
        db.execute("CREATE MODEL m PREDICT late, kind, amount WITH (max_trials = 3) AS FROM orders")
        told = db.execute(f"EXPORT MODEL m TO '{folder}' (FORMAT native)").fetchall()
        columns = "map_values(predicted_late_probabilities), map_values(predicted_kind_probabilities)"
        wanted = db.execute(f"SELECT {columns} FROM PREDICT(MODEL m, TABLE orders)").fetchall()
    assert {name for name, _, _ in told} | {"export.txt"} == {path.name for path in folder.iterdir()}
    assert all(size == (folder / name).stat().st_size for name, size, _ in told)
    done = subprocess.run(
        [sys.executable, "-I", folder / "score.py", database, "FROM orders"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    late, kind, amount = [json.loads(line) for line in done.stdout.splitlines()]
    assert [late["target"], kind["target"], amount["target"]] == ["late", "kind", "amount"]
    np.testing.assert_allclose(late["scores"], [row for row, _ in wanted], rtol=1e-9)
    np.testing.assert_allclose(kind["scores"], [row for _, row in wanted], rtol=1e-9)


@pytest.mark.parametrize("outputs", [1, 26])
def test_the_text_of_trees_says_what_they_do(outputs: int) -> None:
    forest = forms.forest(5, 3, outputs)
    forest.missing_yes[forest.members >= 0] = False
    assert lightgbm_text.fits(forest)
    booster = lightgbm.Booster(model_str=lightgbm_text.text(forest, forms.features(5, 3)))
    rows = forms.rows(5, 3, 400)
    # The learner takes a negative code for a missing one; there is none in a row that a recipe makes.
    rows[:, 5:] = np.where(rows[:, 5:] < 0, 99, rows[:, 5:])
    bare = type(forest)(**vars(forest) | {"base": np.zeros(len(forest.base)), "link": "identity"})
    raw = booster.predict(rows, raw_score=True).reshape(400, -1)
    np.testing.assert_allclose(raw, forms.walked(bare, rows), rtol=1e-9, atol=1e-12)


def test_trees_that_send_a_missing_category_the_other_way_do_not_fit() -> None:
    forest = forms.forest(2, 2, 1)
    assert (forest.missing_yes & (forest.members >= 0)).any()
    assert not lightgbm_text.fits(forest)
