"""FORMAT native: trees as the text of the library that grew them, what is made of their sums as a graph."""

import json
from collections.abc import Sequence
from typing import Any

from sqlml.export import lightgbm_text
from sqlml.export.stored import Exported, File, Stored
from sqlml.model.trees import split
from sqlml.quote import identifier

_SCRIPT = '''"""Scores the rows of a query with the files beside this one.

    python score.py DATABASE "SELECT …"

Needs duckdb, numpy, onnxruntime and, where there are trees, lightgbm.
"""

import json
import sys
from pathlib import Path

import duckdb
import numpy as np
import onnxruntime

HOME = Path(__file__).parent


def score(database, query, part):
    """Scores (rows, outputs) of the rows of a query."""
    with duckdb.connect(database, read_only=True) as db:
        features = (HOME / part["features"]).read_text(encoding="utf-8")
        columns = db.execute(f"SELECT features.* FROM ({features.replace('{query}', query)}) AS features").fetchnumpy()
    matrix = np.column_stack([np.ma.filled(column.astype(np.float32), np.nan) for column in columns.values()])
    given = {"features": matrix}
    for name, file in part["trees"].items():
        import lightgbm

        sums = lightgbm.Booster(model_file=str(HOME / file)).predict(matrix, raw_score=True)
        given[name] = sums.reshape(len(matrix), -1)
    rest = onnxruntime.InferenceSession(str(HOME / part["rest"]), providers=["CPUExecutionProvider"])
    asked = {one.name for one in rest.get_inputs()}
    return rest.run(["scores"], {name: value for name, value in given.items() if name in asked})[0]


if __name__ == "__main__":
    for part in json.loads((HOME / "model.json").read_text(encoding="utf-8")):
        print(json.dumps({"target": part["target"], "scores": score(*sys.argv[1:3], part).tolist()}))
'''


def files(model: Exported) -> Sequence[File]:
    """The files of a model: of each part its trees, its features, and the rest; and a script that scores by them."""
    made: list[File] = []
    described = []
    for part in model.parts:
        own, about = _part(part)
        made += own
        described.append(about)
    told = json.dumps(described, indent=1, ensure_ascii=False)
    return [
        *made,
        File("model.json", told.encode(), "what belongs together, and the classes in the order of the scores"),
        File("score.py", _SCRIPT.encode(), "how to score by these files, without sqlml"),
    ]


def _part(part: Stored) -> tuple[list[File], dict[str, Any]]:
    forests, rest = split(part.graph)
    if not all(map(lightgbm_text.fits, forests.values())):
        forests, rest = {}, part.graph
    features = part.recipe.features
    trees = {name: f"trees{part.mark}_{number}.txt" for number, name in enumerate(forests, 1)}
    sql, graph = f"features{part.mark}.sql", f"rest{part.mark}.onnx"
    made = [
        File(trees[name], lightgbm_text.text(forest, features).encode(), f"{len(forest.roots)} trees")
        for name, forest in forests.items()
    ]
    begin = "from the features and the sums of the trees" if forests else "from the features"
    made += [
        File(sql, _query(part).encode(), "the features of a row"),
        File(graph, rest, f"{begin} to the scores"),
    ]
    target = part.target
    about = {"target": target.column.name, "task": str(target.task), "classes": list(target.classes)}
    return made, about | {"features": sql, "trees": trees, "rest": graph}


def _query(part: Stored) -> str:
    """SQL of the features, in which a query takes the place of `{query}`."""
    pairs = zip(part.recipe.expressions("input"), part.recipe.features, strict=True)
    listed = ",\n".join(f"    {expression} AS {identifier(feature.name)}" for expression, feature in pairs)
    return f"SELECT\n{listed}\nFROM ({{query}}) AS input\n"
