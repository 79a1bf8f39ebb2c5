"""Clients that are whom their certificate names: certificates that openssl makes, ADBC's driver and pyarrow's."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_flightsql.dbapi as flightsql
import adbc_driver_manager
import pyarrow.flight as flight
import pytest
from click.testing import CliRunner

from sqlml.cli.main import main
from sqlml.serve.messages import wrapped
from sqlml.serve.problems import LoginFailed
from sqlml.serve.server import Arrangement, Unsafe
from sqlml.serve.users import Users
from tests.serve.conftest import Server

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """Who signs certificates."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def made(self) -> "Authority":
        openssl(
            "req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=authority", self.root, key=self.folder / "root.key"
        )
        return self

    def signs(self, name: str, alternatives: str | None = None) -> Pair:
        """A certificate of somebody of that name, `alternatives` beside it."""
        pair = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}" if alternatives else "")
        openssl("req", *NEW_KEY, "-subj", f"/CN={name}", request, key=pair.key)
        by = ["-CA", self.root, "-CAkey", self.folder / "root.key", "-CAcreateserial", "-days", "2"]
        openssl("x509", "-req", "-in", request, *by, "-extfile", extensions, pair.certificate)
        return pair


def openssl(*arguments: str | Path, key: Path | None = None) -> None:
    *words, out = arguments
    command = ["openssl", *words, *(["-keyout", key] if key else []), "-out", out]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs openssl, to make certificates")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority")).made()


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger")).made()


@pytest.fixture(scope="module")
def own(authority: Authority) -> Pair:
    """The server's own certificate."""
    return authority.signs("localhost", "DNS:localhost,IP:127.0.0.1")


@pytest.fixture(scope="module")
def certified(serve: Callable[..., Server], authority: Authority, own: Pair) -> Server:
    """A server that knows a reader and an admin by their certificates."""
    users = authority.folder / "users"
    users.write_text("# who has a certificate needs no password\nann:reader\nbob@example.invalid:admin\n")
    return serve(
        users=Users(users), certificate=own.certificate, key=own.key, client_ca=authority.root, host="localhost"
    )


@pytest.fixture(scope="module")
def ann(authority: Authority) -> Pair:
    return authority.signs("ann")


def by_adbc(server: Server, authority: Authority, pair: Pair | None, **more: str) -> flightsql.Connection:
    options = {"adbc.flight.sql.client_option.tls_root_certs": authority.root.read_text()}
    if pair:
        options["adbc.flight.sql.client_option.mtls_cert_chain"] = pair.certificate.read_text()
        options["adbc.flight.sql.client_option.mtls_private_key"] = pair.key.read_text()
    return flightsql.connect(server.at.location, options | more, autocommit=True)


def by_pyarrow(server: Server, authority: Authority, pair: Pair | None) -> flight.FlightClient:
    mine = {"cert_chain": pair.certificate.read_bytes(), "private_key": pair.key.read_bytes()} if pair else {}
    return flight.connect(server.at.location, tls_root_certs=authority.root.read_bytes(), **mine)


def rows(client: flight.FlightClient, sql: str, options: Any = None) -> list[dict[str, Any]]:
    command = flight.FlightDescriptor.for_command(wrapped("CommandStatementQuery", query=sql))
    info = client.get_flight_info(command, options)
    return client.do_get(info.endpoints[0].ticket, options).read_all().to_pylist()


@pytest.fixture
def known(certified: Server, authority: Authority, ann: Pair) -> Iterator[flight.FlightClient]:
    with by_pyarrow(certified, authority, ann) as client:
        yield client


def test_a_client_is_whom_its_certificate_names(certified: Server, authority: Authority, ann: Pair) -> None:
    with by_adbc(certified, authority, ann) as db, db.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM PREDICT(MODEL churn, TABLE customers)")
        assert cursor.fetchall() == [(400,)]
        with pytest.raises(adbc_driver_manager.Error, match="`reader` is not allowed to run `DROP`"):
            cursor.execute("DROP TABLE customers")
    told = certified.log.of("statement")[-1]
    assert {"user": "ann", "role": "reader", "outcome": "not_allowed"}.items() <= told.items()


