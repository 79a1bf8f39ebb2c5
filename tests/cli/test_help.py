"""`sqlml help CODE`."""

import subprocess
import sys

from click.testing import CliRunner

from sqlml.cli.main import main
from sqlml.diagnostics.index import conditions


def test_every_condition_has_a_page_by_name_and_by_sqlstate() -> None:
    for name, kind in conditions().items():
        for code in (name, kind.sqlstate):
            result = CliRunner().invoke(main, ["help", code])
            assert result.exit_code == 0
            assert name in result.output
            assert "What to do:" in result.output


def test_an_unknown_code_offers_near_ones() -> None:
    result = CliRunner().invoke(main, ["help", "model_unknwn"])
    assert result.exit_code == 2
    assert "model_unknown" in result.output


def test_what_no_other_command_has_loaded_has_a_page() -> None:
    done = subprocess.run([sys.executable, "-m", "sqlml", "help", "nothing_learnt"], capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(b"nothing_learnt (")


def test_without_a_code_all_are_listed() -> None:
    result = CliRunner().invoke(main, ["help"])
    assert [line.split()[0] for line in result.output.splitlines()] == list(conditions())
