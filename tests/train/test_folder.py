"""Files of a training whose session and process were killed at once go with the next training."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sqlml.train.folder import Folder
from sqlml.train.process import Worker

HOLDER = "import sys; from sqlml.train.folder import Folder; print(Folder().path, flush=True); sys.stdin.read()"
# Both are stopped first: neither can tidy up behind the other.
SESSION = """
import os, signal, sys
from sqlml.train.process import Worker
worker = Worker()
(worker.folder / "rows").write_bytes(b"rows")
print(worker.folder, worker._running._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def process(program: str) -> tuple[subprocess.Popen[bytes], list[str]]:
    started = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
    )
    assert started.stdout is not None
    return started, started.stdout.readline().decode().split()


def test_a_folder_goes_when_it_is_removed(temp: Path) -> None:
    folder = Folder()
    (folder.path / "rows").write_bytes(b"rows")
    folder.remove()
    folder.remove()
    assert list(temp.iterdir()) == []


def test_a_folder_whose_owner_lives_is_left_alone(temp: Path) -> None:
    owner, [path] = process(HOLDER)
    mine = Folder()
    Folder().remove()
    assert {Path(path), mine.path} == set(temp.iterdir())
    owner.kill()
    owner.communicate()
    Folder().remove()
    assert set(temp.iterdir()) == {mine.path}
    mine.remove()


def test_what_is_named_otherwise_is_left_alone(temp: Path) -> None:
    others = {temp / name for name in ("sqlml-mine", "sqlml-0123456789abcdef0", "x-0123456789abcdef")}
    for path in others:
        path.mkdir()
    (temp / "sqlml-0123456789abcdef").write_text("a file")
    target = temp / "elsewhere"
    (target / "kept").mkdir(parents=True)
    (temp / "sqlml-fedcba9876543210").symlink_to(target)
    Folder().remove()
    assert set(temp.iterdir()) == others | {temp / "sqlml-0123456789abcdef", target, temp / "sqlml-fedcba9876543210"}
    assert (target / "kept").exists()


def test_a_session_and_its_process_killed_at_once_leave_a_folder_to_the_next_training(temp: Path) -> None:
    session, [path, worker] = process(SESSION)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in (session.pid, int(worker)):
            os.kill(pid, number)
    session.communicate()
    assert (Path(path) / "rows").read_bytes() == b"rows"
    with Worker() as following:
        assert list(temp.glob("sqlml-*")) == [following.folder]
    assert list(temp.glob("sqlml-*")) == []


def test_folders_made_and_swept_side_by_side_are_never_lost(temp: Path) -> None:
    program = """
from sqlml.train.folder import Folder
for _ in range(100):
    folder = Folder()
    (folder.path / "rows").write_bytes(b"rows")
    assert (folder.path / "rows").exists()
    folder.remove()
"""
    processes = [subprocess.Popen([sys.executable, "-c", program], env=os.environ) for _ in range(4)]
    assert [one.wait() for one in processes] == [0] * 4
    assert list(temp.iterdir()) == []
