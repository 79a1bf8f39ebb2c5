"""Graphs from the features of a stored model to the values that a model made elsewhere reads."""

from collections.abc import Sequence

import numpy as np

from sqlml.model.draft import DOUBLE, SINGLE, WHOLE, Draft, Value
from sqlml.model.foreign.found import SHIFT, Input, places
from sqlml.model.form import Forest
from sqlml.model.onnx import build
from sqlml.schema import Feature, Task


def carrying(forest: Forest, inputs: Sequence[Input], task: Task) -> bytes:
    """The graph of a forest whose features are `inputs`."""
    content = build(forest, [Feature(one.name, one.name, len(one.levels)) for one in inputs], task)
    if all(one.width == 1 for one in inputs):
        return content
    draft = Draft("_")
    scores = draft.attach(content, values(features(draft, inputs), inputs))
    draft.output("scores", scores, "", ["rows", "outputs"])
    return draft.content("", {})


def features(draft: Draft, inputs: Sequence[Input]) -> Value:
    """The features that carry `inputs`, as what enters the graph: FLOAT (rows, features)."""
    return draft.input("features", SINGLE, "missing = NaN", ["rows", sum(one.width for one in inputs)])


def values(carried: Value, inputs: Sequence[Input]) -> Value:
    """What the features carry: DOUBLE (rows, inputs)."""
    starts = places(inputs)
    wide = [at for at, one in enumerate(inputs) if one.width > 1]
    narrow = [at for at, one in enumerate(inputs) if one.width == 1]
    parts = [some(carried, [starts[at] for at in narrow]).double()] if narrow else []
    if wide:
        first, second, third = (some(carried, [starts[at] + part for at in wide]).double() for part in range(3))
        parts.append(first + second / SHIFT + third / SHIFT**2)
    if len(parts) == 1:
        return parts[0]
    joined = Value(carried.draft, carried.draft.node("Concat", [part.name for part in parts], axis=1), DOUBLE)
    return some(joined, np.argsort([*narrow, *wide]).tolist())


def some(table: Value, columns: Sequence[int]) -> Value:
    """Of values (rows, n) the columns at these places."""
    chosen = Value(table.draft, table.draft.constant(np.array(columns, np.int64)), WHOLE)
    return table.node("Gather", chosen, axis=1)
