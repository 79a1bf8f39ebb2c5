"""Where networks are computed: whether there is a GPU, whether it works, and when it pays; the gate to tensorflow."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from sqlml.diagnostics import Problem
from sqlml.faults import of_machine
from sqlml.faults.problems import InsufficientGpuMemory
from sqlml.train.problems import GpuLeft

# Rows and columns of the product that tells a GPU that works from one that is only listed.
_TRIAL = 64

# The first GPU, as the machine shows it to programs; and the rows from which on the way there and back is worth it on
# most machines, until this one has been measured.
_NODE = Path("/dev/nvidia0")
_PAYS = 20_000
# Nobody has more rows than these: where a GPU does not pay by then, it never does.
NEVER = 10_000_000

_WITHOUT = "without it, on the CPU"
# What is computed may not depend on which of several ways to multiply was the quickest when the GPU tried them.
_ONE_WAY = "--xla_gpu_autotune_level=0"

_opening = Lock()


@dataclass(frozen=True)
class Found:
    """Where networks are computed, and why there, in an analyst's words; `seconds` is what it took to begin there."""

    device: Literal["CPU", "GPU"]
    reason: str
    seconds: float = 0.0


class GpuFault(Exception):
    """The GPU could not go on; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem

    @property
    def is_short(self) -> bool:
        """Whether less at once might do."""
        return isinstance(self.problem, InsufficientGpuMemory)


_answers: dict[bool, Found] = {}
_used: list[Found] = []
_left: list[GpuLeft] = []
_broken_down: list[GpuFault] = []


def expected(asked: str | None, rows: int) -> Found:
    """Where a training of so many rows would be computed, as far as can be told without loading anything.

    `asked` is 'cpu', 'gpu', or None for wherever it pays.
    """
    if asked == "cpu":
        return Found("CPU", "as asked")
    if not _NODE.exists():
        return Found("CPU", "this machine shows no GPU")
    measured = payoff()
    if asked is None and rows < (_PAYS if measured is None else measured):
        return Found("CPU", worth())
    return Found("GPU", "for the neural network, if it turns out to work; other learners use the CPU")


def payoff() -> int | None:
    """Rows from which on a GPU pays on this machine, None where that has not been measured."""
    with suppress(OSError, RuntimeError, ValueError):
        return int(_noted().read_text())
    return None


def keep_payoff(rows: int) -> None:
    """Keeps what has been measured, for all trainings on this machine; where nothing can be kept, it is next time."""
    with suppress(OSError, RuntimeError):
        file = _noted()
        file.parent.mkdir(parents=True, exist_ok=True)
        # Whoever reads it meanwhile finds all of it or nothing.
        made = file.with_suffix(f".{os.getpid()}")
        made.write_text(str(rows))
        made.replace(file)


def _noted() -> Path:
    """The file of this machine: homes may be shared."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "sqlml" / f"gpu-pays-{platform.node() or 'here'}"


def worth() -> str:
    """From how many rows on a GPU pays on this machine, in words."""
    measured = payoff()
    if measured is None:
        return f"a GPU usually pays from about {_PAYS:,} rows on"
    if measured >= NEVER:
        return "the GPU of this machine is no quicker than its CPU"
    # No measure is better than two digits.
    return f"the GPU of this machine pays from about {int(float(f'{measured:.2g}')):,} rows on"


def found() -> Found:
    """Where networks were computed in this process."""
    return _used[-1] if _used else Found("CPU", "no learner that was tried gains from a GPU")


def computed(where: Found) -> None:
    """Says that a network was computed there."""
    _used[:] = [where]


def left() -> tuple[GpuLeft, ...]:
    """What was computed otherwise in this process than on the GPU that it was meant for."""
    return tuple(_left)


def unusable() -> str | None:
    """Why the GPU that was meant to be used could not be, from the start; None where none was, or it could."""
    asked = _answers.get(True)
    return asked.reason if asked and asked.device == "CPU" and not _broken_down else None


