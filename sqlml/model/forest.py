"""Reads the text of a trained LightGBM model as a `Forest`: numbers are written there with all their digits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Codes, Floats, Forest, Link

# Bits of a split's `decision_type`.
_CATEGORY, _MISSING_YES, _MISSING_KIND = 0b1, 0b10, 0b1100
_MISSING_NONE, _MISSING_ZERO, _MISSING_NAN = 0b0000, 0b0100, 0b1000

# The learner takes anything up to this size for zero, in training and in prediction.
_ZERO = float(np.float32(1e-35))


def read(text: str, sums: int, link: Link) -> Forest:
    """The forest of a model's text, whose trees add to `sums` sums in turn."""
    return grown([Tree(fields) for fields in blocks(text)], sums, link)


def grown(trees: Sequence["Tree"], sums: int, link: Link) -> Forest:
    """The forest of trees that add to `sums` sums in turn.

    Raises:
        ValueError: no form can say what a tree does.
    """
    base = np.zeros(sums)
    split = []
    for number, tree in enumerate(trees):
        if len(tree.feature):
            split.append((number % sums, tree))
        else:
            base[number % sums] += tree.leaf[0]
    return _joined(split, base, link)


class Tree:
    """The arrays of one tree, as its text has them.

    Raises:
        ValueError: they are no numbers, or the leaves are more than numbers.
    """

    def __init__(self, fields: dict[str, str]) -> None:
        if fields.get("is_linear", "0") != "0":
            raise ValueError("a tree with linear models in its leaves has no form")
        self.leaf = _floats(fields, "leaf_value")
        self.feature = _whole(fields, "split_feature")
        self.yes = _whole(fields, "left_child")
        self.no = _whole(fields, "right_child")
        self.threshold = _around_zero(_floats(fields, "threshold"))
        self.decision = _whole(fields, "decision_type")
        bounds = _whole(fields, "cat_boundaries")
        words = _whole(fields, "cat_threshold").astype(np.uint32)
        self.sets = [_members(words[start:end]) for start, end in pairwise(bounds)]
        self.is_category = (self.decision & _CATEGORY) > 0
        self.set = np.where(self.is_category, self.threshold, -1.0).astype(np.int64)

    @property
    def takes_zero_for_missing(self) -> bool:
        return bool((~self.is_category & (self.decision & _MISSING_KIND == _MISSING_ZERO)).any())

    @property
    def missing_yes(self) -> NDArray[np.bool_]:
        kind = self.decision & _MISSING_KIND
        if self.takes_zero_for_missing:
            raise ValueError("a tree that takes zero for missing has no form")
        # Where training saw no missing value, one counts as zero.
        numeric = np.where(kind == _MISSING_NAN, (self.decision & _MISSING_YES) > 0, self.threshold >= 0)
        return numeric & ~self.is_category


@dataclass
class _Ends:
    """How much the trees joined so far take up."""

    splits: int = 0
    leaves: int = 0
    sets: int = 0


def _joined(trees: list[tuple[int, Tree]], base: Floats, link: Link) -> Forest:
    ends = _Ends()
    roots, yes, no, members, output = [], [], [], [], []
    for which, tree in trees:
        roots.append(ends.splits)
        yes.append(_moved(tree.yes, ends))
        no.append(_moved(tree.no, ends))
        members.append(np.where(tree.is_category, tree.set + ends.sets, -1))
        output.append(np.full(len(tree.leaf), which))
        ends = _Ends(ends.splits + len(tree.yes), ends.leaves + len(tree.leaf), ends.sets + len(tree.sets))
    every = [tree for _, tree in trees]
    return Forest(
        feature=_together([tree.feature for tree in every]),
        threshold=np.concatenate([tree.threshold for tree in every]) if every else np.zeros(0),
        members=_together(members),
        missing_yes=np.concatenate([tree.missing_yes for tree in every]) if every else np.zeros(0, np.bool_),
        yes=_together(yes),
        no=_together(no),
        sets=tuple(members for tree in every for members in tree.sets),
        roots=np.array(roots, np.int64),
        leaf=np.concatenate([tree.leaf for tree in every]) if every else np.zeros(0),
        output=_together(output),
        base=base,
        link=link,
    )


def _moved(child: Codes, ends: _Ends) -> Codes:
    """Children of one tree among those of all: splits count up from zero, leaves down from -1."""
    return np.where(child < 0, child - ends.leaves, child + ends.splits)


def _together(arrays: list[Codes]) -> Codes:
    return np.concatenate(arrays).astype(np.int64) if arrays else np.zeros(0, np.int64)


def blocks(text: str) -> Iterator[dict[str, str]]:
    """The fields of each tree of a model's text."""
    body = text.split("\nend of trees", 1)[0]
    for block in body.split("\nTree=")[1:]:
        yield dict(line.split("=", 1) for line in block.split("\n") if "=" in line)


def _around_zero(threshold: Floats) -> Floats:
    """Thresholds that send every value taken for zero to the side of zero itself."""
    threshold = np.where((threshold >= -_ZERO) & (threshold < 0), np.nextafter(-_ZERO, -1), threshold)
    return np.where((threshold >= 0) & (threshold < _ZERO), _ZERO, threshold)


def _whole(fields: dict[str, str], name: str) -> Codes:
    return np.array(fields.get(name, "").split(), np.int64)


def _floats(fields: dict[str, str], name: str) -> Floats:
    return np.array(fields.get(name, "").split(), np.float64)


def _members(words: NDArray[np.uint32]) -> Codes:
    """The numbers whose bits are set."""
    bits = np.unpackbits(words.astype("<u4").view(np.uint8), bitorder="little")
    return np.flatnonzero(bits).astype(np.int64)
