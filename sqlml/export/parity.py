"""How near the predictions of an exported graph are to those of PREDICT."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlml.export.onnx import Part, Portable
from sqlml.export.rows import fed, listed, matrix
from sqlml.prep.ask import Ask
from sqlml.quote import identifier

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyarrow import Table


@dataclass(frozen=True)
class Parity:
    """Of one target: in how many of the `rows` the class is the same, and the largest relative difference of numbers.

    Of classes the numbers are their probabilities; what is predicted as a number has no class.
    """

    target: str
    rows: int
    same_class: int | None
    largest_difference: float


def compared(ask: Ask, exported: Portable, parts: Sequence[Part], predicted: str) -> list[Parity]:
    """Computes the graph's predictions for rows that have PREDICT's: `predicted` is SQL that may stand after FROM."""
    from sqlml.model import runtime

    answers = ", ".join(f"{sql} AS p{at}" for at, part in enumerate(parts) for sql in [_numbers(part)])
    labels = ", ".join(f"CAST(r.{identifier(part.name)} AS VARCHAR) AS l{at}" for at, part in enumerate(parts))
    table = ask(f"SELECT {listed(exported.entries, 'r')}, {answers}, {labels} FROM {predicted} AS r")
    graph, given = runtime.Portable(exported.content), fed(table, exported.entries)
    found = []
    for at, part in enumerate(parts):
        outputs = [part.name, f"{part.name}_probabilities"] if part.task.classifies else [part.name]
        found.append(_parity(table, at, part, graph.run(given, outputs)))
    return found


def report(found: Sequence[Parity]) -> str:
    """The text of `parity.json`."""
    return json.dumps([asdict(parity) for parity in found], ensure_ascii=False, indent=2) + "\n"


def _numbers(part: Part) -> str:
    """SQL: DOUBLE[], the probabilities of the classes, or the predicted number."""
    if part.task.classifies:
        return f"map_values(r.{identifier(f'{part.name}_probabilities')})"
    return f"[CAST(r.{identifier(part.name)} AS DOUBLE)]"


def _parity(table: "Table", at: int, part: Part, outputs: "Sequence[NDArray[Any]]") -> Parity:
    import numpy as np

    rows = table.num_rows
    expected = matrix(table, f"p{at}", "<f8")
    numbers = outputs[-1].astype(np.float64).reshape(rows, -1)
    size = np.maximum(np.abs(expected), np.finfo(np.float64).tiny)
    difference = float((np.abs(numbers - expected) / size).max(initial=0.0))
    if not part.task.classifies:
        return Parity(part.target.name, rows, None, difference)
    labels = np.array([_text(label) for label in outputs[0].tolist()], object)
    same = labels == np.array(table.column(f"l{at}").to_pylist(), object)
    return Parity(part.target.name, rows, int(same.sum()), difference)


def _text(label: str | bool | int) -> str:
    return str(label).lower() if isinstance(label, bool) else str(label)
