"""Reads boosted trees from the text that LightGBM saves: all of it is checked, as anybody may have written it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sqlml.diagnostics import Problem
from sqlml.model.foreign.aim_problems import RanksRows, SharesScaled
from sqlml.model.foreign.carrying import carrying
from sqlml.model.foreign.found import LARGEST_CODE, Found, Input
from sqlml.model.foreign.names import check_distinct, named
from sqlml.model.foreign.problems import ColumnsUnused, FileDamaged, FileRefused
from sqlml.model.forest import Tree, blocks, grown
from sqlml.model.form import Forest, Link
from sqlml.schema import Task

BEGINS = (b"tree\n", b"tree\r\n")

# Aims whose sums are no numbers of the target: they only order rows.
_RANKING = ("lambdarank", "rank_xendcg")

# What each aim of the training makes of the sums of its trees.
_AIMS: dict[str, tuple[Task, Link]] = {
    "binary": (Task.BINARY, "logistic"),
    "multiclass": (Task.MULTICLASS, "softmax"),
    "multiclassova": (Task.MULTICLASS, "shares"),
    "cross_entropy": (Task.REGRESSION, "share"),
    "cross_entropy_lambda": (Task.REGRESSION, "softplus"),
    **dict.fromkeys(("poisson", "gamma", "tweedie"), (Task.REGRESSION, "power")),
    **dict.fromkeys(
        ("regression", "regression_l1", "huber", "fair", "quantile", "mape", *_RANKING),
        (Task.REGRESSION, "identity"),
    ),
}
_VERSIONS = ("v2", "v3", "v4")
_END = "\nend of trees"
_WORD = 2**32


def read(content: bytes, columns: Sequence[str] | None) -> Found:
    """The model of a file that `BEGINS` so; `columns` are the names of its columns where others are wanted.

    Raises:
        FileDamaged: no training can have written it.
        FileRefused: it does what no form here can say.
        ColumnsMiscounted, ColumnsAlike: at the names of its columns.
    """
    try:
        text = content.decode().replace("\r\n", "\n")
        if _END not in text:
            raise FileDamaged("it ends before its trees do")
        return _Text(text).found(columns)
    except (ValueError, KeyError, IndexError, OverflowError) as cause:
        raise FileDamaged("something in it is no number, or out of its place") from cause


class _Text:
    """The text of a model, in its parts."""

    def __init__(self, text: str) -> None:
        head, _, _ = text.partition("\nTree=")
        self._head = dict(line.split("=", 1) for line in head.split("\n") if "=" in line)
        self._averages = "average_output" in head.split("\n")
        self._tail = text.rpartition(_END)[2]
        self._check_head()
        self._aim, *settings = self._head["objective"].split()
        # The target was learnt as its square root, with its sign.
        self._is_root = "sqrt" in settings
        self._settings = dict(one.split(":", 1) for one in settings if ":" in one)
        self._sums = int(self._head["num_tree_per_iteration"])
        self._features = int(self._head["max_feature_idx"]) + 1
        fields = list(blocks(text))
        if any(one.get("is_linear", "0") != "0" for one in fields):
            raise FileRefused("it computes a linear model in each leaf of its trees")
        for one in fields:
            _check_sets(one)
        self._trees = [Tree(one) for one in fields]
        self._check_trees()

    def found(self, columns: Sequence[str] | None) -> Found:
        task, link = _AIMS[self._aim]
        forest = self._forest("square" if self._is_root else link)
        used = [int(one) for one in np.unique(forest.feature)] or list(range(self._features))
        names = named(self._names(), columns)
        inputs = self._inputs(forest, used, names)
        check_distinct([one.name for one in inputs])
        _check_levels(forest, dict(zip(used, inputs, strict=True)))
        place = np.zeros(self._features, np.int64)
        place[used] = np.arange(len(used))
        classes = tuple(map(str, range(max(2, self._sums)))) if task.classifies else ()
        most = max(len(tree.leaf) for tree in self._trees)
        notices: list[Problem] = [SharesScaled()] if link == "shares" else []
        notices += [RanksRows()] if self._aim in _RANKING else []
        if len(used) < self._features:
            notices.append(ColumnsUnused([name for at, name in enumerate(names) if at not in used]))
        return Found(
            inputs=inputs,
            task=task,
            classes=classes,
            type="INTEGER" if classes else "DOUBLE",
            learner=f"{'a forest of decision trees' if self._averages else 'gradient-boosted trees'}, imported",
            detail=f"{len(self._trees)} trees of up to {most} leaves",
            graph=carrying(replace(forest, feature=place[forest.feature]), inputs, task),
            notices=tuple(notices),
        )

    def _check_head(self) -> None:
        if self._head.get("version") not in _VERSIONS:
            raise FileRefused("it is written in a form that is newer or older than those known here")
        objective = self._head.get("objective", "custom")
        if objective.split()[0] not in _AIMS:
            raise FileRefused(f"it was trained for an aim of its own, `{objective}`, and what it predicts is not said")

    def _check_trees(self) -> None:
        task, _ = _AIMS[self._aim]
        sums = int(self._settings["num_class"]) if task is Task.MULTICLASS else 1
        if self._sums != sums or not self._trees or len(self._trees) % sums or self._features < 1:
            raise FileDamaged("its trees are not as many as it says")
        if "tree_sizes" in self._head and len(self._head["tree_sizes"].split()) != len(self._trees):
            raise FileDamaged("its trees are not as many as it says")
        for tree in self._trees:
            _check(tree, self._features)
        if any(tree.takes_zero_for_missing for tree in self._trees):
            raise FileRefused("it takes zero for a missing value (zero_as_missing)")

    def _forest(self, link: Link) -> Forest:
        forest = grown(self._trees, self._sums, link)
        if self._averages:
            forest = forest.scaled(0.0, self._sums / len(self._trees))
        slope = float(self._settings.get("sigmoid", "1"))
        if not 0 < slope < float("inf"):
            raise FileDamaged("a number that its sums are multiplied by is none")
        return forest.scaled(0.0, slope)

    def _names(self) -> list[str]:
        names = self._head["feature_names"].split(" ")
        if len(names) != self._features:
            raise FileDamaged("its columns are not as many as it says")
        return names

    def _inputs(self, forest: Forest, used: list[int], names: list[str]) -> tuple[Input, ...]:
        asked = {int(one) for one in np.unique(forest.feature[forest.members >= 0])}
        if asked & {int(one) for one in np.unique(forest.feature[forest.members < 0])}:
            raise FileDamaged("a column of it is both a number and a category")
        if any(members.max(initial=0) >= LARGEST_CODE for members in forest.sets):
            raise FileRefused(f"it has categories with numbers of {LARGEST_CODE:,} and more")
        levels = self._levels()
        return tuple(_category(names[at], levels.get(at)) if at in asked else Input(names[at], "DOUBLE") for at in used)

    def _levels(self) -> dict[int, list[Any]]:
        """The values that codes stand for, by the place of their column, where the file says so."""
        lines = self._tail.split("\n")
        said = next((line.partition(":")[2] for line in lines if line.startswith("pandas_categorical:")), "null")
        every = json.loads(said) or []
        if not every:
            return {}
        told = next((line.partition(": ")[2][:-1] for line in lines if line.startswith("[categorical_feature: ")), "")
        columns = [int(one) for one in told.split(",")] if told and "name:" not in told else []
        if len(columns) != len(every):
            raise FileRefused("it does not say which of its columns have the categories that it lists")
        return dict(zip(columns, every, strict=True))


def _check_sets(fields: dict[str, str]) -> None:
    """Raises FileDamaged where the sets of categories do not lie one behind the other, in words of 32 bits."""
    ends, words = ([int(one) for one in fields.get(name, "").split()] for name in ("cat_boundaries", "cat_threshold"))
    are_ends = (not ends and not words) or (ends[0] == 0 and ends[-1] == len(words) and ends == sorted(ends))
    if not are_ends or not all(0 <= word < _WORD for word in words):
        raise FileDamaged("a tree of it asks for categories that there are not")


def _check_levels(forest: Forest, inputs: Mapping[int, Input]) -> None:
    """Raises FileDamaged where levels cannot be told apart, or a split asks for more of them than there are.

    The code behind the last is that of every other value, which the library takes for missing.
    """
    for one in inputs.values():
        if len(set(one.levels)) != len(one.levels) or any("\0" in level for level in one.levels):
            raise FileDamaged(f"the categories of its column `{one.name}` are not told apart")
        # Half a character, which a list in JSON can spell, is a ValueError here.
        "".join(one.levels).encode()
    for split in np.flatnonzero(forest.members >= 0):
        levels = inputs[int(forest.feature[split])].levels
        if levels and forest.sets[forest.members[split]].max(initial=0) >= len(levels):
            raise FileDamaged("a tree of it asks for categories that there are not")


def _check(tree: Tree, features: int) -> None:
    """Raises FileDamaged where the arrays make no tree."""
    splits = len(tree.feature)
    arrays = (tree.yes, tree.no, tree.threshold, tree.decision)
    if any(len(one) != splits for one in arrays) or len(tree.leaf) != splits + 1:
        raise FileDamaged("a tree of it has too few leaves or too many")
    targets = np.concatenate([tree.yes, tree.no])
    # Each split but the first and each leaf is reached once, and from a split before it: so no way runs in a circle.
    is_tree = np.array_equal(np.sort(targets), np.concatenate([np.arange(-splits - 1, 0), np.arange(1, splits)]))
    if splits and not (is_tree and (np.tile(np.arange(splits), 2)[targets > 0] < targets[targets > 0]).all()):
        raise FileDamaged("a tree of it runs in a circle, or has loose ends")
    if ((tree.feature < 0) | (tree.feature >= features)).any():
        raise FileDamaged("a tree of it asks a column that there is not")
    if not np.isfinite(tree.leaf).all() or np.isnan(tree.threshold).any():
        raise FileDamaged("a tree of it has a value that is no number")
    if ((tree.set < -1) | (tree.set >= len(tree.sets))).any() or (tree.is_category != (tree.set >= 0)).any():
        raise FileDamaged("a tree of it asks for categories that there are not")


def _category(name: str, levels: list[Any] | None) -> Input:
    if levels is None:
        return Input(name, "DOUBLE", "code")
    kinds = {type(level) for level in levels}
    if kinds <= {str}:
        return Input(name, "VARCHAR", "level", tuple(levels))
    if kinds <= {bool}:
        return Input(name, "BOOLEAN", "level", tuple(str(level).lower() for level in levels))
    if kinds <= {int}:
        return Input(name, "BIGINT", "level", tuple(map(str, levels)))
    if kinds <= {float, int}:
        return Input(name, "DOUBLE", "level", tuple(repr(float(level)) for level in levels))
    raise FileRefused(f"the categories of its column `{name}` are neither texts nor numbers")
