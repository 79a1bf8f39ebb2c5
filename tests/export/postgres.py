"""A PostgreSQL server of a test's own, where one is installed: on a socket, in a folder that goes with it."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
# Columns of a table in DuckDB, as there.
TYPES = {
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "VARCHAR": "text",
    "VARCHAR[]": "text[]",
    "DOUBLE[]": "double precision[]",
    "JSON": "jsonb",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "UTINYINT": "smallint",
}


@dataclass(frozen=True)
class Postgres:
    """A server that answers."""

    programs: Path
    folder: str

    def ask(self, *statements: str) -> list[str]:
        """The lines that the last of the statements answers, as CSV; fails with what the server says."""
        # Nothing of a session's settings may matter, so it has odd ones.
        script = ["SET TimeZone = 'Asia/Kathmandu'", "SET DateStyle = 'German'", "SET client_min_messages = error"]
        done = subprocess.run(
            [self.programs / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "tester", "postgres"],
            input=";\n".join([*script, *statements, ""]),
            capture_output=True,
            text=True,
            check=False,
            env={"PGCLIENTENCODING": "UTF8", "PATH": os.environ["PATH"]},
        )
        assert done.returncode == 0, done.stderr[:2000]
        return done.stdout.splitlines()

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        """A table of rows, in their order by a column `row_`."""
        listed = ", ".join(f"{name} {TYPES.get(type_, type_)}" for name, type_ in columns)
        values = ",\n".join(f"({', '.join([str(at), *map(_literal, row)])})" for at, row in enumerate(rows))
        made = f"CREATE TABLE {table} (row_ integer, {listed})"
        self.ask(f"DROP TABLE IF EXISTS {table}", made, f"INSERT INTO {table} VALUES {values}")

    def rows(self, query: str) -> list[list[float]]:
        """The rows of a query of numbers, as Python has them."""
        return [[float(field) for field in line.split("|")] for line in self.ask(query)]


def _literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value)
        case list():
            return f"ARRAY[{', '.join(map(_literal, value))}]::text[]"
        case datetime() | date():
            return f"'{value.isoformat()}'"
        case _:
            text = str(value).replace("'", "''")
            return f"'{text}'"


def programs() -> Path | None:
    """Where PostgreSQL's programs are."""
    beside = shutil.which("initdb")
    found = [Path(beside).parent] if beside else []
    for pattern in _FOLDERS:
        found += sorted(Path("/").glob(pattern[1:]), reverse=True)
    return next((one for one in found if (one / "initdb").is_file() and (one / "psql").is_file()), None)


@contextmanager
def serving() -> Iterator[Postgres]:
    """A server, for as long as it is needed; skips where there can be none."""
    home = programs()
    if home is None or sys.platform == "win32":
        pytest.skip("no PostgreSQL is installed here")
    # The server does not run for the superuser, and whoever it runs for must reach its folder; the path of a socket has
    # to be short.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        runs_as = _other_user()
        if runs_as:
            shutil.chown(folder, runs_as["user"], runs_as["group"])
        data = f"{folder}/data"
        _run([home / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], runs_as)
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c statement_timeout=120s"
        control = [home / "pg_ctl", "-D", data, "-w", "-t", "120", "-l", f"{folder}/log"]
        _run([*control, "-o", settings, "start"], runs_as)
        try:
            yield Postgres(home, folder)
        finally:
            _run([*control, "-m", "immediate", "stop"], runs_as)


def _other_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(command: Sequence[Any], runs_as: dict[str, Any]) -> None:
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, cwd="/", **runs_as
    )
    if done.returncode:
        pytest.skip(f"PostgreSQL does not run here: {done.stderr[:300]}")
