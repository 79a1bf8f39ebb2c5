"""One command tests everything; the README, CI and the lock agree on it."""

import os
import re
import tomllib
from itertools import chain
from pathlib import Path

README_TEST_BLOCK = re.compile(r"^```sh test\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
PINNED = re.compile(r"^([a-z0-9-]+)==[^ ;]+(?: ; .+)?$")


def normal(requirement: str) -> str:
    return re.split(r"[<>=!~;\[ ]", requirement)[0].lower().replace("_", "-")


def test_ci_runs_the_very_command_that_the_readme_gives(root: Path) -> None:
    [command] = README_TEST_BLOCK.findall((root / "README.md").read_text(encoding="utf-8"))
    assert "\n" not in command
    assert command in (root / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert "requirements.lock" in command


def test_ci_can_be_run(root: Path) -> None:
    assert os.access(root / ".ci/run", os.X_OK)


def test_the_lock_pins_every_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pinned = {found[1] for line in lines if (found := PINNED.match(line))}
    assert {normal(requirement) for requirement in asked} - {"sqlml"} <= pinned


def test_the_lock_names_versions_and_no_host(root: Path) -> None:
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PINNED.match(line)] == []


def test_the_changelog_tells_of_the_present_version(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
