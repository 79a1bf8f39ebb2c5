"""`sqlml run`, as a scheduler runs it."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.engine.conftest import CUSTOMERS, MODEL


def sqlml(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sqlml", *arguments],
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        check=False,
    )


def test_results_go_to_stdout_and_notices_to_stderr(tmp_path: Path) -> None:
    script = tmp_path / "job.sql"
    script.write_text(f"{CUSTOMERS};\n{MODEL.replace('age, plan, churned', '*')};\nSELECT 1 AS one;\n")
    run = sqlml("run", "--db", str(tmp_path / "x.duckdb"), "--format", "jsonl", str(script))
    assert run.returncode == 0
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert lines[0]["model"] == "churn"
    assert lines[-1] == {"one": 1}
    assert run.stderr.startswith("NOTICE: `id` was left out")


def test_an_error_ends_the_job_with_its_place_in_the_file(tmp_path: Path) -> None:
    script = tmp_path / "job.sql"
    script.write_text("SELECT 1;\n\nPREDICT nothing FROM t;\nSELECT 2;\n")
    run = sqlml("run", "--format", "csv", str(script))
    assert (run.returncode, run.stdout) == (1, "1\n1\n")
    assert "LINE 3: PREDICT nothing FROM t\n                ^^^^^^^" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_wrong_word_beside_a_prediction_is_told_at_its_place() -> None:
    run = sqlml("run", "-c", f"{CUSTOMERS}; {MODEL}; SELECT nope FROM PREDICT(MODEL churn, TABLE customers)")
    assert "SELECT nope FROM PREDICT(MODEL churn, TABLE customers)\n               ^^^^\n" in run.stderr


def test_diagnostics_are_json_lines_when_asked() -> None:
    run = sqlml("run", "--log-format", "json", "-c", "PREDICT nothing FROM t")
    [record] = [json.loads(line) for line in run.stderr.splitlines() if '"diagnostic"' in line.split(",")[0]]
    assert record["condition"] == "model_unknown"
    assert record["line"] == 1


def test_an_error_of_duckdb_s_keeps_its_words() -> None:
    run = sqlml("run", "-c", "SELECT nope")
    assert run.returncode == 1
    with pytest.raises(duckdb.Error) as caught:
        duckdb.connect().execute("SELECT nope")
    assert str(caught.value) in run.stderr


@pytest.mark.parametrize("value", ["it's", "a;b", "x'); DROP TABLE t; --", "line\nbreak", "$other", '"quoted"', ""])
def test_a_set_value_is_data_whatever_it_holds(value: str) -> None:
    run = sqlml("run", "--format", "json", "--set", f"x={value}", "-c", "SELECT $x AS a, getvariable('x') AS b")
    assert json.loads(run.stdout) == [{"a": value, "b": value}]


def test_a_locked_database_is_worth_trying_again(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)):
        assert sqlml("run", "--db", str(path), "-c", "SELECT 1").returncode == 75


def test_wrong_usage_is_told_apart(tmp_path: Path) -> None:
    assert sqlml("run", "--format", "xml", "-c", "SELECT 1").returncode == 2
    assert sqlml("run", str(tmp_path / "absent.sql")).returncode == 2
    assert sqlml("run", "--set", "novalue", "-c", "SELECT 1").returncode == 2


def test_sql_comes_from_standard_input_too() -> None:
    assert sqlml("run", "--format", "csv", text="SELECT 40 + 2 AS answer;").stdout == "answer\n42\n"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("csv", 'a,b,c\n1,"x,y",\n2,|,"[1, 2]"\n'),
        ("json", '[{"a": 1, "b": "x,y", "c": null},\n {"a": 2, "b": "|", "c": [1, 2]}]\n'),
        ("jsonl", '{"a": 1, "b": "x,y", "c": null}\n{"a": 2, "b": "|", "c": [1, 2]}\n'),
        ("markdown", "| a | b | c |\n| --- | --- | --- |\n| 1 | x,y |  |\n| 2 | \\| | [1, 2] |\n"),
    ],
)
def test_rows_are_written_in_the_format_asked_for(form: str, expected: str) -> None:
    query = "SELECT * FROM (VALUES (1, 'x,y', NULL), (2, '|', [1, 2])) t(a, b, c)"
    assert sqlml("run", "--format", form, "-c", query).stdout == expected


def test_a_statement_without_rows_prints_nothing() -> None:
    run = sqlml("run", "-c", "CREATE TABLE t (a INT); INSERT INTO t VALUES (1); DROP MODEL IF EXISTS m")
    assert run.stdout == ""
    assert run.stderr == "NOTICE: there is no model `m`; nothing was dropped\n"


def test_a_reader_that_has_seen_enough_ends_the_job_quietly() -> None:
    command = f"{sys.executable} -m sqlml run --format csv -c 'FROM range(3000000)' | head -n 2"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("range\n0\n", "")


@pytest.mark.parametrize("script", ["", ";;", "-- nothing\n", " \n"])
def test_a_script_without_statements_is_done(script: str) -> None:
    for options in ([], ["--dry-run"]):
        run = sqlml("run", *options, text=script)
        assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
