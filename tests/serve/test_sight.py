"""What whoever asks is shown: all of the database, and nothing of the machine that serves it."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pyarrow.flight as flight
import pytest

from tests.serve.conftest import Server
from tests.serve.raw import Raw

EVERY = {
    "tables": 'SELECT format(\'FROM "{}"."{}"\', schema_name, table_name) AS sql FROM duckdb_tables()',
    "views": 'SELECT format(\'FROM "{}"."{}"\', schema_name, view_name) AS sql FROM duckdb_views()',
    "tables that are called": "SELECT DISTINCT format('FROM {}()', function_name) AS sql FROM duckdb_functions()"
    " WHERE function_type IN ('table', 'table_macro', 'pragma') AND parameters = []",
    "values that are called": "SELECT DISTINCT format('SELECT \"{}\"()', function_name) AS sql FROM duckdb_functions()"
    " WHERE function_type IN ('scalar', 'macro') AND parameters = []",
}
SAID = [
    "SHOW DATABASES",
    "SHOW ALL TABLES",
    "SHOW DIAGNOSTICS",
    "SHOW MODELS",
    "SHOW CREATE MODEL churn",
    "DESCRIBE MODEL churn",
    "SHOW TRIALS OF churn",
    "EXPLAIN PREDICT churn FROM customers",
    "EXPLAIN ANALYZE FROM customers",
    "SUMMARIZE customers",
]
ALLOWED = [
    "SELECT current_setting('TimeZone') AS v",
    "SELECT CURRENT_SETTING ( 'threads' ) AS v",
    "SELECT query, path, checkpoint FROM (SELECT 1 AS query, 2 AS path, 3 AS checkpoint)",
    "SELECT 'read_blob' AS query, 'FROM duckdb_settings()' AS sql -- duckdb_settings()",
    "SELECT range FROM range(3) JOIN generate_series(1, 2) ON true",
    "SELECT unnest([1, 2])",
    "SELECT table_name FROM information_schema.tables",
    "SELECT datname FROM pg_catalog.pg_database",
    "SELECT function_name FROM duckdb_functions() WHERE function_name = 'read_blob'",
    "FROM sqlml_doctor()",
]


@pytest.fixture(params=["reader", "trainer"])
def client(server: Server, request: pytest.FixtureRequest) -> Iterator[Raw]:
    with server.raw(request.param) as one:
        yield one


def machine(server: Server) -> re.Pattern[str]:
    """Words of the machine that serves: where the database lies, who keeps it, what it is called."""
    words = [str(server.database.parent), f"{Path.home()}/"]
    return re.compile("|".join([*map(re.escape, words), rf"(?<!\w){re.escape(socket.gethostname())}(?!\w)"]))


@pytest.mark.parametrize("listed", [*EVERY, "what is said"])
def test_nothing_that_can_be_asked_for_tells_of_the_machine(server: Server, client: Raw, listed: str) -> None:
    secret = machine(server)
    asked = [row["sql"] for row in client.query(EVERY[listed]).to_pylist()] if listed in EVERY else SAID
    answered = 0
    for sql in asked:
        try:
            told = str(client.query(sql).to_pydict())
            answered += 1
        except flight.FlightError as error:
            told = str(json.loads(error.extra_info)) if error.extra_info else ""
        except ValueError:
            # Dates that Python has not: as text they tell nothing.
            continue
        assert not secret.search(told), sql
    assert answered > len(asked) / 8


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_is_no_look_at_the_machine_is_allowed(client: Raw, sql: str) -> None:
    assert client.query(sql).num_rows > 0


def test_an_admin_sees_where_the_tables_lie(server: Server) -> None:
    with server.raw() as admin:
        (row,) = admin.query("SELECT path FROM duckdb_databases() WHERE NOT internal").to_pylist()
    assert Path(row["path"]) == server.database.resolve()
