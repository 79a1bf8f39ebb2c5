"""How much memory a training may take: what the machine has free, and what DuckDB was told."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlml.engine.database import Host

# Of what is free, the part that is planned for, as other programs grow as well; and the part that may be taken at most.
_SHARE, _MOST = 0.7, 0.9
# However little seems free, a training of a few rows is tried.
_LEAST = 64 * 2**20
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50}

# Which groups of processes this one belongs to, and where those lie.
_GROUPS, _ROOT = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
# What the files of a group are called, by the version of the kernel's control groups: its limit, what it uses, and the
# part of that which is only kept as long as nobody needs it.
_UNIFIED = ("memory.max", "memory.current", "inactive_file")
_FIRST = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def allowed(host: Host) -> int:
    """Bytes that a training may take now."""
    told = _bytes(str(host.rows("SELECT current_setting('memory_limit')")[0][0]))
    return int(max(_LEAST, min(told, _SHARE * min(_free(), default=told))))


def ceiling() -> int | None:
    """Bytes that a training must not go beyond, lest the machine ends it; None where nothing tells what is free."""
    free = min(_free(), default=None)
    return None if free is None else int(max(_LEAST, _MOST * free))


def _free() -> Iterator[int]:
    with suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        yield next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    for folder, (limit, used, reclaimable) in _groups():
        # A group without a limit says `max`.
        with suppress(OSError, ValueError):
            taken = int((folder / used).read_text()) - _reclaimable(folder, reclaimable)
            yield int((folder / limit).read_text()) - taken


def _groups() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """The groups that this process is in, with all those around them: each may have a limit."""
    with suppress(OSError, ValueError):
        for line in _GROUPS.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and "memory" not in controllers.split(","):
                continue
            base, names = (_ROOT / "memory", _FIRST) if controllers else (_ROOT, _UNIFIED)
            own = base / path.lstrip("/")
            yield own, names
            yield from ((folder, names) for folder in own.parents if folder.is_relative_to(base))


def _reclaimable(folder: Path, name: str) -> int:
    """Bytes of files that are only kept in memory as long as nobody needs it."""
    pairs = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
    return next((int(value) for key, value in pairs if key == name), 0)


def _bytes(text: str) -> float:
    number, unit = text.split(" ")
    return float(number) * _UNITS[unit]
