"""The server as whoever keeps it sees it: the command, its users, its refusals, its end."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import adbc_driver_flightsql.dbapi as flightsql
import adbc_driver_manager
import pyarrow.flight as flight
import pytest

import sqlml
from sqlml.serve.messages import wrapped
from sqlml.serve.roles import REFUSED, Role, may
from sqlml.serve.users import FileWrong, Users, user_line
from sqlml.statements import STATEMENTS
from tests.serve.conftest import PASSWORD
from tests.serve.raw import Raw

COMMAND = [sys.executable, "-m", "sqlml"]


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and where it listens."""
    command = [*COMMAND, "serve", *map(str, arguments), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process, json.loads(process.stdout.readline())["location"]
        finally:
            process.kill()


def refused(*arguments: str | Path) -> str:
    done = subprocess.run([*COMMAND, "serve", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def database(tmp_path: Path) -> Path:
    with sqlml.connect(tmp_path / "shop.duckdb") as db:
        db.execute("CREATE TABLE t AS SELECT range AS i FROM range(10)")
    return tmp_path / "shop.duckdb"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for the loopback that signs itself, and its key."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    try:
        subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs openssl, to make a certificate")
    return certificate, key


def test_a_database_is_served_until_somebody_stops_it(database: Path) -> None:
    with serving(database) as (process, location):
        with flightsql.connect(location) as db, db.cursor() as cursor:
            cursor.execute("SELECT sum(i) FROM t")
            assert cursor.fetchall() == [(45,)]
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    told = [json.loads(line) for line in log.splitlines()]
    assert told[0]["event"] == "listening"
    assert {"statement", "result", "stopped"} <= {line["event"] for line in told}
    with sqlml.connect(database) as db:
        assert db.execute("SELECT count(*) FROM t").fetchall() == [(10,)]


def test_a_user_is_made_by_a_command_and_let_in(database: Path, tmp_path: Path) -> None:
    made = subprocess.run([*COMMAND, "user", "ann", "--role", "trainer"], input="pw\n", capture_output=True, text=True)
    (tmp_path / "users").write_text(made.stdout, encoding="utf-8")
    assert "pw" not in made.stdout.split(":")
    with serving(database, "--users", tmp_path / "users") as (_, location):
        login = {"username": "ann", "password": "pw"}
        with flightsql.connect(location, login, autocommit=True) as db, db.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchall() == [(1,)]
        unknown = flightsql.connect(location, autocommit=True)
        with unknown as db, db.cursor() as cursor, pytest.raises(adbc_driver_manager.Error, match="is not right"):
            cursor.execute("SELECT 1")


def test_tls_keeps_others_from_reading_along(database: Path, tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    (tmp_path / "users").write_text(user_line("ann", Role.READER, PASSWORD), encoding="utf-8")
    pair = ["--tls-cert", certificate[0], "--tls-key", certificate[1]]
    with serving(database, "--users", tmp_path / "users", *pair) as (_, location):
        known = certificate[0].read_text()
        with Raw(location, "ann", PASSWORD, tls_root_certs=known) as client:
            assert client.query("SELECT 42 AS i").to_pylist() == [{"i": 42}]
        with pytest.raises(flight.FlightError):
            Raw(location, "ann", PASSWORD)
        with pytest.raises(flight.FlightError):
            Raw(location.replace("+tls", ""), "ann", PASSWORD)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])
def test_other_machines_are_let_in_with_users_and_tls_alone(database: Path, tmp_path: Path, host: str) -> None:
    (tmp_path / "users").write_text(user_line("ann", Role.READER, PASSWORD), encoding="utf-8")
    assert "can be reached from other machines" in refused(database, "--host", host)
    assert "can be reached from other machines" in refused(database, "--host", host, "--users", tmp_path / "users")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ann", "line 1 of"),
        ("ann:reader:a:b", "`ann` in .* is damaged"),
        ("ann:king:c2FsdA==:aGFzaA==", "its role one of reader, trainer, admin"),
        ("ann:reader:YQ==:Yg==\nann:admin:YQ==:Yg==", "names `ann` again"),
        (":reader:a:b", "line 1 of"),
    ],
)
def test_a_file_of_users_that_is_wrong_is_told_at_its_line(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "users").write_text(line, encoding="utf-8")
    with pytest.raises(FileWrong, match=said):
        Users(tmp_path / "users")


