"""Trees that were grown elsewhere leave as SQL as they came: it predicts what their own library predicts."""

from pathlib import Path
from typing import Any

import duckdb
import lightgbm
import numpy as np
import pyarrow as pa
import pytest
import sqlglot

import sqlml
from tests.model.foreign.test_boosted import NAMES, data

# One aim for each thing that is made of the sums of trees, and what its target looks like.
AIMS: dict[str, tuple[dict[str, Any], str]] = {
    "identity": ({"objective": "regression"}, "number"),
    "logistic": ({"objective": "binary", "sigmoid": 0.7}, "truth"),
    "softmax": ({"objective": "multiclass", "num_class": 4}, "classes"),
    "power": ({"objective": "poisson"}, "count"),
    "share": ({"objective": "cross_entropy"}, "share"),
    "softplus": ({"objective": "cross_entropy_lambda"}, "share"),
    "square": ({"objective": "regression", "reg_sqrt": True}, "number"),
}
NUMBERS = NAMES[:4]


@pytest.mark.parametrize("aim", AIMS)
def test_trees_leave_as_they_came(aim: str, tmp_path: Path) -> None:
    told, target = AIMS[aim]
    matrix, targets = data()
    rows = matrix[:, : len(NUMBERS)]
    whole = lightgbm.Dataset(rows, targets[target].astype(float), feature_name=NUMBERS)
    made = lightgbm.train({"verbosity": -1, "num_threads": 1} | told, whole, 20)
    made.save_model(tmp_path / "model.txt")
    own = made.predict(rows)
    wanted = np.column_stack([1 - own, own]) if aim == "logistic" else own.reshape(len(rows), -1)
    with sqlml.connect() as db:
        db.execute(f"IMPORT MODEL m PREDICT y FROM '{tmp_path / 'model.txt'}'")
        db.execute(f"EXPORT MODEL m TO '{tmp_path / 'duckdb'}' (FORMAT sql)")
        db.execute(f"EXPORT MODEL m TO '{tmp_path / 'postgres'}' (FORMAT sql, DIALECT postgres)")
    with duckdb.connect() as db:
        db.register("given", pa.table(dict(zip(NUMBERS, rows.T, strict=True))))
        db.execute("CREATE TABLE asked AS FROM given")
        db.execute((tmp_path / "duckdb/m.sql").read_text(encoding="utf-8"))
        found = "map_values(predicted_y_probabilities)" if target in ("truth", "classes") else "[predicted_y]"
        macros = [row for (row,) in db.execute(f"SELECT {found} FROM predict_m(asked)").fetchall()]
        query = (tmp_path / "postgres/m.sql").read_text(encoding="utf-8").replace("rows_to_score", "asked")
        back = sqlglot.transpile(query, read="postgres", write="duckdb")[0]
        elsewhere = db.execute(f"SELECT COLUMNS('^score_') FROM ({back})").fetchall()
    np.testing.assert_allclose(macros, wanted, rtol=1e-12)
    np.testing.assert_allclose(elsewhere, wanted, rtol=1e-12)
