"""Statements in surroundings that lack something: a condition each, or the answer; the database is whole after them."""

import json
import os
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import pytest

import sqlml
from tests.faults.conftest import INJECTED
from tests.faults.patient import OPTIONS, STATEMENTS, until
from tests.words import WORDS

ROOT = Path(__file__).parents[2]
LIBRARY = Path(lightgbm.__file__).parent / "lib" / "lib_lightgbm.so"

# More to put aside than 20 MB hold.
COLUMNS = ", ".join(f"hash(i, {at}) % 100 AS c{at}" for at in range(40))
WIDE = (
    f"CREATE MODEL other PREDICT y {OPTIONS} AS SELECT *, c0 > 50 AS y FROM (SELECT {COLUMNS} FROM range(200000) t(i))"
)


@dataclass(frozen=True)
class Place:
    """Shell text that brings a lack about before `exec`, and what each statement may come to: None is its answer.

    `{temp}` in the text is an empty folder; `mounts` where it needs file systems of its own, in which the database
    lies in /mnt.
    """

    text: str
    create: tuple[str | None, ...]
    predict: tuple[str | None, ...] = (None,)
    evaluate: tuple[str | None, ...] = (None,)
    training: str = STATEMENTS["create"]
    mounts: bool = False
    spare: int = -1


CLOCK = json.dumps({"runs": "pretended:clock"})
NO_FILES = ("io_error", "insufficient_memory")

PLACES = {
    "little space for temporary files": Place(
        "mount -t tmpfs -o size=20m tmpfs {temp}; export TMPDIR={temp}", ("disk_full",), training=WIDE, mounts=True
    ),
    "no space for temporary files": Place(
        "mount -t tmpfs -o size=64k tmpfs {temp}; head -c 1m /dev/zero > {temp}/full || true; export TMPDIR={temp}",
        ("disk_full", "io_error", None),
        mounts=True,
    ),
    "a full /dev/shm": Place(
        "mount -t tmpfs -o size=64k tmpfs /dev/shm; head -c 1m /dev/zero > /dev/shm/full || true", (None,), mounts=True
    ),
    "nowhere to write": Place(
        "for at in {temp} /tmp /var/tmp; do mount -t tmpfs -o ro tmpfs $at; done; export TMPDIR={temp}; cd /proc",
        ("io_error",),
        mounts=True,
    ),
    "a library that is no library": Place(
        f"mount --bind /dev/null {LIBRARY}", ("part_missing", "training_failed", None), mounts=True
    ),
    "no /proc to look into": Place("mount -t tmpfs tmpfs /proc", (None,), mounts=True),
    "no file may be opened": Place(
        "true", ("io_error", "insufficient_memory"), (None, "io_error"), (None, "io_error"), spare=0
    ),
    "few files may be opened": Place("true", (None, *NO_FILES), spare=6),
    "files may not grow": Place(
        "ulimit -f 2000", ("io_error", "disk_full", "worker_lost"), (None,), (None,), training=WIDE
    ),
    "little address space": Place(
        "ulimit -v 1500000", ("insufficient_memory", "worker_lost", None), (None, "insufficient_memory")
    ),
    "no home, no path, no locale": Place("unset HOME PATH; export LC_ALL=C PYTHONUTF8=0", (None,)),
    "no standard files": Place("exec <&- >&- 2>&-", (None,)),
    "a working directory that is gone": Place("mkdir {temp}/gone; cd {temp}/gone; rmdir {temp}/gone", (None,)),
    "a clock that jumps": Place(f"export PYTHONPATH={INJECTED}:$PYTHONPATH SQLML_TEST_FAULT='{CLOCK}'", (None,)),
    "one core": Place("taskset -c 0 true || exit 77; taskset -p -c 0 $$ > /dev/null", (None,)),
}


def mounting() -> bool:
    """Whether file systems can be mounted for one process alone."""
    tried = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.parametrize("name", PLACES)
