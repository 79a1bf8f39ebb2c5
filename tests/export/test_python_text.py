"""A script learns again what the words of texts say, where there is no sqlml."""

import csv
import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import sqlml
from sqlml.export import python
from sqlml.export.stored import Exported, Stored
from sqlml.model import onnx
from sqlml.prep.recipe import Recipe
from sqlml.prep.steps.text import Text
from sqlml.prep.target import examine
from sqlml.quote import literal
from tests.prep.bench import Bench

SPAM = Path(__file__).parents[2] / "../shared/data/sms_spam.parquet"
# Two texts, either of which may be missing, empty, or of a script without spaces; and a target that nothing tells of.
MAILS = """
SELECT
    CASE WHEN i % 17 = 0 THEN NULL WHEN i % 19 = 0 THEN '' ELSE
        array_to_string(list_transform(range(9), lambda k: 'w' || hash(i, k) % 300), ' ')
        || [' Prize £', ' lunch 我喜', ' letter 12345'][1 + i % 3] || i END AS "mes""sage",
    CASE WHEN i % 13 > 0 THEN array_to_string(list_transform(range(6), lambda k: 'v' || hash(i, k, 1) % 400), ' ')
        || CASE WHEN i % 5 < 2 THEN ' now!' ELSE '' END || hash(i) END AS title, i % 7 AS day,
    (i % 3 = 0) <> (hash('a' || i) % 20 = 0) AS spam,
    ['glad', 'it''s', 'é😀'][1 + (i + (hash('b' || i) % 20 = 0)::INTEGER) % 3] AS mood,
    (i % 3) * 10 + (i % 5 < 2)::INTEGER * 7 + sin(i) AS stars, hash('c' || i) % 2 = 0 AS chance
FROM range({first}, {last}) t(i)
"""
TARGETS = ("spam", "mood", "stars")
FIT = {"learner": "baseline", "weight": 1.0, "settings": {}, "seed": 1, "link": "identity"}


class Repeated:
    """A recipe that was fitted to all rows of a table, and the matrices that a script for it makes."""

    def __init__(self, bench: Bench, target: str, folder: Path) -> None:
        mails = MAILS.format(first=0, last=1500)
        others = ", ".join({*TARGETS, "chance"} - {target})
        self.recipe: Recipe = bench.cross(f"SELECT * EXCLUDE ({others}) RENAME ({target} AS y) FROM ({mails})")[0]
        bench.run(f"CREATE TABLE unseen AS {MAILS.format(first=1500, last=1800)}")
        column = next(one for one in bench.table("FROM t") if one.name == "y")
        found, _ = examine(bench.ask, "t", column, None)
        nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Exported))
        model = Exported(**nothing | {"name": "m", "query": "FROM t"})
        written = python._written(model, Stored(found, self.recipe, b""), "train.py")
        (folder / "train.py").write_text(written, encoding="utf-8")
        script = runpy.run_path(str(folder / "train.py"))
        more = (script["LABEL"], script["WEIGHT"], *script["marks"]())
        self.learnt, _, (self.label, _, *texts) = script["read"](bench.connection, "FROM t", more)
        self.asked, _, given = script["read"](bench.connection, "FROM unseen", script["marks"]())
        script["with_texts"](self.learnt, texts, texts, self.label)
        script["with_texts"](self.asked, texts, given, self.label)
        self.wanted = np.array(bench.matrix(self.recipe, "unseen"))


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "origin", lambda _: json.dumps({"fits": [FIT], "power": 1.0}))


@pytest.fixture
def bench() -> Iterator[Bench]:
    with duckdb.connect() as connection:
        yield Bench(connection)


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize("target", TARGETS)
def test_a_script_weighs_words_as_the_preparation_does(target: str, bench: Bench, tmp_path: Path) -> None:
    made = Repeated(bench, target, tmp_path)
    texts = [step for step in made.recipe.steps if isinstance(step, Text)]
    assert len(texts) == 2
    assert any(step.words for step in texts)
    # Weights are kept in thousandths, of which a text adds up some dozens.
    np.testing.assert_allclose(made.asked, made.wanted, atol=0.01)
    assert np.isnan(made.asked).any(axis=0).sum() >= len(texts)


