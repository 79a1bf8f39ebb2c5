"""Random fitted learners, and what a forest predicts by the book."""

from itertools import pairwise

import numpy as np

from sqlml.model.form import Constant, Curve, Floats, Forest, Form, Linear, Link, Matrix, Network, linked
from sqlml.schema import Feature

LEVELS = 30
LINKS: dict[int, Link] = {1: "identity", 2: "logistic"}


def features(quantities: int, categories: int) -> list[Feature]:
    return [Feature(f"f{i}", f"c{i}", 0 if i < quantities else LEVELS) for i in range(quantities + categories)]


def rows(quantities: int, categories: int, count: int, seed: int = 0) -> Matrix:
    """Ordinary rows, with missing values, infinities, numbers out of range and codes never seen."""
    random = np.random.default_rng(seed)
    matrix = random.normal(0, 3, (count, quantities + categories)).astype(np.float32)
    matrix[:, quantities:] = random.integers(-2, LEVELS + 4, (count, categories))
    matrix[random.random(matrix.shape) < 0.05] = np.nan
    extreme = np.finfo(np.float32).max
    for row, value in enumerate((np.nan, extreme, -extreme, np.inf, -np.inf, 0.0)):
        matrix[row::50] = value
    return matrix


def constant(outputs: int) -> Form:
    return Constant(np.random.default_rng(0).dirichlet(np.ones(outputs)))


def linear(quantities: int, categories: int, outputs: int) -> Linear:
    random = np.random.default_rng(1)
    sums = 1 if outputs <= 2 else outputs
    levels = np.full(categories, LEVELS)
    return Linear(
        quantities=np.arange(quantities),
        centre=random.normal(size=quantities),
        scale=random.lognormal(size=quantities),
        low=random.choice([-8.0, 0.0], quantities),
        limit=8.0,
        weights=random.normal(size=(quantities, sums)),
        absent=random.normal(size=(quantities, sums)),
        categories=np.arange(quantities, quantities + categories),
        levels=levels,
        tables=random.normal(size=(int((levels + 2).sum()), sums)),
        bias=random.normal(size=sums),
        link=LINKS.get(outputs, "softmax"),
    )


def forest(quantities: int, categories: int, outputs: int, trees: int = 40) -> Forest:
    """Trees of seven splits each: complete ones of depth three."""
    random = np.random.default_rng(2)
    sums = 1 if outputs <= 2 else outputs
    splits = 7 * trees
    feature = random.integers(0, quantities + categories, splits)
    sets = tuple(np.flatnonzero(random.random(LEVELS + 40) < 0.4) for _ in range(12))
    threshold = rows(quantities, categories, 500)[random.integers(6, 50, splits), feature].astype(np.float64)
    place = np.arange(splits) % 7
    tree = np.arange(splits) // 7
    inner = place < 3
    yes = np.where(inner, 7 * tree + 2 * place + 1, ~(8 * tree + 2 * (place - 3)))
    no = np.where(inner, 7 * tree + 2 * place + 2, ~(8 * tree + 2 * (place - 3) + 1))
    return Forest(
        feature=feature,
        threshold=np.nan_to_num(threshold, nan=0.5),
        members=np.where(feature >= quantities, random.integers(0, len(sets), splits), -1),
        missing_yes=random.random(splits) < 0.5,
        yes=yes,
        no=no,
        sets=sets,
        roots=7 * np.arange(trees),
        leaf=random.normal(size=8 * trees),
        output=np.repeat(np.arange(trees) % sums, 8),
        base=random.normal(size=sums),
        link=LINKS.get(outputs, "softmax"),
    )


def network(quantities: int, categories: int, outputs: int, curve: Curve = "selu") -> Network:
    """Two hidden layers; every second category is shown level by level, the others have tables."""
    random = np.random.default_rng(3)
    shown = np.repeat(np.arange(quantities, quantities + categories, 2), 3)
    tables = np.arange(quantities + 1, quantities + categories, 2)
    flagged = np.arange(0, quantities, 2)
    sums = 1 if outputs <= 2 else outputs
    sizes = [quantities * 5 + len(flagged) + len(shown) + len(tables) * 2, 32, 16, sums]
    return Network(
        quantities=np.arange(quantities),
        centre=random.normal(size=quantities),
        scale=random.lognormal(size=quantities),
        frequency=random.normal(size=(quantities, 4)),
        phase=random.normal(size=(quantities, 4)),
        flagged=flagged,
        shown=shown,
        codes=np.arange(len(shown)) % 3.0,
        categories=tables,
        levels=np.full(len(tables), LEVELS),
        tables=random.normal(size=(len(tables) * (LEVELS + 2), 2)),
        weights=tuple(random.normal(size=pair) / 4 for pair in pairwise(sizes)),
        biases=tuple(random.normal(size=size) for size in sizes[1:]),
        curve=curve,
        span=(-1.0, 1.5) if outputs == 1 else None,
        link=LINKS.get(outputs, "softmax"),
    )


def walked(form: Forest, matrix: Matrix) -> Floats:
    """A forest's scores, one row and one split at a time."""
    raw = np.tile(form.base, (len(matrix), 1))
    for number, row in enumerate(matrix.astype(np.float64)):
        for root in form.roots:
            at = int(root)
            while at >= 0:
                at = int(form.yes[at] if _says_yes(form, at, row[form.feature[at]]) else form.no[at])
            raw[number, form.output[~at]] += form.leaf[~at]
    return linked(raw, form.link)


def _says_yes(form: Forest, split: int, value: float) -> bool:
    if np.isnan(value):
        return bool(form.missing_yes[split])
    if form.members[split] < 0:
        return bool(value <= form.threshold[split])
    return bool((form.sets[form.members[split]] == value).any())
