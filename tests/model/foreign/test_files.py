"""The files that the tests in SQL import are those that are made here; `pytest --complete` writes them."""

from pathlib import Path

import pytest

from tests.model.foreign.files import FILES

FOLDER = Path(__file__).parents[2] / "sql/import_model/files"


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_tests_in_sql_is_what_is_made_here(name: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--complete"):
        (FOLDER / name).write_bytes(FILES[name])
    assert (FOLDER / name).read_bytes() == FILES[name]


def test_there_are_no_other_files() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)
