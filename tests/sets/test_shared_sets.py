"""Every real data set of a task that sqlml has trains, scores and evaluates from its raw file."""

from pathlib import Path
from typing import Any

import pytest

import sqlml
from sqlml.quote import identifier
from tests.bench.sets import sets, tables
from tests.conftest import SHARED

MANIFEST = SHARED / "data" / "MANIFEST.json"
ENTRIES = sets(MANIFEST.parent) if MANIFEST.exists() else []
# The manifest's names of what EVALUATE measures; where nothing can be learnt in a moment, being no worse is enough.
LOSS = {"binary": ("log_loss", "logloss"), "multiclass": ("log_loss", "logloss"), "regression": ("rmse", "rmse")}
SLACK = 1.002


@pytest.mark.parametrize("entry", ENTRIES or [None], ids=[entry["name"] for entry in ENTRIES] or ["absent"])
def test_a_raw_set_trains_scores_and_evaluates(
    entry: dict[str, Any], shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared_data)
    with sqlml.connect(tmp_path / "set.duckdb") as db:
        tables(db, shared_data, entry, raw=True)
        _train(db, entry, "max_trials = 2, max_runtime = '10 seconds'")
        scored = f"SELECT count(*), count({_predicted(entry)}) FROM PREDICT(MODEL m, TABLE test)"
        (rows,) = db.execute("SELECT count(*) FROM test").fetchone()
        assert db.execute(scored).fetchone() == (rows, rows)
        values = dict(db.execute("SELECT metric, value FROM EVALUATE(MODEL m, TABLE test)").fetchall())
        assert dict(db.execute("SELECT metric, value FROM EVALUATE(MODEL m)").fetchall()).keys() == values.keys()
    ours, theirs = LOSS[entry["task"]]
    assert values[ours] < SLACK * entry["trivial"][theirs]
    if entry["task"] == "binary":
        assert values["roc_auc"] > 0.5


@pytest.mark.parametrize("name", ["telco_churn"])
def test_one_thread_and_four_predict_the_same(
    name: str, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared_data)
    (entry,) = sets(shared_data, name)
    found = []
    for threads in (1, 4):
        with sqlml.connect(tmp_path / f"{threads}.duckdb") as db:
            db.execute(f"SET threads = {threads}")
            tables(db, shared_data, entry, raw=True)
            _train(db, entry, "max_trials = 2, max_runtime = '10 minutes'")
            found.append(db.execute("SELECT * FROM PREDICT(MODEL m, TABLE test)").fetchall())
    assert found[0] == found[1]


def _train(db: sqlml.Connection, entry: dict[str, Any], options: str) -> None:
    db.execute(f"CREATE MODEL m PREDICT {identifier(entry['target'])} WITH ({options}) AS FROM train")


def _predicted(entry: dict[str, Any]) -> str:
    return identifier(f"predicted_{entry['target']}")
