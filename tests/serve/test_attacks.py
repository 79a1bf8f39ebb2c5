"""What a client may not do stays undone, whoever it is and however it is asked."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from sqlml.serve.limits import Limits
from sqlml.serve.messages import bare, wrapped
from sqlml.serve.roles import Role
from sqlml.serve.users import Users, user_line
from tests.serve.attacks import STATEMENTS, Attack
from tests.serve.conftest import PASSWORD, Server
from tests.serve.raw import Raw
from tests.words import LEAKS

# A table of the program that serves, which SQL must not see.
secret_rows = pa.table({"secret": ["of the program"]})

# What no answer may hold: words of the machinery, but those that stand for a thing of SQL or of the client.
WORDS = "|".join(set(LEAKS) - {"enum", "python"})
MACHINERY = re.compile(rf"(?<![a-z])({WORDS})(?![a-z])|\.py\b|line \d+, in", re.IGNORECASE)
PLAN = "type.googleapis.com/arrow.flight.protocol.sql.CommandStatementSubstraitPlan"
TRIES = [(attack, role) for attack in STATEMENTS for role in attack.roles]


@pytest.fixture(scope="module")
def fortress(serve: Callable[..., Server]) -> Server:
    """A server that nothing may bring down or change."""
    return serve()


@pytest.fixture(scope="module")
def clients(fortress: Server) -> Iterator[dict[str, Raw]]:
    made = {role: fortress.raw(role) for role in ("reader", "trainer", "admin")}
    yield made
    for client in made.values():
        client.client.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the machine with a secret in it."""
    folder = tmp_path_factory.mktemp("machine")
    (folder / "secret").write_text("a,b\n1,of the machine\n", encoding="utf-8")
    return folder


def state(client: Raw) -> list[object]:
    """All that a client must not have changed."""
    asked = [
        "SELECT count(*), sum(age), bool_or(churned) FROM customers",
        "SELECT list(table_name ORDER BY table_name) FROM duckdb_tables() WHERE table_name <> 'diagnostics'",
        "SELECT list(view_name ORDER BY view_name) FROM duckdb_views() WHERE NOT internal",
        "SELECT list(model_name ORDER BY model_name) FROM sqlml.models",
        "SELECT sum(octet_length(bytes)) FROM sqlml.artifacts",
        "SELECT list(database_name ORDER BY database_name) FROM duckdb_databases()",
        "SELECT list(schema_name ORDER BY schema_name) FROM duckdb_schemas() WHERE NOT internal",
        "SELECT list(name || '=' || value ORDER BY name) FROM duckdb_settings() WHERE name IN"
        " ('threads', 'memory_limit', 'TimeZone', 'enable_external_access', 'lock_configuration')",
        "SELECT count(*) FROM PREDICT(MODEL churn, TABLE customers)",
    ]
    return [client.query(sql).to_pylist() for sql in asked]


def by_query(client: Raw, sql: str) -> None:
    client.query(sql)


def by_preparing(client: Raw, sql: str) -> None:
    made = client.prepare(sql)
    client.table("CommandPreparedStatementQuery", prepared_statement_handle=made.prepared_statement_handle)


def by_update(client: Raw, sql: str) -> None:
    client.update(sql)


def in_transaction(client: Raw, sql: str) -> None:
    transaction = client.begin()
    try:
        client.query(sql, transaction_id=transaction)
    finally:
        with suppress(flight.FlightError):
            client.end(transaction, 1)


def prepared_in_transaction(client: Raw, sql: str) -> None:
    transaction = client.begin()
    try:
        made = client.prepare(sql, transaction_id=transaction)
        client.table("CommandPreparedStatementQuery", prepared_statement_handle=made.prepared_statement_handle)
    finally:
        with suppress(flight.FlightError):
            client.end(transaction, 1)


DOORS = [by_query, by_preparing, by_update, in_transaction, prepared_in_transaction]


