"""What is learnt from the target is seen by rows of the other half of the parts, and chance stays chance."""

import math

import numpy as np
import pytest

from sqlml.prep import levels as room
from sqlml.prep.recipe import Recipe
from sqlml.prep.steps.shared import Crossed
from tests.prep.bench import Bench

LEVELS = "'l' || hash(i, {seed}) % {levels}"
SENTENCES = (
    "array_to_string([chr(97 + (hash(i, k, {seed}) % 26)::INTEGER) || hash(i, k, 1) % 40 for k in range(12)], ' ')"
)


def crossed(recipe: Recipe) -> list[Crossed]:
    return [step for step in recipe.steps if isinstance(step, Crossed)]


def area(label: np.ndarray, score: np.ndarray) -> float:
    """The share of pairs of a positive and a negative row that the score puts in order."""
    gaps = score[label == 1][:, None] - score[label == 0][None, :]
    return float((gaps > 0).mean() + (gaps == 0).mean() / 2)


def out_of_fold(features: np.ndarray, label: np.ndarray, part: np.ndarray) -> np.ndarray:
    """What boosted trees say of each part, having learnt from the others."""
    import lightgbm

    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "num_leaves": 15, "min_data_in_leaf": 10}
    score = np.zeros(len(label))
    for number in np.unique(part):
        rest = part != number
        learnt = lightgbm.train(settings, lightgbm.Dataset(features[rest], label[rest]), 60)
        score[~rest] = learnt.predict(features[~rest])
    return score


