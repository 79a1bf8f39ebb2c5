"""A script trains a model again where there is no sqlml, and is about as good."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sqlml
from sqlml.model import onnx

ROWS = """
CREATE TABLE {table} AS SELECT i AS id, i % 70 AS age, ['x', 'y', 'z', NULL][1 + (i * i % 7) % 4] AS plan,
    'l' || (hash(i) % 200)::VARCHAR AS city,
    CASE WHEN i % 9 > 0 THEN (i * 37) % 100 END AS months, sin(i) AS "odd ""name", 1 + i % 2 AS counts,
    ((i % 70 < 30) <> (i % 11 = 0)) OR hash(i) % 200 < 30 AS churned, exp(i % 70 / 20.0) + hash(i) % 200 / 10 AS spent,
    ['low', 'mid', 'é😀'][1 + i % 70 // 25] AS band
FROM range({first}, {last}) t(i)
"""
QUERY = "SELECT * EXCLUDE ({others}) FROM customers -- the rows"
TARGETS = ("churned", "spent", "band")

TREES = {"learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 20, "share": 1.0, "rounds": 150}
NETWORK = {
    "layers": 2,
    "units": 32,
    "nets": 2,
    "epochs": 20,
    "curve": "selu",
    "dropout": 0.1,
    "decay": 0.02,
    "rate": 0.04,
    "waves": 8,
}
SETTINGS = {"linear": {"l2": 1.0, "bends": 5}, "trees": TREES, "network": NETWORK}
LINKS = {"churned": "logistic", "spent": "identity", "band": "softmax"}


class House:
    """A database with a model for each target, and rows that none has seen."""

    def __init__(self, folder: Path) -> None:
        self.database, self.folder = folder / "house.duckdb", folder
        with sqlml.connect(self.database) as db:
            db.execute(ROWS.format(table="customers", first=0, last=3000))
            db.execute(ROWS.format(table="unseen", first=3000, last=4000))
            for target in TARGETS:
                others = ", ".join({*TARGETS, "id"} - {target})
                query = QUERY.format(others=others)
                db.execute(
                    f"CREATE MODEL m_{target} PREDICT {target} WITH (max_trials = 3, weight = counts) AS {query}"
                )

    def loss(self, target: str, predicted: list[str]) -> float:
        """The share of wrong classes, or the error of numbers as a share of their deviation."""
        with sqlml.connect(self.database) as db:
            truth = [str(value) for (value,) in db.execute(f"SELECT {target}::VARCHAR FROM unseen").fetchall()]
        if target != "spent":
            return float(np.mean(np.array(truth) != np.array(predicted)))
        numbers = np.array(truth, float)
        return float(np.sqrt(np.mean((numbers - np.array(predicted, float)) ** 2)) / numbers.std())

    def own(self, target: str) -> float:
        """The loss of the model itself."""
        with sqlml.connect(self.database) as db:
            sql = f"SELECT predicted_{target}::VARCHAR FROM PREDICT(MODEL m_{target}, TABLE unseen)"
            return self.loss(target, [value for (value,) in db.execute(sql).fetchall()])

    def guessed(self, target: str) -> float:
        """The loss of the commonest class, or of the mean."""
        with sqlml.connect(self.database) as db:
            ((share,),) = db.execute(
                f"SELECT max(n) / sum(n) FROM (SELECT count(*) AS n FROM unseen GROUP BY {target})"
            ).fetchall()
        return 1.0 if target == "spent" else 1.0 - share

    def script(self, target: str, name: str) -> Path:
        with sqlml.connect(self.database) as db:
            db.execute(f"EXPORT MODEL m_{target} TO '{self.folder / name}' (FORMAT python)")
        return self.folder / name / "train.py"

    def hidden(self, path: Path) -> str:
        """What a script prints for the unseen rows, which has no sqlml to help it."""
        run = f"import runpy, sys; sys.modules['sqlml'] = None; runpy.run_path({str(path)!r}, run_name='__main__')"
        given = [sys.executable, "-W", "error", "-I", "-c", run, str(self.database), "FROM unseen"]
        done = subprocess.run(given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def trained(self, target: str, name: str) -> float:
        """The loss of what a script predicts when it has trained the model again."""
        rows = list(csv.reader(self.hidden(self.script(target, name)).splitlines()))
        assert rows[0][0] == f"predicted_{target}"
        return self.loss(target, [row[0] for row in rows[1:]])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.mark.parametrize("target", TARGETS)
def test_a_script_is_as_good_as_its_model(target: str, house: House) -> None:
    assert house.trained(target, target) == pytest.approx(house.own(target), abs=0.05)


@pytest.mark.parametrize(
    ("learner", "target"),
    [
        *((learner, target) for learner in ("linear", "trees") for target in TARGETS),
        ("network", "spent"),
        ("network", "band"),
    ],
)
def test_every_learner_can_be_repeated(
    learner: str, target: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = {"learner": learner, "weight": 1.0, "settings": SETTINGS[learner], "seed": 1, "link": LINKS[target]}
    monkeypatch.setattr(onnx, "origin", lambda _: json.dumps({"fits": [fit], "power": 1.0}))
    assert house.trained(target, f"{target}_{learner}") < 0.8 * house.guessed(target)


@pytest.mark.parametrize("learner", ["trees", "network"])
def test_logarithms_can_be_repeated(learner: str, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = {"learner": learner, "weight": 1.0, "settings": SETTINGS[learner], "seed": 1, "link": "exp"}
    losses = []
    for factor in (1.0, 1.5):
        found = json.dumps({"fits": [fit | {"factor": factor}], "power": 1.0})
        monkeypatch.setattr(onnx, "origin", lambda _, found=found: found)
        losses.append(house.trained("spent", f"logarithms_{learner}_{factor}"))
    assert losses[0] < 0.8 * house.guessed("spent")
    assert losses[1] > 1.1 * losses[0]


@pytest.mark.parametrize("target", ["spent", "band"])
def test_where_nothing_is_learnt_the_script_guesses(target: str, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = {"learner": "baseline", "weight": 1.0, "settings": {}, "seed": 1, "link": "identity"}
    monkeypatch.setattr(onnx, "origin", lambda _: json.dumps({"fits": [fit], "power": 1.0}))
    assert house.trained(target, f"{target}_baseline") == pytest.approx(house.guessed(target), abs=0.05)


def test_a_script_reads_well(house: House) -> None:
    path = house.script("band", "read")
    text = path.read_text(encoding="utf-8")
    assert 100 < text.count("\n") < 250
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_the_folder_scores_as_the_model_does_and_trains_nothing(target: str, house: House) -> None:
    script = house.script(target, f"{target}_scored").with_name("score.py")
    told = json.loads(house.hidden(script))
    column = f"[predicted_{target}]" if target == "spent" else f"map_values(predicted_{target}_probabilities)"
    with sqlml.connect(house.database) as db:
        wanted = db.execute(f"SELECT {column} FROM PREDICT(MODEL m_{target}, TABLE unseen)").fetchall()
    assert told["target"] == target
    np.testing.assert_allclose(told["scores"], [row for (row,) in wanted], rtol=1e-9)
