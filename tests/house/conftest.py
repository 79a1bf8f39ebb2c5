"""The house as its tests see it: where it stands, and its modules as syntax trees."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = (".pyc", ".so", ".onnx", ".bin")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top."""
    return ROOT


@pytest.fixture(scope="session")
def modules() -> dict[str, ast.Module]:
    """Every module of the package, parsed, by its path below the repository's top."""
    paths = sorted((ROOT / "sqlml").rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file that we write by hand, below the repository's top; those that stand for others' are none."""
    folders = ("sqlml", "grammar", "udfs", "tests", "examples", ".ci")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts and path.suffix not in NOT_OURS)


@pytest.fixture(scope="session")
def python() -> Callable[..., str]:
    """Runs this Python with arguments in the repository; fails with all that it said unless it succeeded."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        return said

    return run
