"""The example of a server that is always there, started and stopped as systemd does it."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import adbc_driver_flightsql.dbapi as flightsql
import duckdb
import pytest

from tests.serve.test_certificates import Authority

EXAMPLE = Path(__file__).parents[2] / "examples/server"
UNIT = EXAMPLE / "sqlml.service"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The folder that the unit names, with all that lies there."""
    duckdb.connect(str(tmp_path / "shop.duckdb")).execute("CREATE TABLE customers AS SELECT range AS id FROM range(70)")
    own = Authority(tmp_path).made().signs("shop", "IP:127.0.0.1")
    own.certificate.rename(tmp_path / "cert.pem")
    own.key.rename(tmp_path / "key.pem")
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "sqlml").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sqlml "$@"\n')
    (programs / "sqlml").chmod(0o755)
    (line,) = re.findall(r"```sh files\n(.*)\n```", (EXAMPLE / "README.md").read_text(encoding="utf-8"))
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, env=environment, input="secret\n", text=True, check=True)
    return tmp_path


def test_it_serves_until_systemd_ends_it(shop: Path) -> None:
    unit = UNIT.read_text(encoding="utf-8").replace("/srv/shop", str(shop))
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    # A port that is free, and not the usual one, on which anything may be.
    command = [*shlex.split(line), "--port", "0"]
    with subprocess.Popen(command, cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        port = told["location"].rpartition(":")[2]
        login = {"username": "ann", "password": "secret"}
        roots = {"adbc.flight.sql.client_option.tls_root_certs": (shop / "root.pem").read_text()}
        with (
            flightsql.connect(f"grpc+tls://127.0.0.1:{port}", login | roots, autocommit=True) as db,
            db.cursor() as cursor,
        ):
            cursor.execute("SELECT count(*) FROM customers")
            assert cursor.fetchone() == (70,)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in log.splitlines()][-1] == "stopped"


def test_the_unit_is_sound(shop: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs the program systemd-analyze")
    unit = shop / UNIT.name
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/srv/shop", str(shop)), encoding="utf-8")
    run = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in run.stderr.splitlines() if UNIT.name in line and "User" not in line] == []
