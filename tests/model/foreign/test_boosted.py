"""Boosted trees from their library's text predict what the library predicts, whatever they were trained for."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import sqlml
from sqlml.model.foreign import boosted
from sqlml.model.foreign.aim_problems import RanksRows
from sqlml.model.foreign.problems import FileDamaged, FileRefused
from sqlml.train.learners import trees
from tests.model.foreign.files import TREES

ROWS, LEVELS = 600, 40
NAMES = ["number", "rounded", "seconds", "gaps", "few", "many"]

# Of each aim: what it needs to be told, and what its target looks like.
AIMS: dict[str, tuple[dict[str, Any], str]] = {
    "binary": ({"sigmoid": 0.7}, "truth"),
    "multiclass": ({"num_class": 4}, "classes"),
    "multiclassova": ({"num_class": 4, "sigmoid": 1.5}, "classes"),
    "regression": ({}, "number"),
    "regression_l1": ({}, "number"),
    "huber": ({}, "number"),
    "fair": ({}, "number"),
    "quantile": ({"alpha": 0.8}, "number"),
    "mape": ({}, "number"),
    "poisson": ({}, "count"),
    "gamma": ({}, "positive"),
    "tweedie": ({"tweedie_variance_power": 1.2}, "count"),
    "cross_entropy": ({}, "share"),
    "cross_entropy_lambda": ({}, "share"),
    "lambdarank": ({}, "rank"),
    "rank_xendcg": ({}, "rank"),
}
WAYS: dict[str, dict[str, Any]] = {
    "forest": {"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
    "forest of classes": {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
    "dropping trees": {"objective": "regression", "boosting": "dart"},
    "no average": {"objective": "binary", "boost_from_average": False},
    "nothing missing": {"objective": "regression", "use_missing": False},
    "codes one by one": {"objective": "binary", "max_cat_to_onehot": 64},
    "square root": {"objective": "regression", "reg_sqrt": True},
    "square root of counts": {"objective": "regression_l1", "reg_sqrt": True},
    "nothing learnt": {"objective": "regression", "min_data_in_leaf": 10**6},
    "random": {"objective": "multiclass", "num_class": 4, "extra_trees": True},
}


def data() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    random = np.random.default_rng(5)
    matrix = np.column_stack(
        [
            random.normal(size=ROWS),
            np.round(random.normal(size=ROWS), 1),
            1.7e9 + random.random(ROWS) * 1e5,
            np.where(random.random(ROWS) < 0.3, np.nan, random.choice([0.0, 1e-36, -2.0, 3.0], ROWS)),
            random.integers(0, 5, ROWS),
            random.integers(0, LEVELS, ROWS),
        ]
    )
    signal = matrix[:, 0] + matrix[:, 1] + (matrix[:, 2] - 1.7e9) / 1e5 + (matrix[:, 5] % 3) * (matrix[:, 4] == 2)
    return matrix, {
        "truth": signal > 1,
        "classes": np.digitize(signal, np.quantile(signal, [0.25, 0.5, 0.75])),
        "number": signal * 100,
        "count": np.floor(np.exp(signal / 2)),
        "positive": np.exp(signal / 2),
        "share": 1 / (1 + np.exp(-signal)),
        "rank": np.digitize(signal, np.quantile(signal, [0.25, 0.5, 0.75])),
    }


def booster(told: dict[str, Any], target: str) -> Any:
    matrix, targets = data()
    library = trees._library()
    fixed = {"verbosity": -1, "num_threads": 1, "min_data_per_group": 5, "num_leaves": 12, "seed": 1}
    whole = library.Dataset(
        matrix,
        targets[target].astype(float),
        feature_name=NAMES,
        categorical_feature=[4, 5],
        group=[ROWS // 4] * 4 if target == "rank" else None,
        params=fixed | told,
    )
    return library.train(fixed | told, whole, 12)


def odd_rows(text: str) -> np.ndarray:
    """Every threshold as a value with the nearest of 64 bits beside it, and all that a column should not hold."""
    matrix, _ = data()
    found = [matrix]
    for tree in boosted._Text(text)._trees:
        asks = ~tree.is_category
        for feature, cut in zip(tree.feature[asks], tree.threshold[asks], strict=True):
            near = matrix[:3].copy()
            near[:, feature] = cut, np.nextafter(cut, -np.inf), np.nextafter(cut, np.inf)
            found.append(near)
    strange = matrix[:60].copy()
    for row, odd in enumerate((np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-35, -1e-35, 1e-30, 3e38, -3e38, 1e299)):
        strange[row, :4] = odd
    for row, code in enumerate((np.nan, -1, -0.5, 0.5, 1.9, LEVELS, LEVELS + 0.7, 1e6, 2**24 + 1)):
        strange[20 + row, 4:] = code
    return np.concatenate([*found, strange])


def predicted(folder: Path, text: str, rows: np.ndarray) -> np.ndarray:
    """What SQL says of the rows, as the library gives it."""
    (folder / "model.txt").write_text(text, encoding="utf-8")
    with sqlml.connect() as db:
        db.execute(f"IMPORT MODEL m PREDICT y FROM '{folder / 'model.txt'}'").fetchall()
        db.register("given", pa.table(dict(zip(NAMES, rows.T, strict=True))))
        columns = [name for name, *_ in db.execute("DESCRIBE FROM PREDICT(MODEL m, TABLE given)").fetchall()]
        asked = "map_values(predicted_y_probabilities)" if "predicted_y_probabilities" in columns else "[predicted_y]"
        found = db.execute(f"SELECT {asked} FROM PREDICT(MODEL m, TABLE given)").fetchall()
    return np.array([row for (row,) in found])


def as_the_library(scores: np.ndarray, aim: str) -> np.ndarray:
    return scores[:, 1] if aim == "binary" else scores.squeeze()


@pytest.mark.parametrize("aim", AIMS)
def test_trees_predict_what_their_library_predicts(aim: str, tmp_path: Path) -> None:
    told, target = AIMS[aim]
    made = booster({"objective": aim} | told, target)
    text = made.model_to_string()
    rows = odd_rows(text)
    own = made.predict(rows)
    if aim == "multiclassova":
        own = own / own.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(as_the_library(predicted(tmp_path, text, rows), aim), own, rtol=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_trees_that_were_grown_otherwise_do_too(way: str, tmp_path: Path) -> None:
    told = WAYS[way]
    target = {"binary": "truth", "multiclass": "classes"}.get(told["objective"], "number")
    made = booster(told, target)
    text = made.model_to_string()
    rows = odd_rows(text)
    scores = as_the_library(predicted(tmp_path, text, rows), told["objective"])
    np.testing.assert_allclose(scores, made.predict(rows), rtol=1e-9)


def test_categories_are_the_texts_that_they_were_in_training(tmp_path: Path) -> None:
    """As a data frame's columns of categories are stored: texts, whole numbers, numbers and truths."""
    levels = '[["é\\"z", "it\'s", "🦆"], [3, 5, 9], [0.5, 2.0, 10.0], [false, true]]'
    one = "num_leaves=2\nnum_cat=1\nsplit_feature={}\nthreshold=0\ndecision_type=1\nleft_child=-1\nright_child=-2\n"
    one += "leaf_value={} 0\ncat_boundaries=0 1\ncat_threshold=2\nis_linear=0\nshrinkage=1\n"
    blocks = "".join(f"Tree={at}\n{one.format(at, 10**at)}\n\n" for at in range(4))
    head = TREES.partition("Tree=0")[0].replace("max_feature_idx=2", "max_feature_idx=3")
    head = head.replace("binary sigmoid:1", "regression").replace("id age plan", "text whole number truth")
    tail = f"end of trees\n\nparameters:\n[categorical_feature: 0,1,2,3]\n\npandas_categorical:{levels}\n"
    text = head.replace("tree_sizes=1 1\n", "") + blocks + tail
    (tmp_path / "model.txt").write_text(text, encoding="utf-8")
    with sqlml.connect() as db:
        db.execute(f"IMPORT MODEL m PREDICT y FROM '{tmp_path / 'model.txt'}'").fetchall()
        for row, sum_ in {
            "'it''s', 5, 2.0::DOUBLE, true": 1111,
            "'it''s', 5::TINYINT, 2, 1 = 1": 1111,
            "'🦆', 5, 2::FLOAT, false": 110,
            "'IT''S', 9, 2.5::DOUBLE, NULL": 0,
            "NULL, NULL, NULL, true": 1000,
        }.items():
            query = f"SELECT * FROM (VALUES ({row})) AS v(text, whole, number, truth)"
            ((found,),) = db.execute(f"SELECT predicted_y FROM PREDICT(MODEL m, ({query}))").fetchall()
            assert found == sum_, row


