"""What works on this machine, what does not and why, each in a sentence that an analyst can act on."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sqlml.diagnostics import Problem
from sqlml.engine import memory
from sqlml.engine.database import Host
from sqlml.model.form import Constant
from sqlml.model.onnx import build
from sqlml.model.quickscorer import is_compiled
from sqlml.model.runtime import Graph
from sqlml.quote import literal
from sqlml.schema import Feature, Task
from sqlml.train.process import examined

# Less space than this is soon used up.
_LITTLE_SPACE = 1e9


@dataclass(frozen=True)
class Check:
    """Something that was tried: whether it works, and what there is to say of it."""

    part: str
    works: bool
    detail: str


def checks(host: Host) -> Iterator[Check]:
    """Everything that training and scoring need here; loading the learners takes seconds."""
    yield Check("threads", True, f"{host.threads()} threads train and score")
    yield _memory(host)
    yield _database(host)
    yield from _disk(host)
    yield from _training()
    yield _scoring()
    yield _trees()


def _memory(host: Host) -> Check:
    free = memory.allowed(host) / 1e9
    return Check("memory", True, f"a training may take {free:.2g} GB now; SET memory_limit bounds it further")


def _database(host: Host) -> Check:
    ((name, read_only),) = host.rows(
        "SELECT database_name, readonly FROM duckdb_databases() WHERE database_name = current_database()"
    )
    if read_only:
        return Check("database", False, f"`{name}` was opened for reading only: models score, and none can be stored")
    return Check("database", True, f"`{name}` can be written to")


def _disk(host: Host) -> Iterator[Check]:
    """The two places for rows that are put aside: DuckDB's, where there is one already, and that of training."""
    ((spills,),) = host.rows("SELECT current_setting('temp_directory')")
    places = {"space for training": tempfile.gettempdir(), "space for large queries": str(spills)}
    for part, place in places.items():
        if Path(place).is_dir():
            yield _space(part, place)


def _space(part: str, place: str) -> Check:
    free = shutil.disk_usage(place).free
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError:
        return Check(part, False, "the directory for temporary files cannot be written to")
    return Check(part, free > _LITTLE_SPACE, f"{free / 1e9:.2g} GB free for rows that are put aside")


def _training() -> Iterator[Check]:
    try:
        found = examined()
    except Problem as problem:
        yield Check("training", False, problem.message)
        return
    for title, failure in found["learners"].items():
        yield Check(title, failure is None, failure or "can be trained")
    works = found["device"] == "GPU"
    yield Check("GPU", works, "neural networks can be trained on it" if works else f"{found['reason']}; the CPU trains")


def _scoring() -> Check:
    try:
        graph = Graph(build(Constant(np.zeros(1)), [Feature("x", "x")], Task.REGRESSION))
        scores = graph.run(np.ones((1, 1), np.float32))
    except Problem as problem:
        return Check("scoring", False, problem.message)
    return Check("scoring", not scores.any(), "models can be loaded and used in any query")


def _trees() -> Check:
    works = is_compiled()
    slower = "one after the other, some ten times slower: this installation was not built for more"
    return Check("scoring of trees", works, f"trees are asked {'all at once' if works else slower}")


def answered(host: Host) -> str:
    """SQL: a table of the checks."""
    rows = [f"({literal(one.part)}, {str(one.works).lower()}, {literal(one.detail)})" for one in checks(host)]
    return f"(SELECT * FROM (VALUES {', '.join(rows)}) AS checks(part, works, detail))"
