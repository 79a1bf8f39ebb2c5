"""DuckDB as its users have it: an older DuckDB, its shell and its extension `quack`, from the package index.

The extension is in no package for the DuckDB that the tests themselves use. All of it lies in a folder of its own,
made once: a Python that has it first on its path is one of that DuckDB, everything else being what it was.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import pytest

VERSION = "1.5.5"
PACKAGES = ("duckdb", "duckdb-cli", "duckdb-extension-httpfs", "duckdb-extension-quack")
FOLDER = Path(__file__).parents[2] / ".stock" / VERSION
CLIENT = Path(__file__).with_name("stock_client.py")


@cache
def stock() -> Path:
    """The folder with the packages; the test is skipped where they cannot be had."""
    if FOLDER.is_dir():
        return FOLDER
    FOLDER.parent.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=FOLDER.parent))
    wanted = [f"{name}=={VERSION}" for name in PACKAGES]
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary", ":all:", "--target", str(fresh)]
    done = subprocess.run([*pip, *wanted], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(fresh)
        pytest.skip(f"needs {', '.join(wanted)}, which the package index did not give: {done.stderr.strip()[-200:]}")
    with suppress(OSError):
        # Another test may have made it meanwhile.
        fresh.rename(FOLDER)
    shutil.rmtree(fresh, ignore_errors=True)
    return FOLDER


def environment(home: Path) -> dict[str, str]:
    """Variables for a process of that DuckDB, which finds nothing that somebody has installed for themselves."""
    return os.environ | {"PYTHONPATH": str(stock()), "HOME": str(home)}


def shell(home: Path, *statements: str) -> subprocess.CompletedProcess[str]:
    """What DuckDB's own shell says of statements, the rows as JSON, once it has loaded its extensions."""
    loads = "".join(
        f"LOAD '{stock()}/duckdb_extension_{name}/extensions/v{VERSION}/{name}.duckdb_extension';\n"
        for name in ("httpfs", "quack")
    )
    binary = [str(stock() / "duckdb_cli" / "duckdb"), "-json"]
    text = loads + "\n".join(statements)
    return subprocess.run(
        binary, input=text, capture_output=True, text=True, env=environment(home), timeout=300, check=False
    )


@dataclass
class Stock:
    """A stock DuckDB in a process of its own, which asks a server."""

    process: subprocess.Popen[str]

    @classmethod
    def at(cls, location: str, token: str, home: Path) -> Self:
        return cls(
            subprocess.Popen(
                [sys.executable, str(CLIENT), location, token],
                env=environment(home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )

    def ask(self, text: str, way: str = "query") -> Any:
        """The rows, each with its columns' names and types before it, or the words of the error."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([way, text]), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate()


@dataclass
class Shop:
    """A server in a process of its own, with a DuckDB that has the extension."""

    process: subprocess.Popen[str]
    told: dict[str, Any]
    home: Path
    log: Path

    @property
    def location(self) -> str:
        return str(self.told["duckdb"])

    @contextmanager
    def stock(self, token: str) -> Iterator[Stock]:
        client = Stock.at(self.location, token, self.home)
        try:
            yield client
        finally:
            client.close()

    def events(self, event: str) -> list[dict[str, Any]]:
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [found for line in lines if line.startswith("{") and (found := json.loads(line))["event"] == event]


@contextmanager
def shop(folder: Path, script: str, *options: str, start: tuple[str, str] = ("-m", "sqlml")) -> Iterator[Shop]:
    """A server of a database that the script makes."""
    home = folder / "home"
    home.mkdir()
    run = [sys.executable, *start]
    made = [*run, "run", "--db", str(folder / "shop.duckdb"), "-c", script]
    subprocess.run(made, env=environment(home), check=True, capture_output=True)
    command = [*run, "serve", str(folder / "shop.duckdb"), "--port", "0", "--duckdb-port", "0", *options]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout
            yield Shop(process, json.loads(process.stdout.readline()), home, folder / "log")
        finally:
            process.terminate()
            process.communicate()