def test_another_name_in_a_certificate_goes_before_the_common_one(certified: Server, authority: Authority) -> None:
    pair = authority.signs("somebody", "email:bob@example.invalid")
    with by_adbc(certified, authority, pair) as db, db.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE of_bob AS SELECT 1 AS i")
        cursor.execute("DROP TABLE of_bob")
    assert certified.log.of("statement")[-1]["user"] == "bob@example.invalid"


def test_sessions_of_certificates_are_kept_apart(
    certified: Server, authority: Authority, known: flight.FlightClient
) -> None:
    assert rows(known, "SELECT 42 AS i") == [{"i": 42}]
    bob = authority.signs("bob", "email:bob@example.invalid")
    with by_pyarrow(certified, authority, bob) as other:
        assert rows(other, "SELECT 42 AS i") == [{"i": 42}]
    sessions = {(session.user.name, session.user.role) for session in certified.at.sessions.all()}
    assert {("ann", "reader"), ("bob@example.invalid", "admin")} <= sessions


def test_who_has_no_certificate_is_not_heard(certified: Server, authority: Authority) -> None:
    with by_pyarrow(certified, authority, None) as client, pytest.raises(flight.FlightUnavailableError):
        rows(client, "SELECT 1")
    with pytest.raises(adbc_driver_manager.Error), by_adbc(certified, authority, None) as db, db.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_a_certificate_that_another_signed_is_worth_nothing(
    certified: Server, authority: Authority, stranger: Authority
) -> None:
    with by_pyarrow(certified, authority, stranger.signs("ann")) as client, pytest.raises(flight.FlightError):
        rows(client, "SELECT 1")


def test_who_is_signed_and_no_user_is_refused(certified: Server, authority: Authority) -> None:
    with by_pyarrow(certified, authority, authority.signs("eve")) as client:
        with pytest.raises(flight.FlightUnauthenticatedError, match="is not right"):
            rows(client, "SELECT 1")
        assert certified.log.of("login")[-1] == {"event": "login", "user": "eve", "outcome": "login_failed"}


@pytest.mark.parametrize("shown", ["Bearer a-token-of-some-length", "Basic Ym9iOnB3"])
def test_who_shows_a_certificate_is_nobody_else(known: flight.FlightClient, shown: str) -> None:
    options = flight.FlightCallOptions(headers=[(b"authorization", shown.encode())])
    with pytest.raises(flight.FlightUnauthenticatedError, match="is not right"):
        rows(known, "SELECT 1", options)


@pytest.mark.parametrize("lacking", ["a certificate", "a user"])
def test_certificates_of_clients_need_a_certificate_and_users(
    authority: Authority, own: Pair, tmp_path: Path, lacking: str
) -> None:
    (tmp_path / "users").write_text("ann:reader\n")
    (tmp_path / "tokens").write_text("tool:reader:a-token-of-some-length\n")
    users = Users(tokens=tmp_path / "tokens") if lacking == "a user" else Users(tmp_path / "users")
    pair = (None, None) if lacking == "a certificate" else (own.certificate, own.key)
    with pytest.raises(Unsafe, match="needs --tls-cert and --tls-key, and --users"):
        Arrangement(":memory:", users=users, certificate=pair[0], key=pair[1], client_ca=authority.root).check()


@pytest.mark.parametrize("password", ["", "ann", "reader", "None"])
def test_a_user_without_a_password_has_none_to_guess(tmp_path: Path, password: str) -> None:
    (tmp_path / "users").write_text("ann:reader\n")
    with pytest.raises(LoginFailed):
        Users(tmp_path / "users").by_password("ann", password)


@pytest.mark.parametrize("option", ["--tls-cert", "--tls-key", "--tls-client-ca"])
def test_a_file_that_is_no_certificate_is_told(tmp_path: Path, authority: Authority, own: Pair, option: str) -> None:
    (tmp_path / "users").write_text("ann:reader\n")
    (tmp_path / "noise").write_text("noise")
    files = {"--tls-cert": own.certificate, "--tls-key": own.key, "--tls-client-ca": authority.root}
    files |= {"--users": tmp_path / "users", option: tmp_path / "noise"}
    said = CliRunner().invoke(main, ["serve", ":memory:", "--port", "0", *(str(w) for f in files.items() for w in f)])
    assert said.exit_code == 2
    assert f"{tmp_path / 'noise'}" in said.output
    assert "as PEM" in said.output
