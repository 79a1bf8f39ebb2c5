"""`check_drawn`: what a graph computes of a step's columns is what its SQL computes of them."""

from collections.abc import Sequence

import numpy as np

from sqlml.export.rows import fed, listed
from sqlml.model.draft import Draft, side_by_side
from sqlml.model.runtime import Portable
from sqlml.prep.ask import Ask
from sqlml.prep.entry import WIDE, Entry, enter, entries
from sqlml.prep.step import Step
from sqlml.prep.taken import reference


def check_drawn(step: Step, ask: Ask, rows: str) -> None:
    """Compares the features of `rows`, a relation that may stand after FROM, to the last bit.

    Numbers that are too wide to enter a graph are not compared.

    Raises:
        AssertionError: they differ, with the first inputs and features that do.
    """
    draft, inputs = Draft("__"), entries(step.columns)
    draft.output("__features", side_by_side(step.drawn(enter(draft, inputs, ask))), "", ("rows", len(step.features())))
    expressions = f"[{', '.join(step.expressions('r'))}]::FLOAT[] AS features"
    answer = ask(f"SELECT {listed(inputs, 'r')}, {expressions} FROM {rows} AS r{_that_enter(inputs)}")
    given = fed(answer, inputs)
    (found,) = Portable(draft.content("", {})).run(given, ["__features"])
    expected = np.array(answer.column("features").to_pylist(), np.float32)
    if found.dtype != expected.dtype or found.shape != expected.shape:
        raise AssertionError(f"`{step.name}` gives {found.dtype} {found.shape} and not {expected.shape}")
    same = (found.view(np.uint32) == expected.view(np.uint32)) | (np.isnan(found) & np.isnan(expected))
    for row in np.flatnonzero(~same.all(axis=1)):
        values = {name: column[row] for name, column in given.items()}
        raise AssertionError(f"`{step.name}` of {step.column}: {values} is {found[row]}, in SQL {expected[row]}")


def _that_enter(inputs: Sequence[Entry]) -> str:
    """SQL: which rows have only numbers that enter as they are."""
    values = [reference(entry.column, "r") for entry in inputs if entry.column.type in WIDE]
    kept = [f"coalesce(abs(TRY_CAST({value} AS DOUBLE)) < 9e18, {value} IS NULL)" for value in values]
    return f" WHERE {' AND '.join(kept)}" if kept else ""