@pytest.mark.usefixtures("scripted")
def test_no_row_learnt_from_sees_its_own_target(bench: Bench, tmp_path: Path) -> None:
    made = Repeated(bench, "chance", tmp_path)
    leanings = [at for at, feature in enumerate(made.recipe.features) if feature.name.startswith("leaning")]
    assert len(leanings) == 2
    for at in leanings:
        known = ~np.isnan(made.learnt[:, at])
        assert abs(np.corrcoef(made.learnt[known, at], made.label[known])[0, 1]) < 0.1


class House:
    """A database with a model of several targets, and what it says of the rows that it has not seen."""

    def __init__(self, folder: Path, seen: str, unseen: str, targets: tuple[str, ...], trials: int) -> None:
        self.database, self.folder, self.targets = folder / "mails.duckdb", folder / "scripts", targets
        with sqlml.connect(self.database) as db:
            db.execute(f"CREATE TABLE mails AS {seen}")
            db.execute(f"CREATE TABLE unseen AS {unseen}")
            db.execute(f"CREATE MODEL m PREDICT {', '.join(targets)} WITH (max_trials = {trials}) AS FROM mails")
            db.execute(f"EXPORT MODEL m TO '{self.folder}' (FORMAT python)")
            asked = "SELECT predicted_{0}::VARCHAR, {0}::VARCHAR FROM PREDICT(MODEL m, TABLE unseen)"
            rows = {target: db.execute(asked.format(target)).fetchall() for target in targets}
        self.own = {target: [own for own, _ in rows[target]] for target in targets}
        self.truth = {target: [truth for _, truth in rows[target]] for target in targets}

    def script(self, target: str) -> Path:
        number = f"_{1 + self.targets.index(target)}" if len(self.targets) > 1 else ""
        return self.folder / f"train{number}.py"

    def trained(self, target: str) -> list[str]:
        """What a script says of the unseen rows, which has no sqlml to help it."""
        path = str(self.script(target))
        run = f"import runpy, sys; sys.modules['sqlml'] = None; runpy.run_path({path!r}, run_name='__main__')"
        given = [sys.executable, "-W", "error", "-I", "-c", run, str(self.database), "FROM unseen"]
        done = subprocess.run(given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        header, *rows = csv.reader(done.stdout.splitlines())
        assert header[0] == f"predicted_{target}"
        return [row[0] for row in rows]

    def loss(self, target: str, predicted: list[str]) -> float:
        """The share of wrong classes, or the error of numbers as a share of their deviation."""
        truth = self.truth[target]
        if target != "stars":
            return float(np.mean(np.array(truth) != np.array(predicted)))
        numbers = np.array(truth, float)
        return float(np.sqrt(np.mean((numbers - np.array(predicted, float)) ** 2)) / numbers.std())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    seen, unseen = (
        f"SELECT * EXCLUDE (chance) FROM ({MAILS.format(first=first, last=last)})"
        for first, last in ((0, 1500), (1500, 2000))
    )
    return House(tmp_path_factory.mktemp("mails"), seen, unseen, TARGETS, 2)


@pytest.mark.parametrize("target", TARGETS)
def test_a_script_that_reads_texts_is_as_good_as_its_model(target: str, house: House) -> None:
    found, own = (house.loss(target, said) for said in (house.trained(target), house.own[target]))
    assert found == pytest.approx(own, abs=0.02)
    assert found < 0.5


@pytest.mark.parametrize("target", TARGETS)
def test_a_script_that_reads_texts_reads_well(target: str, house: House) -> None:
    path = house.script(target)
    assert 150 < path.read_text(encoding="utf-8").count("\n") < 450
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not SPAM.is_file(), reason="needs ../shared/data, which is not part of the repository")
def test_a_script_tells_real_spam_as_its_model_does(tmp_path: Path) -> None:
    rows = f"SELECT * EXCLUDE (row_) FROM (SELECT *, row_number() OVER () AS row_ FROM {literal(str(SPAM))}) WHERE row_"
    house = House(tmp_path, f"{rows} % 4 > 0", f"{rows} % 4 = 0", ("label",), 1)
    found = house.trained("label")
    assert house.loss("label", found) == pytest.approx(house.loss("label", house.own["label"]), abs=0.005)
    assert np.mean(np.array(found) != np.array(house.own["label"])) < 0.01
