"""The features of staged rows, streamed out of DuckDB into the files that the worker maps."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from sqlml.engine.database import Host
from sqlml.engine.stage import Split
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column
from sqlml.score.function import numbers
from sqlml.train.job import LABEL, MATRIX, PART, SCORES, WEIGHT

if TYPE_CHECKING:
    import pyarrow as pa

# Rows in flight between DuckDB and the file.
_BATCH = 16384

# The files of a job: of each its name, the Arrow column that fills it, and how a number lies in it.
_FILES = (
    (MATRIX, "features", "<f4"),
    (LABEL, "label", "<f8"),
    (PART, "part", "u1"),
    (WEIGHT, "weight", "<f8"),
)


def write(
    host: Host, split: Split, recipe: Recipe, target: Target, folder: Path, weight: Column | None, share: float = 1.0
) -> tuple[int, int]:
    """Writes the files of a job: a share of the known rows first, each as training sees it, then those held out.

    Returns how many there are of each.
    """
    known = f"SELECT {recipe.training_array('k', f'k.{split.part}')} AS features, k.{split.part} AS part"
    held_out = f"SELECT {recipe.array('k')} AS features, NULL::UTINYINT AS part"
    more = f", {target.label('k')} AS label, {_weight(weight)} AS weight FROM"
    known_rows = f"{known}{more} {split.known} AS k{_some(split, share)}"
    return (
        _stream(host, known_rows, folder, {name for name, _, _ in _FILES}),
        _stream(host, f"{held_out}{more} {split.held_out} AS k", folder, {MATRIX, LABEL, WEIGHT}),
    )


def scores(folder: Path, outputs: int) -> "pa.Table":
    """What the worker wrote of the rows held out: a column `scores` (DOUBLE[]), a row each, in their order."""
    import numpy as np
    import pyarrow as pa

    values = np.fromfile(folder / SCORES, "<f8")
    ends = np.arange(0, len(values) + 1, outputs, dtype=np.int32)
    flat = pa.Array.from_buffers(pa.float64(), len(values), [None, pa.py_buffer(values)])
    offsets = pa.Array.from_buffers(pa.int32(), len(ends), [None, pa.py_buffer(ends)])
    lists = pa.ListArray.from_arrays(offsets, flat)
    return pa.table({"scores": lists})


def _some(split: Split, share: float) -> str:
    """SQL: the same share of the rows each time."""
    return "" if share == 1.0 else f" WHERE hash(k.{split.order}) < {int(share * 2**64)}::UBIGINT"


def _weight(column: Column | None) -> str:
    return "1::DOUBLE" if column is None else f"CAST(k.{identifier(column.name)} AS DOUBLE)"


def _stream(host: Host, sql: str, folder: Path, wanted: set[str]) -> int:
    """Adds the query's rows to the wanted files."""
    rows = 0
    with ExitStack() as opened:
        files = {name: opened.enter_context((folder / name).open("ab")) for name in wanted}
        for batch in host.batches(sql, _BATCH):
            rows += batch.num_rows
            for name, column, dtype in _FILES:
                if name in wanted:
                    values = batch.column(column)
                    # Not by numpy's own way, whose error does not say that the disk is full.
                    files[name].write(numbers(values.flatten() if name == MATRIX else values, dtype).data)
    return rows