@contextmanager
def watched(found: Found) -> Iterator[None]:
    """What the GPU cannot go on with leaves as a `GpuFault`."""
    try:
        yield
    except Exception as cause:
        problem = _problem(cause) if found.device == "GPU" else None
        if problem is None:
            raise
        raise GpuFault(problem) from cause


def _problem(cause: Exception) -> Problem | None:
    """What it says of the GPU: not every word on its memory says whose it is."""
    return of_machine(f"on the GPU: {cause}", type(cause).__name__)


def leave(fault: GpuFault, *, less: bool) -> None:
    """Has networks computed with fewer rows at once on the GPU or, if that is not `less` enough, by the CPU."""
    with _opening:
        _say(GpuLeft(fault.problem.message, "with fewer rows at once on it" if less else _WITHOUT))
        if not less:
            _broken_down.append(fault)
            _answers[True] = Found("CPU", fault.problem.message)


def _say(warning: GpuLeft) -> None:
    if warning.message not in [one.message for one in _left]:
        _left.append(warning)


def ready() -> bool:
    """Whether a network can be computed at once; loading what it takes lasts seconds."""
    return bool(_answers)


def opened(*, gpu: bool = False) -> tuple[Any, Found]:
    """The library that computes networks, loaded the first time, and where it does.

    A process decides once: if a GPU is not asked for the first time, it is hidden for good. Computations that run side
    by side share the cores, each operator takes one, and results do not depend on how many there are.
    """
    with _opening:
        tensorflow = _loaded(gpu=gpu)
        if not _answers:
            _configure(tensorflow, gpu=gpu)
        if gpu not in _answers:
            found = _tried(tensorflow) if gpu else Found("CPU", "no GPU was asked for")
            if gpu and found.device == "CPU":
                _say(GpuLeft(found.reason, _WITHOUT))
            _answers[gpu] = found
        return tensorflow, _answers[gpu]


def _loaded(*, gpu: bool) -> Any:
    # The library tells of itself on stderr unless this is said before it loads; and its faster variants of some
    # operators turn a missing number into 0 where it should be seen.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    if gpu and _ONE_WAY not in (flags := os.environ.get("XLA_FLAGS", "")):
        os.environ["XLA_FLAGS"] = f"{flags} {_ONE_WAY}".strip()
    import tensorflow

    return tensorflow


def _configure(tensorflow: Any, *, gpu: bool) -> None:
    config = tensorflow.config
    config.threading.set_intra_op_parallelism_threads(1)
    # All computations share one pool of threads: with one alone they would wait for each other.
    config.threading.set_inter_op_parallelism_threads(os.cpu_count() or 1)
    if not gpu:
        config.set_visible_devices([], "GPU")
        return
    config.experimental.enable_op_determinism()
    for device in config.list_physical_devices("GPU"):
        # Otherwise the whole memory of the GPU would be taken at once.
        config.experimental.set_memory_growth(device, True)


def _tried(tensorflow: Any) -> Found:
    """The GPU, where one is found that multiplies right."""
    if not tensorflow.config.list_physical_devices("GPU"):
        return Found("CPU", "this machine has no GPU, or lacks the libraries for it")
    began = time.monotonic()
    if not tensorflow.config.list_logical_devices("GPU"):
        return Found("CPU", "networks were first computed without the GPU, and keep to that until a new connection")
    # Computations that are put together need more of what is installed than one that stands alone.
    product = tensorflow.function(
        lambda ones: tensorflow.matmul(ones, tensorflow.cos(ones - 1.0)), autograph=False, jit_compile=True
    )
    try:
        with tensorflow.device("/GPU:0"):
            right = bool((product(tensorflow.ones((_TRIAL, _TRIAL))).numpy() == _TRIAL).all())
    except Exception as cause:
        problem = _problem(cause)
        return Found("CPU", problem.message if problem else "the GPU failed when it was tried")
    if not right:
        return Found("CPU", "the GPU computes wrong numbers")
    return Found("GPU", "there is one that works", time.monotonic() - began)