@pytest.fixture
def _believing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Means are taken even where they tell nothing."""
    monkeypatch.setattr(room, "_TELLING", -1e9)


@pytest.mark.usefixtures("_believing")
@pytest.mark.parametrize(
    ("kind", "levels"), [(LEVELS, 60), (LEVELS, 300), (LEVELS, 1000), (SENTENCES, 0)], ids=["60", "300", "1000", "text"]
)
def test_features_do_not_predict_a_target_of_chance(kind: str, levels: int, bench: Bench) -> None:
    areas = []
    for seed in range(3):
        column = kind.format(seed=seed, levels=levels)
        select = f"SELECT {column} AS a, sin(i) AS b, hash(i, {seed}, 3) % 2 = 0 AS y FROM range(3000) r(i)"
        recipe, _ = bench.cross(select, folds=5)
        assert crossed(recipe)
        features = np.array(bench.training(recipe))
        label, part = np.array(bench.rows("SELECT y::INTEGER, part FROM t")).T
        areas.append(area(label, out_of_fold(features, label, part)))
    assert abs(np.mean(areas) - 0.5) < 0.05


@pytest.mark.usefixtures("_believing")
@pytest.mark.parametrize("own", range(4))
def test_a_rows_own_fold_says_nothing_to_it(own: int, bench: Bench) -> None:
    select = "SELECT 'l' || i % 40 AS a, 'now word' || i % 40 || ' ' || hash(i) AS w, {y} AS y FROM range(2000) r(i)"
    seen = []
    for y in ("i % 2 = 0", f"(i % 2 = 0) <> (hash(i, 7) % 4 = {own})"):
        recipe, _ = bench.cross(select.format(y=y))
        steps = crossed(recipe)
        assert [step.name for step in steps] == ["level_mean", "text"]
        array = Recipe(tuple(steps)).training_array("t", "t.part")
        seen.append(np.array([row for (row,) in bench.rows(f"SELECT {array} FROM t WHERE part = {own}")]))
    assert (seen[0][:, 1] == seen[1][:, 1]).all()
    # The share in all rows, which levels of few rows lean to, has changed a little.
    assert np.abs(seen[0][:, 0] - seen[1][:, 0]).max() < 0.02
    assert seen[0][:, 0].std() > 0.1


@pytest.mark.parametrize("y", ["hash(i) % 2 = 0", "hash(i) % 7", "hash(i) / 7e0"])
def test_levels_that_tell_nothing_are_not_told_apart(y: str, bench: Bench) -> None:
    recipe, notices = bench.cross(
        f"SELECT {LEVELS.format(seed=1, levels=300)} AS a, sin(i) AS b, {y} AS y FROM range(3000) r(i)"
    )
    assert [feature.name for feature in recipe.features] == ["b"]
    (notice,) = notices
    assert notice.condition() == "levels_tell_nothing"
    assert "`a`" in notice.message


def test_levels_that_tell_nothing_keep_their_numbers_where_they_are_common(bench: Bench) -> None:
    recipe, notices = bench.cross(
        f"SELECT {LEVELS.format(seed=1, levels=40)} AS a, hash(i) % 2 = 0 AS y FROM range(3000) r(i)"
    )
    assert [(feature.name, feature.levels) for feature in recipe.features] == [("a", 41)]
    assert not notices


@pytest.mark.parametrize(
    "y", ["(level < 150) <> (hash(i) % 3 = 0)", "level // 100 * (hash(i) % 3)", "level + hash(i, 1) % 900"]
)
def test_levels_that_tell_little_have_means(y: str, bench: Bench) -> None:
    drawn = "SELECT i, hash(hash(i), 3) % 300 AS level FROM range(3000) r(i)"
    recipe, _ = bench.cross(f"SELECT 'l' || level AS a, {y} AS y FROM ({drawn})")
    assert [step.name for step in crossed(recipe)] == ["level_mean"]


def test_rows_to_predict_see_what_all_say(bench: Bench) -> None:
    recipe, _ = bench.cross("SELECT 'l' || i % 40 AS a, i % 40 < 20 AS y FROM range(4000) r(i)")
    at = next(at for at, feature in enumerate(recipe.features) if feature.name == "mean(a)")
    for number, row in zip(range(40), bench.matrix(recipe), strict=False):
        assert row[at] == pytest.approx((100 * (number < 20) + 5) / 110, abs=1e-4)
    (unseen,) = bench.matrix(recipe, "(SELECT 'new' AS a)")
    assert unseen[at] == pytest.approx(0.5)
    (missing,) = bench.matrix(recipe, "(SELECT NULL::VARCHAR AS a)")
    assert math.isnan(missing[at])


@pytest.mark.usefixtures("_believing")
@pytest.mark.parametrize("kind", [LEVELS.format(seed=1, levels=500), SENTENCES.format(seed=1)], ids=["levels", "text"])
@pytest.mark.parametrize("y", ["hash(i) % 2 = 0", "hash(i) % 5", "sin(i) * 1e300", "hash(i) / 7e0"])
def test_what_is_kept_is_for_scoring_only(kind: str, y: str, bench: Bench) -> None:
    recipe, _ = bench.cross(f"SELECT {kind} AS a, {y} AS y FROM range(2000) r(i)")
    (step, *_) = crossed(recipe)
    assert step.halves is not None
    assert "halves" not in recipe.to_json()
    again = Recipe.from_json(recipe.to_json())
    assert again == recipe
    assert again.array("t") == recipe.array("t")
    assert np.isfinite(np.array(bench.training(recipe))).all()
    assert np.isfinite(np.array(bench.matrix(recipe))).all()


def test_without_folds_nothing_is_made_of_the_target(bench: Bench) -> None:
    recipe, _ = bench.fit(f"SELECT {LEVELS.format(seed=1, levels=500)} AS a, i % 2 = 0 AS y FROM range(2000) r(i)")
    assert crossed(recipe) == []


@pytest.mark.usefixtures("_believing")
@pytest.mark.parametrize("y", ["hash(i) % 3", "sin(i) * 100"])
def test_a_crossed_recipe_is_the_same_on_any_number_of_threads(y: str, bench: Bench) -> None:
    found = set()
    for threads in (1, 4):
        bench.run(f"SET threads = {threads}")
        columns = f"{LEVELS.format(seed=1, levels=3000)} AS a, {SENTENCES.format(seed=2)} AS b"
        recipe, _ = bench.cross(f"SELECT {columns}, {y} AS y FROM range(150000) r(i)")
        found.add((recipe.to_json(), recipe.training_array("t", "f")))
    assert len(found) == 1


def test_five_thousand_columns_of_many_levels_and_of_text_stay_within_bounds(bench: Bench) -> None:
    columns = [f"'l' || hash(i, {at}) % 40 AS l{at}" for at in range(700)]
    columns += [f"'w' || hash(i, {at}) % 9 || ' and ' || hash(i, {at}, 1) AS w{at}" for at in range(300)]
    recipe, notices = bench.cross(f"SELECT {', '.join(columns)}, hash(i) % 2 = 0 AS y FROM range(100) r(i)")
    assert len(recipe.features) < 4 * 1000
    assert sum(len(step.weights) for step in crossed(recipe) if step.name == "text") <= 131_072  # type: ignore[attr-defined]
    assert any("no room" in notice.message for notice in notices)
