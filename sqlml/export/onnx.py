"""FORMAT onnx: one graph that takes the columns of a row and gives its prediction, in any runtime for such graphs.

Inputs and outputs have names and types, with a row in each place of their first axis. What the graph cannot compute is
refused; what else there is to know stands in the graph itself and in a file beside it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlml.diagnostics import Notice
from sqlml.export import parity, readme
from sqlml.export.problems import ColumnsNotPortable, PartsEnter
from sqlml.export.readme import Output
from sqlml.export.stored import Exported, File, Stored
from sqlml.prep.ask import Ask
from sqlml.prep.entry import Entry, enter, entries
from sqlml.prep.outputs import drawn_class, drawn_number
from sqlml.prep.steps.text import Text
from sqlml.prep.taken import source

if TYPE_CHECKING:
    from sqlml.model.draft import Draft, Value


@dataclass(frozen=True)
class Portable:
    """A graph, and how columns enter it."""

    content: bytes
    entries: tuple[Entry, ...]
    about: str


def files(model: Exported) -> Sequence[File]:
    """The graph, what to read about it, and how near its predictions are to those of PREDICT.

    Raises:
        ColumnsNotPortable: a graph cannot compute the features of all columns.
    """
    made = portable(model.name, model.parts, model.ask)
    for notice in _said(made.entries):
        model.tell(notice)
    return [
        File("model.onnx", made.content, "from the columns of a row to its prediction"),
        File(
            "parity.json",
            parity.report(model, partial(parity.by_graph, model, made.content, made.entries)),
            "how near it is to PREDICT",
        ),
        File("README.md", made.about.encode(), "its inputs and outputs, and how to give it rows"),
    ]


def portable(name: str, parts: Sequence[Stored], ask: Ask) -> Portable:
    """The graph of the model of that name; `ask` is for the database. Raises as `files` does."""
    from sqlml.model.draft import Draft, side_by_side

    _check(parts)
    inputs = entries(list(dict.fromkeys(column for part in parts for column in part.recipe.columns)))
    draft = Draft(_prefix([*(each.name for each in inputs), *(part.target.predicted for part in parts)]))
    read = enter(draft, inputs, ask)
    outputs: list[Output] = []
    for part in parts:
        outputs += _returned(draft, part, draft.attach(part.graph, side_by_side(part.recipe.drawn(read))))
    prose = {step.column for part in parts for step in part.recipe.steps if isinstance(step, Text)}
    about = readme.written(name, inputs, outputs, prose)
    described = {
        "inputs": [{"name": each.name, "type": each.enters, "sql": each.sql("input")} for each in inputs],
        "outputs": list(map(asdict, outputs)),
    }
    properties = {key: json.dumps(value, ensure_ascii=False) for key, value in described.items()}
    return Portable(draft.content(about, properties), tuple(inputs), about)


def _check(parts: Sequence[Stored]) -> None:
    steps = [step for part in parts for step in part.recipe.steps]
    reasons = {source(step.column).name: step.obstacle for step in steps if step.obstacle is not None}
    if reasons:
        raise ColumnsNotPortable(reasons)


def _prefix(names: Sequence[str]) -> str:
    """What no name begins with."""
    prefix = "_"
    while any(name.startswith(prefix) for name in names):
        prefix += "_"
    return prefix


def _returned(draft: "Draft", part: Stored, scores: "Value") -> Iterator[Output]:
    """Makes the prediction something that the graph returns."""
    target, column, name = part.target, part.target.column, part.target.predicted
    if not target.task.classifies:
        yield _output(draft, name, drawn_number(column, scores), f"what `{column.name}` will be")
        return
    yield _output(draft, name, drawn_class(column, target.classes, scores), f"the likeliest value of `{column.name}`")
    yield _output(draft, f"{name}_probability", scores.greatest(), "its probability")
    yield _output(draft, f"{name}_probabilities", scores, "the probability of each of these values", target.classes)


def _output(draft: "Draft", name: str, value: "Value", words: str, each: tuple[str, ...] = ()) -> Output:
    from sqlml.model.draft import NAMES

    draft.output(name, value, words, ("rows", len(each)) if each else ("rows",))
    return Output(name, NAMES[value.dtype], words, each)


def _said(inputs: Sequence[Entry]) -> list[Notice]:
    taken: dict[str, list[str]] = {}
    for each in inputs:
        if each.is_taken:
            taken.setdefault(each.source.name, []).append(each.name)
    return [PartsEnter(taken)] if taken else []
