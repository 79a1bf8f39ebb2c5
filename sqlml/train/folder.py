"""The folder of a training's files: it goes with its training, or, where nobody was left to see to it, with the next.

Whoever makes a folder holds an operating system's lock on it, which ends with its process, however that ends. A folder
whose lock can be had belongs to nobody any more.
"""

import fcntl
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAMED = re.compile(r"sqlml-[0-9a-f]{16}")


class Folder:
    """A new folder in the place for temporary files, and its lock.

    Raises:
        OSError: the machine refuses it.
    """

    def __init__(self) -> None:
        _sweep()
        self._lock: int | None = None
        while self._lock is None:
            self.path = Path(tempfile.gettempdir()) / f"sqlml-{secrets.token_hex(8)}"
            self.path.mkdir(mode=0o700)
            self._lock = _locked(self.path)

    def remove(self) -> None:
        """Deletes the folder with everything in it; once more, it does nothing."""
        if self._lock is not None:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = None


def _locked(path: Path) -> int | None:
    """The lock of a folder that was just made; None where a sweep elsewhere took the folder for one that was left."""
    with suppress(FileNotFoundError):
        lock = _opened(path)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_kept = _is_at(lock, path)
        except BlockingIOError:
            is_kept = False
        except OSError:
            # There are no locks here, so that no sweep can have one.
            is_kept = True
        if is_kept:
            return lock
        os.close(lock)
    return None


def _sweep() -> None:
    """Deletes the folders of trainings that are gone with the sessions that they were for."""
    with os.scandir(tempfile.gettempdir()) as entries:
        left = [Path(entry.path) for entry in entries if _NAMED.fullmatch(entry.name)]
    for path in left:
        # It is somebody else's, gone by now, or in use.
        with suppress(OSError), _held(path):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    lock = _opened(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _is_at(lock: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False