REFUSED = {
    "zero_as_missing": ({"objective": "regression", "zero_as_missing": True}, "number"),
    "linear model": ({"objective": "regression", "linear_tree": True}, "number"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_no_form_can_say_is_refused_by_its_name(why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        boosted.read(booster(*REFUSED[why]).model_to_string().encode(), None)


@pytest.mark.parametrize(("line", "aim"), [("", "custom"), ("objective=of_mine\n", "of_mine")])
def test_trees_of_no_known_aim_are_refused(line: str, aim: str) -> None:
    with pytest.raises(FileRefused, match=f"`{aim}`"):
        boosted.read(re.sub(r"objective=.*\n", line, TREES).encode(), None)


DAMAGES = {
    "a leaf that is not reached": ("right_child=1 -3", "right_child=1 -2"),
    "a circle": ("left_child=-1 -2\nright_child=1 -3", "left_child=-1 -2\nright_child=0 -3"),
    "a child that there is not": ("right_child=1 -3", "right_child=9 -3"),
    "a column that there is not": ("split_feature=1 2", "split_feature=1 7"),
    "a column below none": ("split_feature=1 2", "split_feature=-1 2"),
    "too few thresholds": ("threshold=30.5 0", "threshold=30.5"),
    "too many leaves": ("leaf_value=1.5 0.25 -2", "leaf_value=1.5 0.25 -2 7"),
    "a leaf that is no number": ("leaf_value=1.5", "leaf_value=nan"),
    "an endless leaf": ("leaf_value=1.5", "leaf_value=1e999"),
    "a threshold that is no number": ("threshold=30.5", "threshold=nan"),
    "a text for a number": ("threshold=30.5", "threshold=many"),
    "categories that there are not": ("threshold=30.5 0", "threshold=30.5 4"),
    "a column of two kinds": ("split_feature=1 2", "split_feature=2 2"),
    "trees that are not there": ("tree_sizes=1 1", "tree_sizes=1 1 1"),
    "sums that are not there": ("num_tree_per_iteration=1", "num_tree_per_iteration=3"),
    "names that are not there": ("feature_names=id age plan", "feature_names=id age"),
    "no features": ("max_feature_idx=2", "max_feature_idx=-1"),
    "features without end": ("max_feature_idx=2", "max_feature_idx=999999999999"),
    "no number of trees": ("num_tree_per_iteration=1\n", ""),
    "a list that is none": ('[["basic", "plus", "pro"]]', '[["basic", '),
    "a category twice": ('[["basic", "plus", "pro"]]', '[["basic", "basic", "pro"]]'),
    "a category of half a character": ('[["basic"', '[["\\ud800"'),
    "a category that ends a text": ('[["basic"', '[["a\\u0000b"'),
    "a category beyond the last": ("cat_threshold=5", "cat_threshold=13"),
    "categories beyond the words": ("cat_boundaries=0 1", "cat_boundaries=0 99"),
    "words of more than 32 bits": ("cat_threshold=5", "cat_threshold=4294967301"),
    "words below none": ("cat_threshold=5", "cat_threshold=-1"),
    "a slope that is no number": ("sigmoid:1", "sigmoid:nan"),
    "an endless slope": ("sigmoid:1", "sigmoid:inf"),
    "no end": ("end of trees", "end of tree"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_text_is_said_to_be_damaged(damage: str) -> None:
    whole, broken = DAMAGES[damage]
    assert whole in TREES
    with pytest.raises(FileDamaged):
        boosted.read(TREES.replace(whole, broken, 1).encode(), None)


def test_a_text_that_is_cut_off_anywhere_is_said_to_be_damaged() -> None:
    for end in range(len("tree\n"), TREES.index("end of trees")):
        with pytest.raises((FileDamaged, FileRefused)):
            boosted.read(TREES[:end].encode(), None)


def test_a_tree_of_any_depth_harms_no_session(tmp_path: Path) -> None:
    splits = 100_000
    fields = {
        "split_feature": [1] * splits,
        "threshold": range(splits),
        "decision_type": [8] * splits,
        "left_child": range(-1, -splits - 1, -1),
        "right_child": [*range(1, splits), -splits - 1],
        "leaf_value": range(splits + 1),
    }
    chain = "\n".join(f"{name}={' '.join(map(str, values))}" for name, values in fields.items())
    head = TREES.partition("Tree=0")[0].replace("tree_sizes=1 1\n", "")
    (tmp_path / "deep.txt").write_text(f"{head}Tree=0\n{chain}\n\n\nend of trees\n", encoding="utf-8")
    with sqlml.connect() as db:
        with pytest.raises(sqlml.Diagnosed) as caught:
            db.execute(f"IMPORT MODEL deep FROM '{tmp_path / 'deep.txt'}'")
        assert caught.value.diagnostic.condition in ("model_breaks", "file_damaged")
        assert db.execute("SHOW MODELS").fetchall() == []


@pytest.mark.parametrize("aim", ["lambdarank", "rank_xendcg", "regression"])
def test_a_model_that_ranks_says_so(aim: str) -> None:
    told = boosted.read(booster({"objective": aim}, "rank").model_to_string().encode(), None).notices
    assert any(isinstance(one, RanksRows) for one in told) == (aim != "regression")
