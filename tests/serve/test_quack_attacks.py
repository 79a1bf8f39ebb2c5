"""What a client may not do stays undone over DuckDB's own protocol too, and what the protocol itself lets one try."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.serve.attacks import STATEMENTS, Attack
from tests.serve.conftest import PASSWORD, TOKEN
from tests.serve.raw import Raw
from tests.serve.stock import Shop, Stock
from tests.serve.test_attacks import MACHINERY, state


def by_query(client: Stock, sql: str) -> Any:
    return client.ask(sql)


def by_attached(client: Stock, sql: str) -> Any:
    return client.ask(sql, "attached")


def by_function(client: Stock, sql: str) -> Any:
    return client.ask(f"FROM sqlml($attack${sql}$attack$)")


DOORS = [by_query, by_attached, by_function]
LESSER = ("reader", "trainer")
OF_THE_PROTOCOL = [
    Attack("FROM query('DROP TABLE customers')"),
    Attack("FROM query('SELECT * FROM read_text(''{secret}'')')"),
    Attack("SELECT 1 /* */; /* */ DROP TABLE customers --"),
    Attack("FROM quack_active_connections()"),
    Attack("FROM quack_server_list()"),
    Attack("FROM quack_query('quack:localhost:1', 'SELECT 1', token := 'abcd')"),
    Attack("CALL quack_serve('quack:localhost:1')"),
    Attack("CALL quack_stop('quack:localhost')"),
    Attack("SET GLOBAL quack_authorization_function = 'quack_nop_authorization'"),
    Attack("SELECT sqlml_let_in('a', 'b', 'c')"),
    Attack("SELECT sqlml_instead('a', 'SELECT 1')"),
    Attack("ATTACH 'quack:localhost:1' AS other (TOKEN 'abcd')"),
    Attack("FROM duckdb_secrets(redact := false) UNION ALL FROM read_text('{secret}')"),
    Attack("FROM sqlml('DROP TABLE customers')", LESSER),
    Attack("FROM sqlml($$FROM sqlml('DROP TABLE customers')$$)"),
]
TRIES = [(attack, role) for attack in [*STATEMENTS, *OF_THE_PROTOCOL] for role in attack.roles]


@pytest.fixture(scope="session")
def watcher(served: Shop) -> Iterator[Raw]:
    with Raw(served.told["location"], "admin", PASSWORD) as client:
        yield client


@pytest.fixture(scope="session")
def untouched(watcher: Raw) -> list[object]:
    """All that no client may change."""
    return state(watcher)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("machine")
    (folder / "secret").write_text("a,b\n1,of the machine\n", encoding="utf-8")
    return folder


def check_silent(error: str, sql: str) -> None:
    """Beside what was sent, the answer has no word of the machinery and no path."""
    said = error.partition("\n\nLINE 1: FROM ")[0].replace("MORE: sqlml help", "")
    found = [word for word in MACHINERY.findall(said) if word not in sql]
    assert found == [], said
    assert str(Path(__file__).parents[2]) not in said


@pytest.mark.parametrize(("attack", "role"), TRIES, ids=[f"{role}: {attack.sql[:60]!r}" for attack, role in TRIES])
def test_a_statement_that_is_not_allowed_is_refused_at_every_door(
    shells: dict[str, Stock], watcher: Raw, untouched: list[object], folder: Path, attack: Attack, role: str
) -> None:
    sql = attack.sql.replace("{folder}", str(folder)).replace("{secret}", str(folder / "secret"))
    for door in DOORS:
        answer = door(shells[role], sql)
        assert "error" in answer, (door, answer)
        check_silent(answer["error"], sql)
    assert state(watcher) == untouched
    assert [path.name for path in folder.iterdir()] == ["secret"]


BY_THE_ATTACHED = [
    Attack("INSERT INTO shop.customers VALUES (1, 2, 'pro', true)"),
    Attack("INSERT INTO shop.axbyc VALUES (1)"),
    Attack("INSERT INTO shop.sqlml.models SELECT * FROM shop.query('FROM sqlml.models')"),
    Attack("CREATE TABLE shop.mine (a INTEGER)", LESSER),
    Attack("CREATE TABLE shop.mine AS SELECT 1 AS a"),
    Attack("CREATE VIEW shop.mine AS SELECT 1 AS a", LESSER),
    Attack("DROP TABLE shop.customers", LESSER),
    Attack("DROP VIEW shop.young", LESSER),
    Attack("ALTER TABLE shop.customers ADD COLUMN b INTEGER"),
    Attack("DELETE FROM shop.customers"),
    Attack("UPDATE shop.customers SET age = 0"),
    Attack("COPY (SELECT 1 AS i) TO '{folder}/out.csv'; COPY shop.axbyc FROM '{folder}/out.csv'"),
]


@pytest.mark.parametrize(
    ("attack", "role"), [(attack, role) for attack in BY_THE_ATTACHED for role in attack.roles], ids=str
)
def test_what_a_shell_makes_of_its_own_statements_is_refused_too(
    shells: dict[str, Stock], watcher: Raw, untouched: list[object], tmp_path: Path, attack: Attack, role: str
) -> None:
    assert "error" in shells[role].ask("FROM shop.query('SELECT 1/0 +')", "attached")
    answer = shells[role].ask(attack.sql.replace("{folder}", str(tmp_path)), "plain")
    assert "error" in answer, answer
    assert state(watcher) == untouched


def test_rows_that_a_shell_sends_leave_nothing_behind(shells: dict[str, Stock]) -> None:
    admin = shells["admin"]
    assert "error" not in admin.ask("SELECT 1", "attached")
    assert "error" in admin.ask('INSERT INTO shop."two words" VALUES (1)', "plain")
    assert admin.ask('SELECT count(*) FROM "two words"')["rows"] == [[0]]


def test_what_is_no_message_of_the_protocol_harms_nobody(served: Shop, shells: dict[str, Stock]) -> None:
    port = int(served.location.rpartition(":")[2])
    for body in (b"", b"\x00" * 64, b"\xff" * 4096, bytes(range(256)) * 16, b'{"query": "DROP TABLE customers"}'):
        for path in ("/quack", "/", "/../etc/passwd"):
            connection = HTTPConnection("localhost", port, timeout=30)
            connection.request("POST", path, body)
            assert b"root:" not in connection.getresponse().read()
            connection.close()
    assert shells["trainer"].ask("SELECT 1")["rows"] == [[1]]


def test_no_secret_is_among_what_may_be_read(shells: dict[str, Stock]) -> None:
    secrets = shells["reader"].ask("FROM duckdb_secrets(redact := false)")
    assert secrets.get("rows", []) == []
    check_silent(secrets.get("error", ""), "")
    said = json.dumps(shells["reader"].ask("FROM duckdb_settings()"))
    assert PASSWORD not in said
    assert TOKEN not in said
