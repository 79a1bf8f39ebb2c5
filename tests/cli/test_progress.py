"""How a training is followed: in JSON by jobs, on a line by people."""

import io
import json
import sys
from itertools import pairwise

import pytest

import sqlml as package
from sqlml.cli.progress import Line, Phases, follower, words
from tests.cli.test_run import sqlml
from tests.engine.conftest import CUSTOMERS, MODEL

NOW = package.Progress("churn", "trying linear models", 60.0)


def test_a_job_with_a_json_log_gets_a_line_for_each_phase() -> None:
    run = sqlml("run", "--log-format", "json", "-c", f"{CUSTOMERS}; {MODEL}")
    assert run.returncode == 0
    records = [json.loads(line) for line in run.stderr.splitlines()]
    told = [record for record in records if record.get("event") == "progress"]
    phases = [record["phase"] for record in told]
    assert phases[0] == "reading the rows"
    assert all(one != following for one, following in pairwise(phases[:-1]))
    assert [record["over"] for record in told] == [False] * (len(told) - 1) + [True]
    assert {record["model"] for record in told} == {"churn"}
    assert told[-1]["trials"] > 0


def test_a_job_whose_log_nobody_watches_gets_no_line() -> None:
    run = sqlml("run", "-c", f"{CUSTOMERS}; {MODEL}")
    assert (run.returncode, run.stderr) == (0, "")


def test_a_phase_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    phases = Phases()
    for progress in (NOW, NOW, package.Progress("churn", "measuring", 60.0, best=0.5, metric="rmse"), NOW):
        phases(progress)
    lines = [json.loads(line)["phase"] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["trying linear models", "measuring", "trying linear models"]


def test_only_a_terminal_gets_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert follower("text") is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert isinstance(follower("text"), Line)


def test_the_line_is_gone_when_the_training_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", seen := io.StringIO())
    line = Line()
    for over in (False, True, True):
        line(package.Progress("churn", "measuring", 60.0, over=over))
    assert seen.getvalue().endswith("\r\x1b[K")
    assert "\n" not in seen.getvalue()


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (NOW, "churn: trying linear models · 3 of 60 s"),
        (
            package.Progress("m", "measuring", 2.5, trials=1, best=0.81234, metric="roc_auc"),
            "m: measuring · 1 trial · best roc_auc 0.8123 · 3 of 2.5 s",
        ),
        (package.Progress("m", "trying trees", 30.0, done=0.125), "m: trying trees 12% · 3 of 30 s"),
        (package.Progress("m", "measuring", 30.0, trials=12), "m: measuring · 12 trials · 3 of 30 s"),
    ],
)
def test_a_line_says_what_matters(progress: package.Progress, line: str) -> None:
    assert words(progress, 3.2) == line


def test_what_matters_least_goes_first_where_there_is_no_room() -> None:
    known = {"rows": 1800, "threads": 2, "device": "CPU", "baseline": 0.5}
    progress = package.Progress("m", "trying trees", 60.0, trials=3, best=0.81, metric="roc_auc", done=0.4, **known)
    lines = [words(progress, 14, room) for room in (200, 90, 75, 60, 50, 30, 10)]
    assert lines == [
        "m: trying trees 40% · 1,800 rows · 3 trials · best roc_auc 0.81 · 0.5 without a model · 14 of 60 s"
        " · 2 threads, CPU",
        "m: trying trees 40% · 3 trials · best roc_auc 0.81 · 0.5 without a model · 14 of 60 s",
        "m: trying trees 40% · best roc_auc 0.81 · 0.5 without a model · 14 of 60 s",
        "m: trying trees 40% · best roc_auc 0.81 · 14 of 60 s",
        "m: trying trees 40% · best roc_auc 0.81",
        "m: trying trees 40%",
        "m: trying ",
    ]


def test_a_terminal_that_takes_no_line_back_gets_one_for_each_phase(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    steps = follower("text")
    assert steps is not None
    for phase in ("reading the rows", "reading the rows", "measuring"):
        steps(package.Progress("m", phase, 60.0))
    assert capsys.readouterr().err == "m: reading the rows · 0 of 60 s\nm: measuring · 0 of 60 s\n"
