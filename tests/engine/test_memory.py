"""A training takes no more memory than the machine, the groups of processes that it is in, and DuckDB leave it."""

from pathlib import Path

import pytest

import sqlml
from sqlml.engine import memory
from sqlml.engine.database import Host

GB = 10**9


def allowed(limit: str = "1000 GB") -> int:
    with sqlml.connect() as db:
        db.execute(f"SET memory_limit = '{limit}'")
        return memory.allowed(Host(db._inner))


def group(folder: Path, **files: int | str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(f"{text}\n")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where groups lie that are not this machine's own."""
    monkeypatch.setattr(memory, "_ROOT", tmp_path)
    monkeypatch.setattr(memory, "_GROUPS", tmp_path / "groups")
    (tmp_path / "groups").write_text("")
    return tmp_path


def test_what_duckdb_may_take_is_the_most(root: Path) -> None:
    assert allowed("100 MB") <= 100 * 10**6


@pytest.mark.parametrize("limited", ["", "jobs", "jobs/nightly"])
def test_a_group_s_limit_counts_whichever_of_those_around_sets_it(limited: str, root: Path) -> None:
    (root / "groups").write_text("0::/jobs/nightly\n")
    for folder in ("", "jobs", "jobs/nightly"):
        limit = GB if folder == limited else "max"
        group(root / folder, memory_max=limit, memory_current=GB // 2, memory_stat=f"anon 1\ninactive_file {GB // 10}")
    assert allowed() == int(0.7 * (GB - GB // 2 + GB // 10))


def test_the_first_version_of_groups_is_known_too(root: Path) -> None:
    (root / "groups").write_text("5:devices:/elsewhere\n4:memory:/jobs\n0::/\n")
    folder = root / "memory" / "jobs"
    group(folder, memory_limit_in_bytes=GB, memory_usage_in_bytes=GB // 2, memory_stat="total_inactive_file 0")
    assert allowed() == int(0.7 * GB / 2)


def test_a_group_that_cannot_be_read_limits_nothing(root: Path) -> None:
    (root / "groups").write_text("0::/somewhere/else\n")
    assert allowed() > 0