@pytest.mark.parametrize(("attack", "role"), TRIES, ids=[f"{role}: {attack.sql[:60]!r}" for attack, role in TRIES])
def test_a_statement_that_is_not_allowed_is_refused_at_every_door(
    fortress: Server, clients: dict[str, Raw], folder: Path, attack: Attack, role: str
) -> None:
    sql = attack.sql.replace("{folder}", str(folder)).replace("{secret}", str(folder / "secret"))
    sql = sql.replace("{database}", str(fortress.database))
    before = state(clients["admin"])
    for door in DOORS:
        with pytest.raises(flight.FlightError) as caught:
            door(clients[role], sql)
        check_silent(caught.value, sql)
    assert state(clients["admin"]) == before
    assert [path.name for path in folder.iterdir()] == ["secret"]


def check_silent(error: Exception, sql: str) -> None:
    """An answer tells nothing of the machine that the client has not told it."""
    extra = getattr(error, "extra_info", None)
    assert not re.search(r"Traceback|\.pyx?\b", str(error))
    # The libraries of both sides append what they think of the matter.
    told = str(error).split(". Detail: ")[0]
    told += " ".join(map(str, json.loads(extra).values())) if extra else ""
    for word in MACHINERY.findall(told):
        assert not word or word in sql, told
    assert "of the machine" not in told
    assert "of the program" not in told
    paths = re.findall(r"/(?:root|home|usr|tmp|var|opt)/[^\s\"'`]+", told)
    assert [path for path in paths if path.rstrip("…") not in sql] == []


DAMAGED = {
    "nothing": b"",
    "noise": b"\xff\x00\xfe" * 20,
    "no message of the protocol": bare("Any", type_url="type.googleapis.com/google.protobuf.Empty", value=b""),
    "a message that is half there": wrapped("CommandStatementQuery", query="SELECT 1")[:-3],
    "another's plan": bare("Any", type_url=PLAN),
    "a forged handle": wrapped("CommandPreparedStatementQuery", prepared_statement_handle=b"\x00" * 16),
    "a forged ticket": wrapped("TicketStatementQuery", statement_handle=b"../../etc/passwd"),
    "a table that has no name": wrapped("CommandStatementIngest", table=""),
}


@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED)
def test_a_message_that_means_nothing_is_refused(clients: dict[str, Raw], body: bytes) -> None:
    client = clients["admin"]
    descriptor = flight.FlightDescriptor.for_command(body)
    calls: list[Callable[[], object]] = [
        lambda: client.client.get_flight_info(descriptor, client.options),
        lambda: client.client.get_schema(descriptor, client.options),
        lambda: client.client.do_get(flight.Ticket(body), client.options).read_all(),
        lambda: put(client, descriptor),
        *(
            lambda name=name: client.action(name, body)
            for name in ("CreatePreparedStatement", "BeginTransaction", "EndTransaction", "CancelQuery", "NoAction")
        ),
    ]
    for call in calls:
        with pytest.raises((flight.FlightError, pa.ArrowException)) as caught:
            call()
        check_silent(caught.value, "")


def put(client: Raw, descriptor: flight.FlightDescriptor) -> None:
    writer, answers = client.client.do_put(descriptor, pa.schema([]), client.options)
    writer.done_writing()
    answers.read()
    writer.close()


def test_calls_of_another_kind_are_refused_without_a_word(clients: dict[str, Raw]) -> None:
    client = clients["admin"]
    with pytest.raises(flight.FlightError) as caught:
        list(client.client.list_flights(options=client.options))
    check_silent(caught.value, "")
    writer, reader = client.client.do_exchange(flight.FlightDescriptor.for_command(b"x"), client.options)
    writer.done_writing()
    with pytest.raises((flight.FlightError, pa.ArrowException)) as caught:
        reader.read_all()
    check_silent(caught.value, "")


