"""Two towers and a bridge: who may import whom, and which library enters where."""

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

# The one place of each library; numbers and columns move freely in the learning tower and on the bridge.
LEARNING = (
    "sqlml/testing/drawn.py",
    "sqlml/testing/learner.py",
    "sqlml/export/*",
    "sqlml/prep/*",
    "sqlml/train/*",
    "sqlml/model/*",
    "sqlml/score/*",
    "sqlml/export/*",
    "sqlml/engine/*",
)
GATES = {
    "click": ("sqlml/cli/*",),
    "duckdb": ("sqlml/engine/database.py", "sqlml/engine/errors.py", "sqlml/engine/worded.py", "sqlml/__init__.py"),
    "lightgbm": ("sqlml/train/learners/trees.py",),
    "numpy": LEARNING,
    "onnx": (
        "sqlml/model/foreign/*",
        "sqlml/model/draft.py",
        "sqlml/model/nodes.py",
        "sqlml/model/onnx.py",
        "sqlml/model/trees.py",
    ),
    "onnxruntime": ("sqlml/model/runtime.py",),
    "plotext": ("sqlml/cli/shell/plots.py",),
    "prompt_toolkit": ("sqlml/cli/*",),
    "protobuf": ("sqlml/serve/messages.py",),
    "pyarrow": (*LEARNING, "sqlml/serve/*"),
    "scipy": ("sqlml/train/learners/linear.py",),
    "sqlglot": ("sqlml/dialect/bigquery.py", "sqlml/dialect/transpile.py"),
    "tensorflow": ("sqlml/train/device.py",),
}


# Libraries whose modules are called otherwise than they.
CALLED = {"google": "protobuf"}


def imports(module: ast.Module) -> Iterator[str]:
    """The libraries that a module imports anywhere, also inside functions and for types alone."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (library(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield library(node.module or "")


def library(module: str) -> str:
    name = module.partition(".")[0]
    return CALLED.get(name, name)


def test_the_towers_meet_only_in_the_engine(python: Callable[..., str]) -> None:
    run = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    python("-c", run, "--config", "pyproject.toml", "--no-cache")


def test_each_library_enters_through_its_gate(modules: dict[str, ast.Module]) -> None:
    ours = {"sqlml", *sys.stdlib_module_names}
    through = [(name, path) for path, module in modules.items() for name in imports(module) if name not in ours]
    assert [
        f"{path} imports {name}"
        for name, path in through
        if not any(fnmatch(path, gate) for gate in GATES.get(name, ()))
    ] == []


def test_every_gate_is_used_and_its_library_declared(modules: dict[str, ast.Module], root: Path) -> None:
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[<>=!~;\[ ]", requirement)[0].replace("-", "_") for requirement in declared}
    used = {name for module in modules.values() for name in imports(module)}
    assert names == set(GATES)
    assert set(GATES) <= used


def test_imports_are_absolute(modules: dict[str, ast.Module]) -> None:
    assert [
        path
        for path, module in modules.items()
        if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(module))
    ] == []
