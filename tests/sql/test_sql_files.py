"""Every .test file below this folder, one test each; `pytest --complete` fills in what they answer."""

from pathlib import Path

import pytest

from sqlml.testing.sqlfile import run_sql_file

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.test")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_sql_file(path: Path, request: pytest.FixtureRequest) -> None:
    run_sql_file(path, complete=request.config.getoption("--complete"))
