"""Each file says what it holds, the example in it is true, and the README lists exactly the files."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from conftest import FILES, FOLDER

README = FOLDER.parent / "README.md"


def header(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("--").removeprefix(" ") for line in lines[: lines.index(statement(file)[0])]]


def statement(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return lines[next(i for i, line in enumerate(lines) if not line.startswith("--")) :]


def section(file: Path, title: str) -> str:
    """Returns the header's paragraph that begins with `title:`, as one line."""
    text = "\n".join(header(file))
    found = re.search(rf"^{title}:((?:.*\n?)(?:  .*\n?)*)", text, re.MULTILINE)
    assert found, f"{file.name} has no {title}"
    return " ".join(found[1].split())


def readme_row(file: Path) -> str:
    signature, sentence = header(file)[:2]
    return f"| `{signature}` | {sentence} | {section(file, 'Interval')} |"


def test_a_file_holds_one_macro_named_as_the_file(file: Path) -> None:
    signature = header(file)[0]
    assert statement(file)[0] == f"CREATE OR REPLACE MACRO {signature} AS TABLE"
    assert signature.startswith(f"{file.stem}(tbl, actual, ")
    assert signature.endswith(", weight := 1, errors := 1.959963984540054)")
    statements = duckdb.extract_statements(file.read_text(encoding="utf-8"))
    assert len(statements) == 1


def test_a_file_needs_no_other_macro(file: Path) -> None:
    with duckdb.connect() as alone:
        alone.execute(file.read_text(encoding="utf-8"))
        assert run_example(alone, file)


def test_the_example_gives_the_result_written_below_it(file: Path, connection: duckdb.DuckDBPyConnection) -> None:
    value, lower, upper, rows = run_example(connection, file)
    assert section(file, "Result") == f"value {value:.4f}, lower {lower:.4f}, upper {upper:.4f}, rows {rows}"


def run_example(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[float, float, float, int]:
    lines = header(file)
    (row,) = connection.execute("\n".join(lines[lines.index("Example:") + 1 : lines.index("Result:")])).fetchall()
    return row


@pytest.mark.parametrize("title", ["Rows", "Weight", "Interval", "Source"])
def test_a_header_says_what_counts_and_where_the_interval_comes_from(file: Path, title: str) -> None:
    assert section(file, title)


def test_result_columns_have_the_same_names_and_types(file: Path, connection: duckdb.DuckDBPyConnection) -> None:
    lines = header(file)
    example = "\n".join(lines[lines.index("Example:") + 1 : lines.index("Result:")])
    described = connection.execute(f"DESCRIBE {example}").fetchall()
    assert [row[:2] for row in described] == [
        ("value", "DOUBLE"),
        ("lower", "DOUBLE"),
        ("upper", "DOUBLE"),
        ("rows", "BIGINT"),
    ]


def test_lines_are_short(file: Path) -> None:
    assert all(len(line) <= 120 for line in file.read_text(encoding="utf-8").splitlines())


def test_the_readme_lists_exactly_the_files() -> None:
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(readme_row(file) for file in FILES)
