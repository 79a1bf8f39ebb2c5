"""The features of staged rows, streamed out of DuckDB into the files that the worker maps."""

from pathlib import Path

from sqlml.engine.database import Host
from sqlml.engine.stage import FIT, VALIDATION, Stage
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target
from sqlml.score.function import numbers

# Rows in flight between DuckDB and the file.
_BATCH = 16384


def write(host: Host, stage: Stage, recipe: Recipe, target: Target, folder: Path) -> tuple[int, int]:
    """Writes `matrix.f32` (rows x features, C order) and `label.f64`: rows to fit on first, then to validate on.

    Returns how many there are of each.
    """
    with (folder / "matrix.f32").open("wb") as matrix, (folder / "label.f64").open("wb") as label:
        counts = []
        for part in (FIT, VALIDATION):
            rows = 0
            sql = (
                f"SELECT {recipe.array('k')} AS features, {target.label('k')} AS label"
                f" FROM {stage.known} AS k WHERE {stage.part} = {part}"
            )
            for batch in host.batches(sql, _BATCH):
                numbers(batch.column("features").flatten(), "<f4").tofile(matrix)
                numbers(batch.column("label"), "<f8").tofile(label)
                rows += batch.num_rows
            counts.append(rows)
    return counts[0], counts[1]