def test_statements_where_something_is_lacking(name: str, shop: Path, tmp_path: Path) -> None:
    place = PLACES[name]
    if place.mounts and not mounting():
        pytest.skip("this user may not mount file systems")
    if "/tmp" in place.text and sys.prefix.startswith("/tmp"):
        pytest.skip("what is to run lies in the place that is to be taken away")
    temp, answers = tmp_path / "temp", tmp_path / "answers"
    temp.mkdir()
    statements = [place.training, STATEMENTS["predict"], STATEMENTS["evaluate"], "SELECT count(*) FROM customers"]
    seen = Path("/mnt") if place.mounts else tmp_path
    files = [str(seen / shop.name), str(seen / answers.name)]
    child = [sys.executable, "-m", "tests.faults.under", *files, str(place.spare), *statements]
    lines = [f"mount --bind {tmp_path} /mnt"] if place.mounts else []
    lines += [place.text.replace("{temp}", str(seen / temp.name)), f"exec {shlex.join(child)}"]
    shell = ["unshare", "-m", "sh", "-ec"] if place.mounts else ["sh", "-ec"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(seen / temp.name)}
    ended = subprocess.run(
        [*shell, "\n".join(lines)], capture_output=True, text=True, env=environment, timeout=300, check=False, cwd=ROOT
    )
    if ended.returncode == 77:
        pytest.skip("needs the program taskset")
    assert ended.returncode == 0, ended.stderr
    told = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    for answer, allowed in zip(told, (place.create, place.predict, place.evaluate, (None,)), strict=True):
        assert answer["condition"] in allowed, answer["said"]
        assert WORDS.findall(answer["said"]) == [], answer["said"]
    assert "Traceback" not in ended.stdout + ended.stderr
    assert until(lambda: not list(temp.glob("sqlml-*"))), "files are left behind"
    with sqlml.connect(shop) as db:
        known = "churn", "other" if told[0]["condition"] is None else "churn"
        assert {model for (model,) in db.execute("SELECT model_name FROM sqlml.models").fetchall()} == set(known)
        assert db.execute("SELECT count(*), sum(id) FROM customers").fetchall() == [(400, 79800)]
        assert db.execute("SELECT count(*) FROM outlook").fetchall() == [(400,)]


@contextmanager
def group(limit: int) -> Iterator[Path]:
    """A group of processes that may take so many bytes of memory together; its file of members."""
    root = Path("/sys/fs/cgroup")
    first = (root / "memory").is_dir()
    folder = (root / "memory" if first else root) / f"sqlml-{uuid.uuid4().hex}"
    try:
        folder.mkdir()
        (folder / ("memory.limit_in_bytes" if first else "memory.max")).write_text(str(limit))
    except OSError:
        pytest.skip("this user may not set limits to a group of processes")
    try:
        yield folder / ("tasks" if first else "cgroup.procs")
    finally:
        assert until(lambda: not (folder / "cgroup.procs").read_text().split())
        folder.rmdir()


@pytest.mark.parametrize("limit", [800 * 2**20, 1500 * 2**20])
def test_training_in_a_group_of_little_memory(limit: int, shop: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    wide = WIDE.replace(OPTIONS, "WITH (max_runtime = '20 seconds')").replace("200000", "400000")
    statements = [wide, STATEMENTS["predict"], STATEMENTS["evaluate"]]
    child = [sys.executable, "-m", "tests.faults.under", str(shop), str(answers), "-1", *statements]
    with group(limit) as members:
        joined = f"echo $$ > {members}; exec {shlex.join(child)}"
        ended = subprocess.run(
            ["sh", "-ec", joined], capture_output=True, text=True, timeout=300, check=False, cwd=ROOT
        )
    assert ended.returncode == 0, ended.stderr
    trained, predicted, evaluated = (json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines())
    assert trained["condition"] in (None, "insufficient_memory"), trained["said"]
    assert (predicted["condition"], evaluated["condition"]) == (None, None)
