"""The examples of unattended jobs, each started as its scheduler starts it."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import duckdb
import pytest

from sqlml.cli.lock import locked, unlocked

JOBS = Path(__file__).parents[2] / "examples/jobs"
README = (JOBS / "README.md").read_text(encoding="utf-8")
COMMAND = re.findall(r"```sh job\n(.*)\n```", README)[0]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop's folder: its customers, the script with less to try, and sqlml where the examples look for it."""
    duckdb.sql(
        "SELECT range AS id, (range * 37) % 70 AS age, (range * 37) % 70 < 30 AS churned FROM range(200)"
    ).write_csv(str(tmp_path / "customers.csv"))
    script = (JOBS / "retrain.sql").read_text(encoding="utf-8")
    assert "max_runtime = '2 minutes'" in script
    (tmp_path / "retrain.sql").write_text(script.replace("max_runtime = '2 minutes'", "max_trials = 1"))
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "sqlml").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sqlml "$@"\n')
    (programs / "sqlml").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def expected(shop: Path) -> int:
    with duckdb.connect(str(shop / "shop.duckdb")) as db:
        (query,) = re.findall(r"```sql runs\n(.*)\n```", README)
        assert [row[3:5] for row in db.execute(query).fetchall()][:1] == [("done", 0)]
        return int(db.execute("SELECT count(*) FROM expected").fetchall()[0][0])


def test_every_scheduler_runs_the_readme_s_command() -> None:
    for name in ("crontab", "retrain.sql"):
        assert COMMAND in (JOBS / name).read_text(encoding="utf-8")
    words = [word for word in shlex.split(COMMAND) if word != "sqlml"]
    for name in ("retrain.service", "retrain_dag.py"):
        text = (JOBS / name).read_text(encoding="utf-8")
        assert [word for word in words if word not in text] == []


def test_the_line_of_the_crontab_runs(shop: Path) -> None:
    (line,) = re.findall(r"^(?:\S+ ){5}(.*)$", (JOBS / "crontab").read_text(encoding="utf-8"), re.MULTILINE)[-1:]
    assert "%" not in line, "cron makes a new line of it"
    # What cron gives a job, and nothing else.
    environment = {"HOME": str(shop), "LOGNAME": "shop", "SHELL": "/bin/sh", "SHOP": str(shop)}
    environment["PATH"] = os.environ["PATH"]
    run = subprocess.run(["/bin/sh", "-c", line], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "│ true" in run.stdout
    assert expected(shop) == 200


def test_the_service_of_systemd_runs(shop: Path) -> None:
    unit = (JOBS / "retrain.service").read_text(encoding="utf-8").replace("/srv/shop", str(shop))
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    (folder,) = re.findall(r"^WorkingDirectory=(.*)$", unit, re.MULTILINE)
    run = subprocess.run(shlex.split(line), cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert expected(shop) == 200


def test_the_units_of_systemd_are_sound(shop: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs the program systemd-analyze")
    for name in ("retrain.service", "retrain.timer"):
        text = (JOBS / name).read_text(encoding="utf-8").replace("/srv/shop", str(shop))
        (shop / name).write_text(text, encoding="utf-8")
    units = [str(shop / name) for name in ("retrain.service", "retrain.timer")]
    run = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert [line for line in run.stderr.splitlines() if "retrain" in line] == []
    calendar = re.findall(r"^OnCalendar=(.*)$", (shop / "retrain.timer").read_text(), re.MULTILINE)
    assert subprocess.run(["systemd-analyze", "calendar", *calendar], capture_output=True, check=False).returncode == 0


class Failed(Exception):
    """What the stand-in has for an error that is not retried."""


def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """As much of Airflow as the example uses; the tasks that a DAG calls are collected, as a scheduler does."""
    tasks: list[Callable[[], None]] = []

    def task(**given: Any) -> Callable[[Callable[[], None]], Callable[[], None]]:
        assert given["retries"] == 3
        return lambda function: lambda: tasks.append(function)

    def dag(**given: Any) -> Callable[[Callable[[], None]], Callable[[], None]]:
        assert given["max_active_runs"] == 1
        return lambda function: function

    modules = {
        "airflow": {},
        "airflow.exceptions": {"AirflowFailException": Failed},
        "airflow.sdk": {"dag": dag, "task": task},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    return tasks


def imported() -> Any:
    spec = importlib.util.spec_from_file_location("retrain_dag", JOBS / "retrain_dag.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_dag_runs_the_job_and_tells_what_is_worth_another_try(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = stand_in(monkeypatch)
    module = imported()
    module.SHOP = shop
    (churn,) = tasks
    churn()
    assert expected(shop) == 200
    monkeypatch.setattr(module, "subprocess", SimpleNamespace(run=impatiently))
    lock = locked("retrain", str(shop / "shop.duckdb"))
    with pytest.raises(RuntimeError, match="worth another try"):
        churn()
    unlocked(lock, "retrain", str(shop / "shop.duckdb"))
    (shop / "customers.csv").unlink()
    with pytest.raises(Failed, match="exit status 1"):
        churn()


def impatiently(command: list[str], **given: Any) -> subprocess.CompletedProcess[bytes]:
    """Runs the DAG's command without its five minutes of waiting."""
    return subprocess.run([word if word != "5m" else "0" for word in command], **given, capture_output=True)


def test_the_dag_is_one_to_airflow_itself() -> None:
    if importlib.util.find_spec("airflow") is None:
        pytest.skip("Airflow is not installed: it brings hundreds of packages, and the stand-in has what is used of it")
    assert imported().retrain is not None