def test_files_that_cannot_be_used_are_told(database: Path, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("tool:reader:short", encoding="utf-8")
    assert "shorter than 16" in refused(database, "--token-file", tmp_path / "tokens")
    assert "cannot read" in refused(database, "--users", tmp_path / "absent")
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in refused(database, "--users", tmp_path / "noise")
    with pytest.raises(FileWrong, match="cannot be a user's name"):
        user_line("a:b", Role.READER, "x")


def test_what_runs_has_a_while_to_end_when_the_server_stops(database: Path) -> None:
    with serving(database) as (process, location), flight.connect(location) as client:
        slow = "CREATE TABLE half AS SELECT count(*) AS n FROM range(300000) a, range(300000) b WHERE hash(a, b) = 7"
        command = flight.FlightDescriptor.for_command(wrapped("CommandStatementQuery", query=slow))
        assert client.get_flight_info(command_of("SELECT 1"))
        failures: list[Exception] = []

        def ask() -> None:
            try:
                client.get_flight_info(command)
            except flight.FlightError as error:
                failures.append(error)

        asking = Thread(target=ask)
        asking.start()
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        asking.join()
    assert process.returncode == 0
    assert len(failures) == 1
    with sqlml.connect(database) as db:
        assert db.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchall() == [(0,)]


def command_of(sql: str) -> flight.FlightDescriptor:
    return flight.FlightDescriptor.for_command(wrapped("CommandStatementQuery", query=sql))


def test_machines_that_watch_are_told_how_it_goes(database: Path) -> None:
    with serving(database, "--health-port", "0") as (process, location):
        assert process.stderr
        health = json.loads(process.stderr.readline())["health"]
        with flightsql.connect(location, autocommit=True) as db, db.cursor() as cursor:
            cursor.execute("FROM t")
            assert len(cursor.fetchall()) == 10
            with pytest.raises(adbc_driver_manager.Error):
                cursor.execute("COPY t TO 'x'")
        assert asked(health, "/live") == (200, "live\n")
        assert asked(health, "/ready") == (200, "ready\n")
        assert asked(health, "/etc/passwd")[0] == 404
        _, told = asked(health, "/metrics")
        lines = dict(line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#"))
        assert lines["sqlml_rows_sent_total"] == "10"
        assert lines['sqlml_statements_total{kind="select",outcome="done"}'] == "1"
        assert lines['sqlml_statements_total{kind="unknown",outcome="not_allowed"}'] == "1"
        assert lines["sqlml_statements_running"] == "0"


def asked(port: int, path: str) -> tuple[int, str]:
    """What an address of the health port answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_every_statement_of_the_language_has_a_role_or_is_refused_on_purpose() -> None:
    assert {kind for kind in STATEMENTS if not may(Role.ADMIN, kind)} == REFUSED


def test_each_role_may_do_what_the_lesser_may() -> None:
    for kind in ("select", "predict", "set", "create_model", "insert", "copy"):
        allowed = [may(role, kind) for role in Role]
        assert allowed == sorted(allowed)


def test_what_breaks_in_the_middle_of_rows_is_told_in_its_own_words(raw: Raw) -> None:
    broken = "SELECT CASE WHEN range < 300000 THEN 1 ELSE error('broke at ' || range) END FROM range(1000000)"
    with pytest.raises(flight.FlightError, match="broke at 300000"):
        raw.query(broken)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("340282366920938463463374607431768211455::UHUGEINT", "340282366920938463463374607431768211455"),
        ("'12:00:00+02'::TIMETZ", "12:00:00+02"),
        ("'10101'::BIT", "10101"),
    ],
)
def test_what_no_type_of_the_wire_holds_whole_comes_as_text(raw: Raw, value: str, shown: str) -> None:
    assert raw.query(f"SELECT {value} AS x").to_pylist() == [{"x": shown}]
