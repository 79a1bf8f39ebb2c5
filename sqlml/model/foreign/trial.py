"""The process that reads and tries a file: `python -P -m sqlml.model.foreign.trial`; a request comes in on stdin.

Whatever the file does to this process, it is done to nothing else: it has its own memory, with a limit, and ends with
its answer or when its parent kills it.
"""

import json
import os
import resource
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlml.diagnostics import Problem
from sqlml.diagnostics.travel import packed
from sqlml.faults.problems import InsufficientGpuMemory, InsufficientMemory
from sqlml.model.foreign.problems import FileDamaged, FileUnknown, ModelTooLarge, NullsUnanswered, RowsMixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlml.model.foreign.found import Found, Input
    from sqlml.model.form import Floats, Matrix
    from sqlml.model.runtime import Graph

# Trees may be so deep that whoever walks them runs out of room. What fits here fits everywhere else twice.
_STACK = 4 << 20
# As many rows as are ever scored at once, and so many of them alone.
_ROWS, _ALONE = 2048, 16
# Numbers of a row that are the same in any company, but for the order in which a few are added.
_TOLERANCE = 1e-4


def main() -> None:
    """Answers one request."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    _bound(asked["memory"])
    threading.stack_size(_STACK)
    found: list[tuple[dict[str, Any], bytes]] = []
    work = threading.Thread(target=lambda: found.append(_answer(content, asked)))
    work.start()
    work.join()
    for fields, graph in found:
        answer.write(json.dumps(fields | {"graph": len(graph)}).encode() + b"\n" + graph)
    answer.flush()
    # What libraries do on their way out is of no interest, and may go wrong too.
    os._exit(0 if found else 1)


def _bound(memory: int) -> None:
    """No more memory than that, and the first to go when the machine has none left."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _answer(content: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        found = tried(read(content, asked["columns"]))
    except Problem as problem:
        return {"problem": packed(_told(problem, len(content), asked["memory"]))}, b""
    except MemoryError as cause:
        too_large = ModelTooLarge(len(content), asked["memory"], "takes")
        too_large.__cause__ = cause
        return {"problem": packed(too_large)}, b""
    fields = asdict(replace(found, notices=()))
    del fields["graph"], fields["notices"]
    return {"found": fields, "notices": list(map(packed, found.notices))}, found.graph


def _told(problem: Problem, size: int, memory: int) -> Problem:
    # There is no GPU in it: who runs out of memory speaks of all devices alike.
    if not isinstance(problem, InsufficientMemory | InsufficientGpuMemory):
        return problem
    told = ModelTooLarge(size, memory, "takes")
    told.__cause__ = problem.__cause__
    return told


def read(content: bytes, columns: "Sequence[str] | None") -> "Found":
    """The model of a file, by what is in it.

    Raises:
        Problem: there is none, or none that can be imported.
    """
    if not content:
        raise FileUnknown("it is empty")
    from sqlml.model.foreign import boosted

    if content.startswith(boosted.BEGINS):
        return boosted.read(content, columns)
    from sqlml.model.foreign import graph

    return graph.read(content, columns)


def tried(found: "Found") -> "Found":
    """The same model, after it has scored as many rows as are ever scored at once; its pace and what it says of NULLs.

    Raises:
        FileDamaged: it cannot score rows.
        RowsMixed: what it says of a row depends on the rows beside it.
    """
    import numpy as np

    from sqlml.model.foreign.rows import plain
    from sqlml.model.pace import paced
    from sqlml.model.problems import ModelDamaged, ScoringFailed
    from sqlml.model.runtime import Graph

    rows = plain(found.inputs, _ROWS)
    try:
        graph = Graph(found.graph)
        scores = graph.run(rows)
        alone = np.concatenate([graph.run(rows[at : at + 1]) for at in range(_ALONE)])
        back = graph.run(rows[::-1])[::-1]
    except (ModelDamaged, ScoringFailed) as cause:
        raise FileDamaged("it cannot compute the prediction of a row") from (cause.__cause__ or cause)
    if len(scores) != _ROWS or not (_same(scores, back) and _same(scores[:_ALONE], alone)):
        raise RowsMixed
    chosen = paced(found.graph, rows)
    notices = list(found.notices)
    if unanswered := _unanswered(Graph(chosen.graph), found.inputs, rows[:1]):
        notices.append(NullsUnanswered(unanswered))
    return replace(found, graph=chosen.graph, scoring=str(chosen.pace), notices=tuple(notices))


def _same(scores: "Floats", others: "Floats") -> bool:
    import numpy as np

    return bool(
        np.allclose(
            scores, others, rtol=_TOLERANCE, atol=_TOLERANCE * np.nanmax(np.abs(scores), initial=0.0), equal_nan=True
        )
    )


def _unanswered(graph: "Graph", inputs: "Sequence[Input]", row: "Matrix") -> list[str]:
    """The columns that leave the model without an answer where they are missing."""
    import numpy as np

    from sqlml.model.foreign.found import places

    rows = np.repeat(row, len(inputs), axis=0)
    for at, (one, start) in enumerate(zip(inputs, places(inputs), strict=True)):
        rows[at, start : start + one.width] = [np.nan, 0.0, 0.0][: one.width]
    scores = graph.run(rows)
    return [one.name for one, own in zip(inputs, scores, strict=True) if np.isnan(own).any()]


if __name__ == "__main__":
    main()
