"""How near the predictions of an exported graph are to those of PREDICT."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlml.export.problems import NothingCompared, PredictionsDiffer
from sqlml.export.rows import fed, listed, matrix
from sqlml.export.stored import Exported
from sqlml.prep.entry import Entry
from sqlml.prep.target import Target
from sqlml.quote import identifier

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyarrow import Table

# A larger relative difference is worth a warning.
_TOLERANCE = 1e-6
# Sums of great numbers may cancel out: below this share of the greatest prediction, digits say nothing.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Parity:
    """Of one target: in how many of the `rows` the class is the same, and the largest relative difference of numbers.

    Of classes the numbers are their probabilities; what is predicted as a number has no class.
    """

    target: str
    rows: int
    same_class: int | None = None
    largest_difference: float | None = None

    @property
    def is_near(self) -> bool:
        return self.same_class in (None, self.rows) and (self.largest_difference or 0.0) <= _TOLERANCE


def report(model: Exported, compare: Callable[[str], list[Parity]]) -> bytes:
    """The text of `parity.json`; tells of rows that differ, and where none could be compared.

    `compare` takes SQL, for after FROM, of rows with what PREDICT adds to them.
    """
    predicted = model.predicted()
    if predicted is None:
        model.tell(NothingCompared(model.name))
        found = [Parity(part.target.column.name, 0) for part in model.parts]
    else:
        found = compare(predicted)
    for one in found:
        if not one.is_near:
            model.tell(PredictionsDiffer(one.target, one.rows, one.same_class, one.largest_difference or 0.0))
    return f"{json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1)}\n".encode()


def by_sql(model: Exported, made: str, predicted: str) -> list[Parity]:
    """How near SQL is that makes a struct of the prediction's columns from a row called `input`."""
    # Else what PREDICT computes is planned again wherever a row is read: 8 s for 32 classes.
    rows_ = f"SELECT whole_row_ AS input FROM {predicted} AS whole_row_"
    relation = f"(SELECT input AS theirs_, {made} AS made_ FROM given_)"
    found = []
    for part in model.parts:
        target, name = part.target, identifier(part.target.predicted)
        least = _NOTHING * max(map(abs, part.target.prior), default=1.0)
        theirs, ours = _numbers(target, "r.theirs_"), _numbers(target, "r.made_")
        size = f"greatest(abs(pair[1]), {least!r}::DOUBLE)"
        away = f"list_max(list_transform(list_zip({theirs}, {ours}), lambda pair: abs(pair[1] - pair[2]) / {size}))"
        same = f"count(*) FILTER (r.theirs_.{name} IS NOT DISTINCT FROM r.made_.{name})"
        ((rows, classes, difference),) = model.rows(
            f"WITH given_ AS MATERIALIZED ({rows_}) SELECT count(*), {same}, max({away}) FROM {relation} AS r"
        )
        found.append(Parity(target.column.name, rows, classes if target.task.classifies else None, difference))
    return found


def by_graph(model: Exported, content: bytes, entries: Sequence[Entry], predicted: str) -> list[Parity]:
    """How near a graph is that columns enter as `entries` say."""
    targets = [part.target for part in model.parts]
    from sqlml.model.runtime import Portable

    numbers = ", ".join(f"{_numbers(target, 'r')} AS p{at}" for at, target in enumerate(targets))
    classes = ", ".join(
        f"CAST(r.{identifier(target.predicted)} AS VARCHAR) AS l{at}" for at, target in enumerate(targets)
    )
    table = model.ask(f"SELECT {listed(entries, 'r')}, {numbers}, {classes} FROM {predicted} AS r")
    graph, given, found = Portable(content), fed(table, entries), []
    for at, target in enumerate(targets):
        names = [target.predicted]
        if target.task.classifies:
            names.append(f"{target.predicted}_probabilities")
        own = table.select([f"p{at}", f"l{at}"]).rename_columns(["numbers", "class"])
        found.append(_parity(target, own, graph.run(given, names)))
    return found


def _numbers(target: Target, row: str) -> str:
    """SQL: DOUBLE[], the probabilities of the classes, or the predicted number."""
    if target.task.classifies:
        return f"map_values({row}.{identifier(f'{target.predicted}_probabilities')})"
    return f"[CAST({row}.{identifier(target.predicted)} AS DOUBLE)]"


def _parity(target: Target, table: "Table", outputs: "Sequence[NDArray[Any]]") -> Parity:
    """Of what PREDICT says, as `numbers` and `class`, and of what the graph says."""
    import numpy as np

    name, rows = target.column.name, table.num_rows
    expected = matrix(table, "numbers", "<f8")
    numbers = outputs[-1].astype(np.float64).reshape(expected.shape)
    size = np.abs(expected)
    size = np.maximum(size, _NOTHING * size.max(initial=1.0))
    difference = float((np.abs(numbers - expected) / size).max(initial=0.0))
    if not target.task.classifies:
        return Parity(name, rows, None, difference)
    classes = np.array([_text(label) for label in outputs[0].tolist()], object)
    same = classes == np.array(table.column("class").to_pylist(), object)
    return Parity(name, rows, int(np.count_nonzero(same)), difference)


def _text(label: str | bool | int) -> str:
    return str(label).lower() if isinstance(label, bool) else str(label)
