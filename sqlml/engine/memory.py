"""How much memory a training may take: what the machine has free, and what DuckDB was told."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlml.engine.database import Host

# Of what is free, the part that is planned for: other programs grow as well.
_SHARE = 0.7
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50}

# A container's limit and what it uses, by the version of the kernel's control groups.
_CONTAINERS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current"), "inactive_file"),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
        "total_inactive_file",
    ),
)


def allowed(host: Host) -> int:
    """Bytes that a training may take now."""
    told = _bytes(str(host.rows("SELECT current_setting('memory_limit')")[0][0]))
    return int(min(told, _SHARE * min(_free(), default=told)))


def _free() -> Iterator[int]:
    with suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        yield next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    for limit, used, reclaimable in _CONTAINERS:
        # A container without a limit says `max`.
        with suppress(OSError, ValueError):
            yield int(limit.read_text()) - int(used.read_text()) + _reclaimable(used.parent, reclaimable)


def _reclaimable(folder: Path, name: str) -> int:
    """Bytes of files that are only kept in memory as long as nobody needs it."""
    pairs = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
    return next((int(value) for key, value in pairs if key == name), 0)


def _bytes(text: str) -> float:
    number, unit = text.split(" ")
    return float(number) * _UNITS[unit]