@pytest.mark.parametrize("table", ["customers", "sqlml.models", 'x" AS SELECT 1; DROP TABLE customers; --', "../x"])
def test_rows_are_taken_from_an_admin_alone(clients: dict[str, Raw], table: str) -> None:
    before = state(clients["admin"])
    rows = pa.table({"id": [1]})
    for role in ("reader", "trainer"):
        with pytest.raises(flight.FlightError, match="not allowed"):
            clients[role].put("CommandStatementIngest", rows, table=table, temporary=role == "trainer")
    assert state(clients["admin"]) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer "},
        {"authorization": "Bearer AAAA"},
        {"authorization": "Basic YWRtaW46"},
        {"authorization": "Basic YWRtaW4"},
        {"authorization": "Basic //////8="},
        {"authorization": "basic"},
        {"cookie": "sqlml_session=1"},
        {"authorization": "Bearer reader\nadmin\nx"[:12], "x-role": "admin"},
    ],
)
def test_a_call_without_a_right_to_it_is_refused(fortress: Server, headers: dict[str, str]) -> None:
    with flight.connect(fortress.at.location) as client:
        options = flight.FlightCallOptions(headers=[(n.encode(), v.encode()) for n, v in headers.items()])
        command = wrapped("CommandStatementQuery", query="SELECT 1")
        with pytest.raises(flight.FlightUnauthenticatedError) as caught:
            client.get_flight_info(flight.FlightDescriptor.for_command(command), options)
        check_silent(caught.value, "")


def test_a_name_waits_after_failures(serve: Callable[..., Server], users_file: Path) -> None:
    server = serve(users=Users(users_file))
    for _ in range(5):
        with pytest.raises(flight.FlightUnauthenticatedError):
            Raw(server.at.location, "reader", "guess")
    with pytest.raises(flight.FlightUnauthenticatedError):
        Raw(server.at.location, "reader", PASSWORD)
    with Raw(server.at.location, "admin", PASSWORD) as other:
        assert other.query("SELECT 1 AS i").to_pylist() == [{"i": 1}]


def test_what_the_machinery_said_is_in_the_log_and_not_in_the_database(
    fortress: Server, clients: dict[str, Raw], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlml.engine.operators import models

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret of the machine")

    monkeypatch.setattr(models, "show", broken)
    with pytest.raises(flight.FlightError) as caught:
        clients["reader"].query("SHOW MODELS")
    check_silent(caught.value, "")
    assert "a secret of the machine" in str(fortress.log.of("statement")[-1]["internal"])
    kept = clients["admin"].query("SELECT count(*) AS n FROM sqlml.diagnostics WHERE internal IS NOT NULL")
    assert kept.to_pylist() == [{"n": 0}]


def test_the_log_has_a_line_for_each_statement_and_no_value_of_it(fortress: Server, clients: dict[str, Raw]) -> None:
    clients["reader"].query("SELECT 'a value that is a secret' AS s")
    told = fortress.log.of("statement")[-1]
    assert {"user": "reader", "role": "reader", "kind": "select", "outcome": "done"}.items() <= told.items()
    assert "a value" not in str(fortress.log.events)


@pytest.fixture
def users_file(tmp_path: Path) -> Path:
    lines = [user_line(name, Role(name), PASSWORD) for name in ("reader", "admin")]
    (tmp_path / "users").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "users"


def test_calls_that_send_nothing_take_the_server_from_nobody(serve: Callable[..., Server]) -> None:
    server = serve(Limits(calls=3, grace=0))
    with server.raw() as silent, server.raw() as other:
        descriptor = flight.FlightDescriptor.for_command(wrapped("CommandPreparedStatementQuery"))
        held = [silent.client.do_put(descriptor, pa.schema([]), silent.options) for _ in range(6)]
        told = []
        for _ in range(50):
            try:
                silent.query("SELECT 1")
            except flight.FlightUnavailableError as error:
                told.append(str(error))
                break
        assert other.query("SELECT 1 AS i").to_pylist() == [{"i": 1}]
        for writer, _ in held:
            with suppress(flight.FlightError, pa.ArrowException):
                writer.close()
    assert told
    assert "limit of 3 calls" in told[0]
