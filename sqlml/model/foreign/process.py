"""The parent's side of the trial: hands over a file's bytes, waits for so long, and gets a model or a problem."""

import json
import os
import subprocess
import sys
from typing import Any

from sqlml.diagnostics import Problem, RawCause
from sqlml.diagnostics.travel import unpacked
from sqlml.faults import of_system
from sqlml.faults import problems as of_the_machine
from sqlml.faults.problems import QueryCanceled
from sqlml.model import problems as of_models
from sqlml.model.foreign import aim_problems as of_aims
from sqlml.model.foreign import problems as of_files
from sqlml.model.foreign.found import Found, Input
from sqlml.model.foreign.problems import ModelBreaks, ModelTooLarge, ModelTooSlow
from sqlml.schema import Task

# What a trial may tell of: a condition is found by its name once its module is loaded.
TOLD = (of_the_machine, of_models, of_files, of_aims)

# Seconds for all of it. A model of a hundred megabytes takes ten.
SECONDS = 60.0
# Bytes of a file, and of memory to try what is in it: as many models as are kept ready to score have as much together.
LARGEST, MEMORY = 256 * 2**20, 4 * 2**30

# The status of a process that was killed, by the machine if not by us.
_KILLED = -9

_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Trial:
    """One file that is read and tried in a process of its own. `cancel` may be called from any thread."""

    def __init__(self, content: bytes, columns: tuple[str, ...] | None, memory: int | None) -> None:
        self._content = content
        self._memory = min(MEMORY, memory or MEMORY)
        self._request = json.dumps({"columns": columns, "memory": self._memory}).encode() + b"\n"
        self._process: subprocess.Popen[bytes] | None = None
        self._canceled = False

    def cancel(self) -> None:
        """Ends the trial, which then raises QueryCanceled."""
        self._canceled = True
        if self._process:
            self._process.kill()

    def found(self) -> Found:
        """The model.

        Raises:
            QueryCanceled: `cancel` was called.
            ModelTooLarge, ModelTooSlow, ModelBreaks: what it did to the process.
            Problem: what is wrong with it.
        """
        if len(self._content) > LARGEST:
            raise ModelTooLarge(len(self._content), LARGEST, "has")
        try:
            self._process = _spawned()
        except OSError as cause:
            raise of_system(cause) or ModelBreaks() from cause
        if self._canceled:
            self._process.kill()
        try:
            answer, words = self._process.communicate(self._request + self._content, SECONDS)
        except subprocess.TimeoutExpired as cause:
            raise ModelTooSlow(SECONDS) from cause
        finally:
            self._process.kill()
            self._process.communicate()
        if self._canceled:
            raise QueryCanceled
        line, _, graph = answer.partition(b"\n")
        if not line:
            raise self._ended(self._process.returncode, words.decode(errors="replace"))
        return _read(json.loads(line), graph)

    def _ended(self, status: int, words: str) -> Problem:
        problem = ModelTooLarge(len(self._content), self._memory, "takes") if status == _KILLED else ModelBreaks()
        problem.__cause__ = RawCause(f"the process of the trial ended with status {status}\n{words[-65536:]}")
        return problem


def _spawned() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "sqlml.model.foreign.trial"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | _ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path)},
        # Nothing of the session's folder is in reach by its name alone.
        cwd="/",
        start_new_session=True,
    )


def _read(fields: dict[str, Any], graph: bytes) -> Found:
    if "problem" in fields:
        raise unpacked(fields["problem"])
    told = fields["found"]
    inputs = tuple(Input(**one | {"levels": tuple(one["levels"])}) for one in told["inputs"])
    return Found(
        **told
        | {
            "inputs": inputs,
            "task": Task(told["task"]),
            "classes": tuple(told["classes"]),
            "graph": graph,
            "notices": tuple(map(unpacked, fields["notices"])),
        }
    )
