"""A model as one graph that takes the columns of a row and gives its prediction, in any runtime for such graphs.

Inputs and outputs have names and types, with a row in each place of their first axis. What the graph cannot compute is
refused; what else there is to know stands in the graph itself and in a file beside it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlml.diagnostics import Notice
from sqlml.export import readme
from sqlml.export.problems import ColumnsNotPortable, PartsEnter
from sqlml.export.readme import Output
from sqlml.prep.entry import Entry, enter, entries
from sqlml.prep.outputs import drawn_class, drawn_number
from sqlml.prep.recipe import Recipe
from sqlml.prep.taken import source
from sqlml.schema import Column, Task

if TYPE_CHECKING:
    from sqlml.model.draft import Draft, Value


@dataclass(frozen=True)
class Part:
    """What predicts one column: `graph` gives scores of the features that `recipe` makes."""

    target: Column
    task: Task
    classes: tuple[str, ...]
    recipe: Recipe
    graph: bytes

    @property
    def name(self) -> str:
        """The name of the prediction, as PREDICT has it."""
        return f"predicted_{self.target.name}"


@dataclass(frozen=True)
class Portable:
    """A graph, how columns enter it, what to read about it, and what was decided."""

    content: bytes
    entries: tuple[Entry, ...]
    readme: str
    notices: tuple[Notice, ...]


def portable(name: str, parts: Sequence[Part]) -> Portable:
    """The graph of the model of that name.

    Raises:
        ColumnsNotPortable: a graph cannot compute the features of all columns.
    """
    from sqlml.model.draft import Draft, side_by_side

    _check(parts)
    inputs = entries(list(dict.fromkeys(column for part in parts for column in part.recipe.columns)))
    draft = Draft(_prefix([*(each.name for each in inputs), *(part.name for part in parts)]))
    read = enter(draft, inputs)
    outputs: list[Output] = []
    for part in parts:
        outputs += _returned(draft, part, draft.attach(part.graph, side_by_side(part.recipe.drawn(read))))
    about = readme.written(name, inputs, outputs)
    described = {
        "inputs": [{"name": each.name, "type": each.enters, "sql": each.sql("input")} for each in inputs],
        "outputs": list(map(asdict, outputs)),
    }
    properties = {key: json.dumps(value, ensure_ascii=False) for key, value in described.items()}
    return Portable(draft.content(about, properties), tuple(inputs), about, tuple(_said(inputs)))


def _check(parts: Sequence[Part]) -> None:
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


def _returned(draft: "Draft", part: Part, scores: "Value") -> Iterator[Output]:
    """Makes the prediction something that the graph returns."""
    name, target = part.name, part.target.name
    if not part.task.classifies:
        yield _output(draft, name, drawn_number(part.target, scores), f"what `{target}` will be")
        return
    yield _output(draft, name, drawn_class(part.target, part.classes, scores), f"the likeliest value of `{target}`")
    yield _output(draft, f"{name}_probability", scores.greatest(), "its probability")
    yield _output(draft, f"{name}_probabilities", scores, "the probability of each of these values", part.classes)


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
