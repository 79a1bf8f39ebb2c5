"""The kinds of failure there are, and what can help."""

from enum import StrEnum


class Kind(StrEnum):
    """What has failed, whichever library noticed."""

    CANCELLED = "cancelled"
    DATA_SIZE = "data_size"
    DATA_TYPE = "data_type"
    DATA_VALUE = "data_value"
    DEVICE_BUSY = "device_busy"
    DEVICE_FAULT = "device_fault"
    DEVICE_MEMORY = "device_memory"
    DEVICE_UNAVAILABLE = "device_unavailable"
    DISK_FULL = "disk_full"
    DRIVER_MISMATCH = "driver_mismatch"
    HOST_MEMORY = "host_memory"
    INTERNAL = "internal"
    IO = "io"
    LIBRARY_MISSING = "library_missing"
    NUMERIC_DIVERGENCE = "numeric_divergence"
    TIMEOUT = "timeout"
    UNSUPPORTED_HARDWARE = "unsupported_hardware"
    WORKER_LOST = "worker_lost"


# The machine is to blame: what it is made of, what is installed on it, or how much of it is free.
MACHINE = frozenset(
    {
        Kind.DEVICE_BUSY,
        Kind.DEVICE_FAULT,
        Kind.DEVICE_MEMORY,
        Kind.DEVICE_UNAVAILABLE,
        Kind.DISK_FULL,
        Kind.DRIVER_MISMATCH,
        Kind.HOST_MEMORY,
        Kind.LIBRARY_MISSING,
        Kind.UNSUPPORTED_HARDWARE,
    }
)

# The rows are to blame: how many they are, what they are, or what they make numbers grow to.
ROWS = frozenset({Kind.DATA_SIZE, Kind.DATA_TYPE, Kind.DATA_VALUE, Kind.NUMERIC_DIVERGENCE})


class Advice(StrEnum):
    """What has to change before another try can succeed; `SAME` that nothing has to, `NONE` that no try will."""

    FREE_SPACE = "free_space"
    NONE = "none"
    OTHER_DEVICE = "other_device"
    SAME = "same"
    SMALLER_BATCH = "smaller_batch"
