"""Decision trees laid out for `quickscorer.c`: words of bits, one for each leaf, and the tests that clear them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sqlml.model.form import Codes, Floats, Forest, Link

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]
Singles = NDArray[np.float32]

BITS = 32
# Sets of more words than these would cost more memory than time.
_MOST_SET_WORDS = 16 << 20
# The kinds of tests: failed by values above, by values that are not at most, and by codes that are no members of a set
# of one word, or of several.
_ABOVE, _NOT_AT_MOST, _NO_MEMBER, _NO_MEMBER_OF_MANY = range(4)
_KINDS = 4
# The links that the compiled code knows, by their numbers there.
_LINKS: tuple[Link, ...] = ("identity", "exp", "logistic", "softmax")


@dataclass(frozen=True, eq=False)
class Layout:
    """The arrays that the compiled code reads, in its order.

    A feature here is one that a tree uses, `column` its place in the matrix and `levels` how many codes its sets know,
    0 where none asks. The words of a tree, and the tests of each kind of each word, lie one behind the other;
    `first_word` and `first_test` say where each begins and, last, where all end. A test has its feature, threshold
    (rounded down, so that 32 bits compare as 64 would), the bits that it leaves where it fails, and the place of its
    set in `sets`: a bit for each level, one for other codes and one for a missing one. `leaf` has a number for each
    bit, `output` the sum that the leaves of each tree add to, and `base` what each sum begins with.
    """

    column: Ints  # (features)
    levels: Ints  # (features)
    first_word: Longs  # (trees + 1)
    first_test: Longs  # (_KINDS * words + 1)
    feature: Ints  # (tests)
    threshold: Singles  # (tests)
    mask: Words  # (tests)
    set: Longs  # (tests)
    sets: Words
    leaf: Floats  # (BITS * words)
    output: Ints  # (trees)
    base: Floats  # (sums)
    link: int

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in vars(self).values() if isinstance(array, np.ndarray))


def layout(forest: Forest) -> Layout | None:
    """The layout of a forest; None where it does not lie in it.

    It does not where a tree adds to several sums, where trees share a split or a leaf, where sets are too large, or
    where the link is one of the learners of others alone.
    """
    places = _places(forest) if forest.link in _LINKS else None
    if places is None:
        return None
    output = forest.output[places.some_leaf]
    if forest.feature.min(initial=0) < 0 or (forest.output != output[places.leaf_tree]).any():
        return None
    column, feature = np.unique(forest.feature, return_inverse=True)
    sets = _sets(forest, feature, len(column))
    if sets is None:
        return None
    levels, set_at, set_words = sets
    first_word = np.concatenate([[0], np.cumsum(-(-places.leaves // BITS))])
    split, word, mask = _cleared(places, first_word)
    member = np.where(_set_words(levels[feature]) == 1, _NO_MEMBER, _NO_MEMBER_OF_MANY)
    kind = np.where(forest.members >= 0, member, np.where(forest.missing_yes, _ABOVE, _NOT_AT_MOST))
    order = np.lexsort((feature[split], kind[split], word))
    split, mask, group = split[order], mask[order], _KINDS * word[order] + kind[split[order]]
    words = int(first_word[-1])
    leaf = np.zeros(BITS * words)
    leaf[BITS * first_word[places.leaf_tree] + places.leaf] = forest.leaf
    return Layout(
        column=column.astype(np.int32),
        levels=levels,
        first_word=first_word.astype(np.int64),
        first_test=np.searchsorted(group, np.arange(_KINDS * words + 1)).astype(np.int64),
        feature=feature[split].astype(np.int32),
        threshold=_rounded_down(forest.threshold)[split],
        mask=mask,
        set=set_at[split],
        sets=set_words,
        leaf=leaf,
        output=output.astype(np.int32),
        base=forest.base,
        link=_LINKS.index(forest.link),
    )


@dataclass(frozen=True, eq=False)
class _Places:
    """Where leaves lie in their trees, counted from the `yes` side: those below a split begin at `start`."""

    tree: Codes  # (splits)
    start: Codes  # (splits)
    yes_end: Codes  # (splits) the end of those on its `yes` side
    leaf: Codes  # (leaves)
    leaf_tree: Codes  # (leaves)
    leaves: Codes  # (trees)
    some_leaf: Codes  # (trees) the number of one of each tree's


def _places(forest: Forest) -> _Places | None:
    splits, leaves, trees = len(forest.feature), len(forest.leaf), len(forest.roots)
    depths = _depths(forest)
    if depths is None:
        return None
    count = np.zeros(splits, np.int64)

    def below(target: Codes) -> Codes:
        return np.where(target < 0, 1, count[np.maximum(target, 0)])

    for level in reversed(depths):
        count[level] = below(forest.yes[level]) + below(forest.no[level])
    tree, start = np.zeros(splits, np.int64), np.zeros(splits, np.int64)
    leaf, leaf_tree = np.zeros(leaves, np.int64), np.zeros(leaves, np.int64)
    tree[forest.roots] = np.arange(trees)
    yes_end = start + below(forest.yes)
    for level in depths:
        yes_end[level] = start[level] + below(forest.yes[level])
        for target, begin in ((forest.yes[level], start[level]), (forest.no[level], yes_end[level])):
            is_leaf = target < 0
            start[target[~is_leaf]], tree[target[~is_leaf]] = begin[~is_leaf], tree[level[~is_leaf]]
            leaf[~target[is_leaf]], leaf_tree[~target[is_leaf]] = begin[is_leaf], tree[level[is_leaf]]
    some_leaf = np.zeros(trees, np.int64)
    some_leaf[leaf_tree] = np.arange(leaves)
    return _Places(tree, start, yes_end, leaf, leaf_tree, count[forest.roots], some_leaf)


def _depths(forest: Forest) -> list[Codes] | None:
    """The splits of each depth, None where a split or a leaf is not reached exactly once."""
    depths: list[Codes] = []
    reached: list[Codes] = []
    level, splits = forest.roots.astype(np.int64), len(forest.feature)
    while len(level) and len(depths) <= splits:
        depths.append(level)
        targets = np.concatenate([forest.yes[level], forest.no[level]])
        reached.append(~targets[targets < 0])
        level = targets[targets >= 0]
    is_once = np.array_equal(np.sort(np.concatenate([*depths, []])), np.arange(splits))
    are_once = np.array_equal(np.sort(np.concatenate([*reached, []])), np.arange(len(forest.leaf)))
    return depths if is_once and are_once else None


def _cleared(places: _Places, first_word: Codes) -> tuple[Codes, Codes, Words]:
    """For each word that a split clears bits of: the split, the word, and the bits that it leaves."""
    first = places.start // BITS
    words = (places.yes_end - 1) // BITS - first + 1
    split = np.repeat(np.arange(len(words)), words)
    word = first[split] + np.arange(len(split)) - np.repeat(np.cumsum(words) - words, words)
    low = np.maximum(places.start[split] - BITS * word, 0).astype(np.uint64)
    high = np.minimum(places.yes_end[split] - BITS * word, BITS).astype(np.uint64)
    one = np.uint64(1)
    cleared = ((one << high) - one) & ~((one << low) - one)
    return split, first_word[places.tree[split]] + word, (~cleared).astype(np.uint32)


def _sets(forest: Forest, feature: Codes, features: int) -> tuple[Ints, Longs, Words] | None:
    """How many levels the sets of each feature know, where the set of each split begins, and all sets' bits."""
    levels, at = np.zeros(features, np.int64), np.zeros(len(feature), np.int64)
    asking = np.flatnonzero(forest.members >= 0)
    if not len(asking):
        return levels.astype(np.int32), at, np.zeros(0, np.uint32)
    members = [forest.sets[place] for place in forest.members[asking]]
    sizes = np.array([len(one) for one in members])
    codes, owner = np.concatenate(members), np.repeat(np.arange(len(asking)), sizes)
    np.maximum.at(levels, feature[asking], 1)
    np.maximum.at(levels, feature[asking][owner], codes + 1)
    words = _set_words(levels[feature[asking]])
    if words.sum() > _MOST_SET_WORDS:
        return None
    at[asking] = np.cumsum(words) - words
    missing = np.flatnonzero(forest.missing_yes[asking])
    code = np.concatenate([codes, levels[feature[asking]][missing] + 1])
    begin = np.concatenate([at[asking][owner], at[asking][missing]])
    sets = np.zeros(int(words.sum()), np.uint32)
    np.bitwise_or.at(sets, begin + code // BITS, np.uint32(1) << (code % BITS).astype(np.uint32))
    return levels.astype(np.int32), at, sets


def _set_words(levels: NDArray[np.integer]) -> NDArray[np.integer]:
    """The words of sets that know so many levels: each has a bit more for other codes, and one for a missing one."""
    words: NDArray[np.integer] = (levels + 2 + BITS - 1) // BITS
    return words


def _rounded_down(thresholds: Floats) -> Singles:
    with np.errstate(over="ignore"):
        nearest = thresholds.astype(np.float32)
    is_above = nearest.astype(np.float64) > thresholds
    rounded: Singles = np.where(is_above, np.nextafter(nearest, np.float32(-np.inf)), nearest)
    return rounded
