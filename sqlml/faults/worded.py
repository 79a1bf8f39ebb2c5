"""From what a failure is to the condition that an analyst reads."""

from collections.abc import Callable

from sqlml.diagnostics import Problem
from sqlml.faults import problems
from sqlml.faults.classify import Fault, classified
from sqlml.faults.kind import MACHINE, ROWS, Advice, Kind

_WORDED: dict[Kind, Callable[[], Problem]] = {
    Kind.CANCELLED: problems.QueryCanceled,
    Kind.DATA_SIZE: problems.SizeUnsuitable,
    Kind.DATA_TYPE: problems.TypeUnsuitable,
    Kind.DATA_VALUE: problems.ValueUnsuitable,
    Kind.DEVICE_BUSY: problems.GpuBusy,
    Kind.DEVICE_FAULT: problems.GpuFailed,
    Kind.DEVICE_MEMORY: problems.InsufficientGpuMemory,
    Kind.DEVICE_UNAVAILABLE: problems.GpuUnavailable,
    Kind.DISK_FULL: problems.DiskFull,
    Kind.DRIVER_MISMATCH: problems.GpuDriverMismatch,
    Kind.HOST_MEMORY: problems.InsufficientMemory,
    Kind.INTERNAL: problems.InternalError,
    Kind.IO: problems.IoError,
    Kind.LIBRARY_MISSING: problems.PartMissing,
    Kind.NUMERIC_DIVERGENCE: problems.NumbersDiverged,
    Kind.TIMEOUT: problems.TimedOut,
    Kind.UNSUPPORTED_HARDWARE: problems.HardwareUnsupported,
    Kind.WORKER_LOST: problems.WorkerLost,
}


def worded(fault: Fault) -> Problem:
    """The problem that says what has failed; whether to try again follows from what helps."""
    problem = _WORDED[fault.kind]()
    problem.retryable = fault.advice not in (Advice.NONE, Advice.OTHER_DEVICE)
    return problem


def of_machine(raw: str, raised_as: str = "") -> Problem | None:
    """The problem that a failure is where the machine is to blame for it, None where it is not or nothing tells."""
    return _among(MACHINE, raw, raised_as)


def of_work(cause: BaseException) -> Problem | None:
    """The problem that ended a training or a scoring where the machine or the rows are to blame for it, else None."""
    if isinstance(cause, Problem):
        return cause
    return _among(MACHINE | ROWS, str(cause), type(cause).__name__)


def of_system(cause: BaseException) -> Problem | None:
    """The problem that an exception is where the machine or its operating system is to blame, else None."""
    return of_machine(str(cause), type(cause).__name__) or (problems.IoError() if isinstance(cause, OSError) else None)


def _among(kinds: frozenset[Kind], raw: str, raised_as: str) -> Problem | None:
    fault = classified(raw, raised_as)
    return worded(fault) if fault.kind in kinds else None
