"""A lock by which a job that has a name never overlaps itself; it ends with its process, however that ends."""

import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sqlml.cli.problems import JobRunning
from sqlml.faults import of_system
from sqlml.faults.problems import IoError


def lock_path(job: str, database: str) -> Path:
    """Where a job's lock lies: beside its database, else in the temporary folder, apart for each user.

    It depends on nothing but the job and the database: whoever starts a job, in whatever environment, finds it.
    """
    name = quote(job, safe="")
    if not is_file(database):
        return Path(tempfile.gettempdir()) / f"sqlml.{os.getuid()}.{name}.lock"
    path = Path(database).resolve()
    return path.with_name(f"{path.name}.{name}.lock")


def is_file(database: str) -> bool:
    """Whether a database is a file, and neither in memory nor elsewhere."""
    return bool(database) and "://" not in database and not database.startswith((":memory:", "md:"))


def locked(job: str, database: str) -> int:
    """Takes the job's lock, as an open file to be given to `unlocked`.

    Raises:
        JobRunning: another process has it.
        IoError, DiskFull: the file cannot be made.
    """
    path = lock_path(job, database)
    while True:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as cause:
            raise of_system(cause) or IoError() from cause
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process = os.pread(file, 20, 0).decode(errors="replace").strip()
            os.close(file)
            raise JobRunning(job, process or None) from None
        # Whoever had it may have deleted the file in between; then nobody else would find this lock.
        if _is_at(file, path):
            os.truncate(file, 0)
            os.pwrite(file, str(os.getpid()).encode(), 0)
            return file
        os.close(file)


def unlocked(file: int, job: str, database: str) -> None:
    """Gives the lock back; its file goes first, while nobody else can have it."""
    with suppress(FileNotFoundError):
        lock_path(job, database).unlink()
    os.close(file)


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
