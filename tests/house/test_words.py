"""What is written beside the code: docstrings that promise, and nothing left for later."""

import ast
import re
from pathlib import Path

LATER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "HA" + "CK")) + r")\b")
DOCSTRING_LINES = 15


def test_every_package_says_what_it_is_in_at_most_fifteen_lines(modules: dict[str, ast.Module]) -> None:
    packages = {path: ast.get_docstring(tree) or "" for path, tree in modules.items() if path.endswith("__init__.py")}
    assert {path: text for path, text in packages.items() if len(text) < 20} == {}
    assert [path for path, text in packages.items() if len(text.splitlines()) > DOCSTRING_LINES] == []


def test_every_module_opens_with_a_sentence(modules: dict[str, ast.Module]) -> None:
    opening = {path: (ast.get_docstring(tree) or "").split("\n\n")[0] for path, tree in modules.items()}
    assert {path: text for path, text in opening.items() if not text.rstrip().endswith((".", ":"))} == {}


def test_nothing_is_left_for_later(files: list[Path], root: Path) -> None:
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}
    assert [path for path, text in texts.items() if LATER.search(text)] == []
