"""Small files, names that say something, and one word for one statement."""

import re
from pathlib import Path

LINES = 400
# Names for what has no name; `grammar/common.gram` holds the rules that statements have in common, and says so.
BANNED = {"base", "common", "core", "handler", "helper", "helpers", "lib", "manager", "misc", "util", "utils"}
SPARED = {"grammar/common.gram"}
# What lies beside the statements and is none: rules and parts that several share, and the problems they raise.
SHARED_RULES = {"common"}
SHARED_PARTS = {"__init__", "parts", "problems"}


def test_no_file_is_longer_than_four_hundred_lines(files: list[Path], root: Path) -> None:
    lengths = {path.relative_to(root).as_posix(): path.read_bytes().count(b"\n") for path in files}
    assert {path: length for path, length in lengths.items() if length > LINES} == {}


def test_no_file_or_folder_has_an_empty_name(files: list[Path], root: Path) -> None:
    paths = [path.relative_to(root).as_posix() for path in files]
    words = {path: set(re.split(r"[/._-]", path.lower())) for path in paths if path not in SPARED}
    assert {path: found & BANNED for path, found in words.items() if found & BANNED} == {}


def test_a_statement_is_one_word_in_three_places(root: Path) -> None:
    rules = {path.stem for path in (root / "grammar").glob("*.gram")} - SHARED_RULES
    meanings = {path.stem for path in (root / "sqlml/statements").glob("*.py")} - SHARED_PARTS
    tests = {path.name for path in (root / "tests/sql").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rules == meanings
    assert rules <= tests, f"no tests in tests/sql for {rules - tests}"


def test_every_statement_is_tested_in_sql(root: Path) -> None:
    folders = [path for path in (root / "tests/sql").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [path.name for path in folders if not list(path.glob("*.test"))] == []


def test_the_top_level_is_what_convention_and_the_product_ask_for(root: Path) -> None:
    expected = {
        "grammar",
        "udfs",
        "sqlml",
        "tests",
        "examples",
        "pyproject.toml",
        "requirements.lock",
        "hatch_build.py",
    }
    expected |= {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"}
    present = {path.name for path in root.iterdir() if not path.name.startswith(".")}
    made_by_tools = {"build", "dist", "__pycache__"}
    assert present - made_by_tools == expected
