"""Writes trees as LightGBM's own model text (version 4), one regression whose value is the sum of the leaves."""

from collections.abc import Iterable, Sequence

import numpy as np

from sqlml.model.form import Codes, Forest
from sqlml.schema import Feature

# Bits of a split's `decision_type`: a set of categories; a missing value goes to the left; NaN is what is missing.
_CATEGORY, _MISSING_LEFT, _MISSING_IS_NAN = 0b1, 0b10, 0b1000

_HEAD = """tree
version=v4
num_class={sums}
num_tree_per_iteration={sums}
label_index=0
max_feature_idx={last}
objective={objective}
feature_names={names}
feature_infos={ranges}

"""
# What a tree that always adds nothing is written as.
_NOTHING = "num_leaves=1\nnum_cat=0\nleaf_value=0\nis_linear=0\nshrinkage=1"


def fits(forest: Forest) -> bool:
    """Whether the text can say what the trees do: it sends a missing category to the right."""
    return not (forest.missing_yes & (forest.members >= 0)).any()


def text(forest: Forest, features: Sequence[Feature]) -> str:
    """The text of a forest that `fits`, without its base and link; features are called f0, f1, …"""
    sums = len(forest.base)
    head = _HEAD.format(
        sums=sums,
        last=len(features) - 1,
        objective="regression" if sums == 1 else f"multiclass num_class:{sums}",
        names=" ".join(f"f{place}" for place in range(len(features))),
        ranges=" ".join("0:1" if feature.is_category else "[-1e+308:1e+308]" for feature in features),
    )
    blocks = [f"Tree={number}\n{block}\n\n\n" for number, block in enumerate(_in_turns(forest, sums))]
    return f"{head}{''.join(blocks)}end of trees\n"


def _in_turns(forest: Forest, sums: int) -> Iterable[str]:
    """The trees, those of each sum in their turn."""
    turn = 0
    for root in forest.roots:
        splits, leaves = _below(forest, int(root))
        while turn % sums != forest.output[leaves[0]]:
            yield _NOTHING
            turn += 1
        yield _tree(forest, splits, leaves)
        turn += 1
    while turn % sums:
        yield _NOTHING
        turn += 1


def _below(forest: Forest, root: int) -> tuple[list[int], list[int]]:
    """The splits of a tree, its root first, and its leaves."""
    splits, leaves, waiting = [], [], [root]
    while waiting:
        split = waiting.pop()
        splits.append(split)
        for target in (int(forest.no[split]), int(forest.yes[split])):
            if target < 0:
                leaves.append(~target)
            else:
                waiting.append(target)
    return splits, leaves


def _tree(forest: Forest, splits: Codes | list[int], leaves: list[int]) -> str:
    place = {split: at for at, split in enumerate(splits)} | {~leaf: ~at for at, leaf in enumerate(leaves)}
    is_set = forest.members[splits] >= 0
    sets = [forest.sets[members] for members in forest.members[splits][is_set]]
    words = [_words(members) for members in sets]
    threshold = forest.threshold[splits].copy()
    threshold[is_set] = np.arange(len(sets))
    missing = np.where(forest.missing_yes[splits], _MISSING_LEFT, 0) | _MISSING_IS_NAN
    fields = {
        "num_leaves": [len(leaves)],
        "num_cat": [len(sets)],
        "split_feature": forest.feature[splits].tolist(),
        "split_gain": [0] * len(splits),
        "threshold": threshold.tolist(),
        "decision_type": np.where(is_set, _CATEGORY | _MISSING_IS_NAN, missing).tolist(),
        "left_child": [place[int(target)] for target in forest.yes[splits]],
        "right_child": [place[int(target)] for target in forest.no[splits]],
        "leaf_value": forest.leaf[leaves].tolist(),
    }
    if sets:
        fields["cat_boundaries"] = np.cumsum([0, *map(len, words)]).tolist()
        fields["cat_threshold"] = [word for one in words for word in one]
    fields |= {"is_linear": [0], "shrinkage": [1]}
    return "\n".join(f"{name}={' '.join(map(repr, values))}" for name, values in fields.items())


def _words(members: Codes) -> list[int]:
    """A set as bits, 32 a word."""
    words = np.zeros(int(members.max(initial=0)) // 32 + 1, np.uint32)
    np.bitwise_or.at(words, members // 32, np.uint32(1) << (members % 32).astype(np.uint32))
    found: list[int] = words.tolist()
    return found
