"""What a stranger installs: the built wheel, in an empty environment, does the main job."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

MAIN_JOB = """
CREATE TABLE penguins AS
SELECT i AS id, i % 7 AS bill, i % 11 AS depth, (i * 37) % 101 AS mass, i % 7 + i % 11 > 8 AS heavy
FROM range(400) r(i);
CREATE MODEL sizes PREDICT heavy WITH (max_runtime = '5 seconds') AS SELECT * EXCLUDE (id) FROM penguins;
CREATE TABLE predicted AS SELECT * FROM PREDICT(MODEL sizes, TABLE penguins);
SELECT count(*) AS rows, avg((predicted_heavy = heavy)::INTEGER) > 0.8 AS good FROM predicted;
"""


def run(*command: str | Path, cwd: Path) -> str:
    # Nothing of this checkout may reach the new environment, or the wheel would not be what is tested.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = shutil.which("uv")
    if uv is not None:
        run(uv, "build", "--wheel", "--quiet", "--out-dir", folder, root, cwd=folder)
    else:
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, root, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lock = ["--constraint", root / "requirements.lock"]
    installed = subprocess.run([*install, *lock, wheel], capture_output=True, text=True, check=False)
    if installed.returncode == 0:
        return programs
    if "from versions: none" not in installed.stderr:
        pytest.fail(installed.stderr)
    # No package index can be reached: the wheel goes in alone, and borrows its dependencies from here.
    run(*install, "--no-deps", wheel, cwd=folder)
    [home] = (folder / "venv").glob("[Ll]ib*/**/site-packages")
    (home / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return programs


@pytest.mark.slow
def test_the_wheel_carries_grammar_and_functions(wheel: Path, root: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("grammar", "udfs"):
        files = [
            path.relative_to(root) for path in (root / folder).rglob("*") if path.suffix in (".gram", ".list", ".sql")
        ]
        assert files
        assert {f"sqlml/_surface/{path.as_posix()}" for path in files} <= names
    assert {name.split("/")[0] for name in names} == {"sqlml", f"sqlml-{wheel.name.split('-')[1]}.dist-info"}


@pytest.mark.slow
def test_the_wheel_does_the_main_job_in_an_empty_environment(environment: Path, tmp_path: Path) -> None:
    imported = run(environment / "python", "-c", "import sqlml; print(sqlml.__file__)", cwd=tmp_path)
    assert Path(imported.strip()).is_relative_to(environment.parent)
    assert "Usage: sqlml" in run(environment / "sqlml", "--help", cwd=tmp_path)
    (tmp_path / "job.sql").write_text(MAIN_JOB, encoding="utf-8")
    assert "400,true" in run(environment / "sqlml", "run", "--format", "csv", "job.sql", cwd=tmp_path).lower()
