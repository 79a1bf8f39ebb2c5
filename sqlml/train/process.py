"""The parent's side of training: a process that is started early, given a job, and never left behind."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, cast

from sqlml.diagnostics import Problem, RawCause
from sqlml.faults import of_machine, of_system
from sqlml.faults.problems import GpuUnavailable, QueryCanceled, TimedOut, WorkerLost
from sqlml.train.folder import Folder
from sqlml.train.job import Job, OnEvent, Outcome
from sqlml.train.silence import Silence
from sqlml.train.wire import Alive, Message, receive, send_enough, send_job

# Idle threads sleep instead of burning the cores that others wait for; one thread adds numbers in one order. Arrays
# larger than a network's go back to the machine when they are done with: else a third of the memory would lie idle.
_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "passive",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(4 * 2**20),
}

# The statuses of a process that gave up: an error of its start, or SIGABRT.
_ENDED_ITSELF = (1, -6)

# Of what the process printed, this many last bytes are kept as the cause of its end.
_LAST_WORDS = 65536


class Worker:
    """A process that trains for one statement; as a context manager it starts at once and is gone at the end.

    `cancel` and `finish` may be called from any thread and at any time. After the first, training ends with
    `QueryCanceled`; the second ends one that is under way with the best that it has found.
    """

    def __init__(self) -> None:
        self._canceled = False
        self._running: _Running | None = None

    @property
    def folder(self) -> Path:
        """Where the job's files may lie: it goes with the process, or with its parent, whichever ends first.

        Where both are killed at once, the next training takes it away.
        """
        self._running = self._running or _Running()
        return self._running.folder

    def start(self) -> None:
        """Starts the process, which loads what it needs while its job is still being prepared.

        Raises:
            WorkerLost: the machine refused to start it.
        """
        self._running = _Running()

    def train(self, job: Job, on_event: OnEvent) -> Outcome:
        """Trains and waits; `on_event` is told of every step and trial as it happens.

        Raises:
            QueryCanceled: `cancel` was called.
            TimedOut: the process hangs.
            WorkerLost: the process has ended; or what the machine refused it, where that is known.
            TrainingFailed: no model could be made.
        """
        handed_over = time.monotonic()
        running = self._running = self._running or _Running()
        for message in running.messages(job, handed_over):
            if isinstance(message, Outcome):
                return message
            if isinstance(message, Problem):
                raise message
            if not isinstance(message, Alive):
                on_event(message)
        if self._canceled:
            raise QueryCanceled
        raise running.lost()

    def said(self) -> str:
        """What the process has printed since it was last asked: words of libraries, for nobody's eyes."""
        return self._running.said() if self._running else ""

    def cancel(self) -> None:
        """Ends the training, if one is running, and any that would follow."""
        self._canceled = True
        if self._running:
            self._running.kill()

    def finish(self) -> None:
        """Ends the training, if one is under way, with the best model so far."""
        if self._running:
            self._running.finish()

    def close(self) -> None:
        """Ends the process and waits until it is gone."""
        if self._running:
            self._running.close()
            self._running = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.close()


def examined(seconds: float = 120.0) -> dict[str, Any]:
    """What `sqlml.train.examine` answers on this machine.

    Raises:
        WorkerLost, TimedOut: it did not answer.
    """
    command = [sys.executable, "-P", "-m", "sqlml.train.examine"]
    environment = os.environ | _ENVIRONMENT | {"PYTHONPATH": _path()}
    try:
        ended = subprocess.run(command, capture_output=True, env=environment, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as cause:
        raise TimedOut from cause
    except OSError as cause:
        raise of_system(cause) or WorkerLost() from cause
    if ended.returncode:
        raise _ended(ended.returncode, ended.stderr.decode(errors="replace"))
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def _ended(status: int, words: str) -> Problem:
    """Why a process that should have answered has ended with this status and these last words."""
    # Its last words are about its end only where it has ended itself; that there is no GPU is said in passing.
    found = of_machine(words if status in _ENDED_ITSELF else f"exit {status}")
    problem = WorkerLost() if found is None or isinstance(found, GpuUnavailable) else found
    problem.__cause__ = RawCause(f"the training process ended with status {status}\n{words}")
    return problem


class _Running:
    """The process with its pipes and what it printed."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._heard = 0
        try:
            # A file without a name: whatever happens, none is left behind. Both processes share its place, so nothing
            # here moves it.
            self._log = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            self._folder = Folder()
            self._open.callback(self._folder.remove)
            self.folder = self._folder.path
            self._process = self._open.enter_context(_spawned(self._log, self.folder))
        except OSError as cause:
            self._open.close()
            raise of_system(cause) or WorkerLost() from cause
        self._has_job = self._hangs = False
        self._input, self._output = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)

    def messages(self, job: Job, handed_over: float) -> Iterator[Message]:
        """What the process answers to a job, until it ends."""
        with suppress(BrokenPipeError):
            send_job(self._input, job, handed_over)
        self._has_job = True
        with Silence(self._hang) as silence:
            while message := silence.until(lambda: receive(self._output)):
                yield message

    def _hang(self) -> None:
        self._hangs = True
        self._process.kill()

    def lost(self) -> Problem:
        """Why a process that should have answered has ended."""
        problem = _ended(self._process.wait(), self.said())
        if not self._hangs:
            return problem
        hanging = TimedOut()
        hanging.__cause__ = problem.__cause__
        return hanging

    def said(self) -> str:
        size = os.fstat(self._log.fileno()).st_size
        start = max(self._heard, size - _LAST_WORDS)
        words, self._heard = os.pread(self._log.fileno(), size - start, start), size
        return words.decode(errors="replace")

    def finish(self) -> None:
        if self._has_job:
            with suppress(BrokenPipeError, ValueError):  # It has ended, or been closed, in the meantime.
                send_enough(self._input)

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        # Before the process, which deletes them if this one is killed here.
        self._folder.remove()
        self._process.kill()
        with suppress(BrokenPipeError):
            self._open.close()


def _spawned(log: IO[bytes], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-m", "sqlml.train.worker", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=os.environ | _ENVIRONMENT | {"PYTHONPATH": _path()},
        # Ctrl-C in a terminal reaches the session alone, which decides what it means.
        start_new_session=True,
    )


def _path() -> str:
    """Where the parent finds its modules; the child has no other way to find a checkout or a zipped one."""
    return os.pathsep.join(entry or os.getcwd() for entry in sys.path)
