"""Compiled trees give the sums of the runtime's, bit for bit, whatever the trees and the rows are.

What is made of the sums takes exponentials, which no two libraries round alike; trees that are walked have it made by
the same code as those that are not.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlml.model import leaf_bits, onnx
from sqlml.model.form import Blend, Forest, Link, Matrix
from sqlml.model.quickscorer import Quickscorer
from sqlml.model.runtime import Graph, Portable
from sqlml.schema import Feature, Task

from . import forms

# Of the columns of codes, one has sets of a single word.
LEVELS = (30, 70)
CATEGORIES = len(LEVELS)

# Links, the sums that each is made of, and the task that it is for.
LINKED: list[tuple[Link, int, Task]] = [
    ("exp", 1, Task.REGRESSION),
    ("logistic", 1, Task.BINARY),
    ("softmax", 3, Task.MULTICLASS),
    ("softplus", 1, Task.REGRESSION),
]


def grown(seed: int, leaves: int, trees: int, sums: int, columns: int) -> Forest:
    """Trees of up to so many leaves that are split where chance will; the first columns are codes."""
    random = np.random.default_rng(seed)
    splits: list[tuple[int, int]] = []
    roots, output = [], []
    for tree in range(trees):
        roots.append(len(splits))
        splits.append((0, 0))
        ends = [(roots[-1], side) for side in (0, 1)]
        for _ in range(int(random.integers(0, leaves - 1))):
            parent, side = ends.pop(int(random.integers(len(ends))))
            new = len(splits)
            splits.append((0, 0))
            splits[parent] = (new, splits[parent][1]) if side == 0 else (splits[parent][0], new)
            ends += [(new, 0), (new, 1)]
        for parent, side in ends:
            leaf = ~len(output)
            output.append(tree % sums)
            splits[parent] = (leaf, splits[parent][1]) if side == 0 else (splits[parent][0], leaf)
    count = len(splits)
    feature = random.integers(0, columns, count)
    sets = tuple(np.flatnonzero(random.random(levels) < 0.4) for _ in range(5) for levels in LEVELS)
    threshold = random.normal(size=count) * 10.0 ** random.integers(-3, 4, count)
    threshold[::5] = np.float32(threshold[::5])
    return Forest(
        feature=feature,
        threshold=threshold,
        members=np.where(feature < CATEGORIES, CATEGORIES * random.integers(0, 5, count) + feature, -1),
        missing_yes=random.random(count) < 0.5,
        yes=np.array([yes for yes, _ in splits]),
        no=np.array([no for _, no in splits]),
        sets=sets,
        roots=np.array(roots),
        leaf=random.normal(size=len(output)) * 10.0 ** random.integers(-6, 6, len(output)),
        output=np.array(output),
        base=random.normal(size=sums),
        link="identity",
    )


def asked(forest: Forest, columns: int, count: int, seed: int) -> Matrix:
    """Rows with missing values, infinities, numbers of every size, values at thresholds, and codes of no level.

    Codes of the first column are whole: no recipe makes others, and where a set is small the runtime, other than where
    it is large, takes none with a fraction for a member.
    """
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(count, columns)) * 10.0 ** random.integers(-40, 39, (count, columns))
    with np.errstate(over="ignore"):
        matrix = numbers.astype(np.float32)
    at = random.integers(0, len(forest.feature), count)
    matrix[np.arange(count), forest.feature[at]] = forest.threshold[at]
    codes = random.integers(-3, max(LEVELS) + 9, (count, CATEGORIES)).astype(np.float32)
    codes[random.random(codes.shape) < 0.1] += 0.5
    matrix[:, :CATEGORIES] = codes
    odd = random.integers(0, 40, matrix.shape)
    for number, value in enumerate((np.nan, np.inf, -np.inf, 1e-45, -1e-45, 0.0, -0.0, 3e9, -3e9)):
        matrix[odd == number] = value
    matrix[:, 0] = np.round(matrix[:, 0])
    return matrix


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    leaves=st.sampled_from([2, 7, 31, 32, 33, 64, 200, 700]),
    trees=st.integers(1, 12),
    sums=st.integers(1, 3),
    rows=st.integers(0, 200),
)
def test_sums_are_the_runtimes(seed: int, leaves: int, trees: int, sums: int, rows: int) -> None:
    columns = 6
    forest = grown(seed, leaves, trees, sums, columns)
    task = Task.REGRESSION
    content = onnx.build(forest, [Feature(f"f{i}", f"f{i}") for i in range(columns)], task)
    matrix = asked(forest, columns, rows, seed)
    compiled, plain = Graph(content), Graph(content, compiled=False)
    assert compiled.is_compiled
    assert not plain.is_compiled
    assert np.array_equal(compiled.run(matrix).view(np.int64), plain.run(matrix).view(np.int64))


@pytest.mark.parametrize(("link", "sums", "task"), LINKED)
@pytest.mark.parametrize("size", [1e-9, 1.0, 300.0, 1e6])
def test_scores_are_the_same_either_way_and_the_runtimes_but_for_rounding(
    link: Link, sums: int, task: Task, size: float
) -> None:
    forest = replace(grown(5, 40, 9, sums, 6), link=link)
    leaf = np.sign(forest.leaf) * (np.abs(forest.leaf) % 1) * size
    content = onnx.build(replace(forest, leaf=leaf), [Feature(f"f{i}", f"f{i}") for i in range(6)], task)
    matrix = asked(forest, 6, 300, 3)
    compiled, walked = Graph(content).run(matrix), Graph(content, compiled=False).run(matrix)
    (exported,) = Portable(content).run({"features": matrix}, ["scores"])
    assert np.array_equal(compiled.view(np.int64), walked.view(np.int64))
    assert compiled.shape == exported.shape
    assert not np.isnan(compiled).any()
    assert compiled == pytest.approx(exported, rel=1e-14, abs=1e-300)


def test_a_blend_of_trees_is_the_same_either_way() -> None:
    features = [Feature(f"f{i}", f"f{i}") for i in range(6)]
    members = tuple(replace(grown(seed, 20, 7, 1, 6), link="logistic") for seed in (1, 2, 3))
    content = onnx.build(Blend(members, (0.5, 0.3, 0.2)), features, Task.BINARY)
    matrix = asked(members[0], 6, 300, 3)
    compiled, walked = Graph(content), Graph(content, compiled=False)
    assert compiled.is_compiled
    assert not walked.is_compiled
    assert np.array_equal(compiled.run(matrix).view(np.int64), walked.run(matrix).view(np.int64))


def test_too_few_features_are_refused_and_not_read_beyond() -> None:
    trees = Quickscorer.of(grown(1, 31, 20, 1, 6))
    assert trees is not None
    with pytest.raises(ValueError, match="3 of 6"):
        trees.scores(np.zeros((40, 3), np.float32))


@pytest.fixture
def wide() -> tuple[Forest, Matrix]:
    forest = grown(1, 100, 20, 2, 6)
    return forest, asked(forest, 6, 1000, 2)


def test_a_rows_sums_do_not_depend_on_its_neighbours(wide: tuple[Forest, Matrix]) -> None:
    forest, matrix = wide
    trees = Quickscorer.of(forest)
    assert trees is not None
    whole = trees.scores(matrix)
    for size in (1, 3, 63, 64, 65, 999):
        parts = [trees.scores(matrix[start : start + size]) for start in range(0, len(matrix), size)]
        assert np.array_equal(np.concatenate(parts), whole), size


def test_trees_that_share_a_leaf_or_add_to_several_sums_are_left_to_the_runtime(wide: tuple[Forest, Matrix]) -> None:
    forest, _ = wide
    shared = Forest(**{**vars(forest), "no": np.where(forest.no < 0, ~0, forest.no)})
    mixed = Forest(**{**vars(forest), "output": np.arange(len(forest.leaf)) % 2})
    assert leaf_bits.layout(shared) is None
    assert leaf_bits.layout(mixed) is None


def test_sets_beyond_all_measure_are_left_to_the_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    forest = forms.forest(2, 3, 1)
    assert leaf_bits.layout(forest) is not None
    monkeypatch.setattr(leaf_bits, "_MOST_SET_WORDS", 1)
    assert leaf_bits.layout(forest) is None


def test_a_tree_of_thousands_of_leaves_is_laid_out_right() -> None:
    forest = grown(3, 6000, 2, 1, 6)
    content = onnx.build(forest, [Feature(f"f{i}", f"f{i}") for i in range(6)], Task.REGRESSION)
    matrix = asked(forest, 6, 500, 4)
    assert np.array_equal(Graph(content).run(matrix), Graph(content, compiled=False).run(matrix))
