"""The server as ADBC's own driver sees it."""

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from time import monotonic
from typing import Any

import adbc_driver_flightsql.dbapi as flightsql
import adbc_driver_manager
import pyarrow as pa
import pytest

import sqlml
from tests.faults.patient import children, until
from tests.serve.conftest import PASSWORD, TOKEN, Server


@pytest.fixture
def db(server: Server) -> Iterator[flightsql.Connection]:
    with server.adbc() as connection:
        yield connection


def rows(connection: flightsql.Connection, sql: str, values: Any = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_a_query_has_its_rows(db: flightsql.Connection) -> None:
    assert rows(db, "SELECT 42") == [(42,)]
    assert rows(db, "SELECT 1 AS a, 2 AS a, 'it''s 🙂' AS \"se lect\"") == [(1, 2, "it's 🙂")]
    assert rows(db, "FROM range(0)") == []


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("INTEGER", 41),
        ("BIGINT", -(2**62)),
        ("DOUBLE", 1.5),
        ("VARCHAR", "o'clock; DROP TABLE customers --"),
        ("BOOLEAN", True),
        ("DATE", datetime.date(2026, 2, 28)),
        ("TIMESTAMP", datetime.datetime(2026, 2, 28, 12, 30, 1, 250000)),
        ("DECIMAL(9, 3)", Decimal("123.450")),
        ("BLOB", b"\x00\xff"),
        ("INTEGER", None),
    ],
)
def test_a_parameter_arrives_as_it_was_sent(db: flightsql.Connection, type_: str, value: object) -> None:
    assert rows(db, f"SELECT ?::{type_} AS v", [value]) == [(value,)]


def test_a_statement_runs_without_being_fetched(server: Server, db: flightsql.Connection) -> None:
    with db.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE unfetched (i INTEGER)")
        cursor.execute("INSERT INTO unfetched VALUES (1), (2)")
    with server.adbc() as other:
        assert rows(other, "FROM unfetched") == [(1,), (2,)]


def test_a_model_is_made_without_being_fetched(server: Server, db: flightsql.Connection) -> None:
    with db.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE MODEL unread PREDICT churned WITH (max_trials = 1) AS FROM customers")
    with server.adbc() as other:
        assert ("unread",) in rows(other, "SELECT model_name FROM sqlml.models")
        told = rows(other, "CREATE OR REPLACE MODEL unread PREDICT churned WITH (max_trials = 1) AS FROM customers")
        assert told[0][:4] == ("unread", 2, "binary", "churned")
    with db.cursor() as cursor:
        cursor.execute("DROP MODEL unread")


def test_a_model_is_refreshed_and_asserted(server: Server, db: flightsql.Connection) -> None:
    with db.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE MODEL again PREDICT churned WITH (max_trials = 1) AS FROM customers")
        cursor.execute("REFRESH MODEL again IF OLDER THAN INTERVAL 7 DAY")
        cursor.execute("REFRESH MODEL again")
    asserted = "ASSERT MODEL again HAS log_loss < 9"
    with server.adbc() as other, other.cursor() as cursor:
        known = cursor.adbc_execute_schema(asserted)
        cursor.execute(asserted)
        told = cursor.fetch_arrow_table()
        assert told.schema.equals(known)
        assert [told[name][0].as_py() for name in ("model", "version", "metric")] == ["again", 2, "log_loss"]
        with pytest.raises(adbc_driver_manager.Error, match="does not have log_loss < 0"):
            rows(other, "ASSERT MODEL again HAS log_loss < 0")
    with db.cursor() as cursor:
        cursor.execute("DROP MODEL again")


def test_a_prediction_is_what_it_is_in_process(server: Server, prepared: Any, db: flightsql.Connection) -> None:
    sql = "SELECT * EXCLUDE (predicted_churned_probabilities) FROM PREDICT(MODEL churn, TABLE customers) WHERE age < ?"
    with sqlml.connect(prepared, read_only=True) as local:
        assert rows(db, sql, [40]) == local.execute(sql, [40]).fetchall()
    with db.cursor() as cursor:
        cursor.execute("PREDICT churn FROM customers")
        assert cursor.fetch_arrow_table().num_rows == 400


def test_many_rows_of_values_change_rows_together_or_not_at_all(db: flightsql.Connection) -> None:
    with db.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE many (i INTEGER NOT NULL, s VARCHAR)")
        cursor.executemany("INSERT INTO many VALUES (?, ?)", [(1, "a"), (2, None), (3, "c")])
        assert cursor.rowcount == 3
        with pytest.raises(adbc_driver_manager.Error, match="NOT NULL"):
            cursor.executemany("INSERT INTO many VALUES (?, ?)", [(4, "d"), (None, "e")])
    assert rows(db, "FROM many ORDER BY i") == [(1, "a"), (2, None), (3, "c")]


def test_transactions_are_kept_apart_and_end_as_they_are_told(server: Server) -> None:
    with server.adbc() as other, server.adbc(autocommit=False) as db, db.cursor() as cursor:
        cursor.execute("CREATE TABLE staged AS SELECT 1 AS i")
        assert rows(db, "FROM staged") == [(1,)]
        assert rows(other, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'staged'") == [(0,)]
        db.rollback()
        cursor.execute("CREATE TABLE staged AS SELECT 2 AS i")
        db.commit()
        assert rows(other, "FROM staged") == [(2,)]
        cursor.execute("DROP TABLE staged")
        db.commit()


def test_a_model_is_rolled_back_with_its_transaction(server: Server) -> None:
    with server.adbc("trainer", autocommit=False) as db:
        made = rows(db, "CREATE MODEL passing PREDICT churned WITH (max_trials = 1) AS FROM customers")
        assert made[0][0] == "passing"
        assert len(rows(db, "PREDICT passing FROM customers LIMIT 3")) == 3
        db.rollback()
        assert rows(db, "SELECT count(*) FROM sqlml.models WHERE model_name = 'passing'") == [(0,)]


def test_two_results_are_read_side_by_side(db: flightsql.Connection) -> None:
    with db.cursor() as one, db.cursor() as other:
        one.execute("FROM range(1000000)")
        assert one.fetchone() == (0,)
        other.execute("FROM range(3)")
        assert other.fetchall() == [(0,), (1,), (2,)]
        assert one.fetchone() == (1,)


def test_in_a_transaction_a_half_read_result_gives_way(server: Server) -> None:
    with server.adbc(autocommit=False) as db, db.cursor() as one, db.cursor() as other:
        one.execute("FROM range(100000000)")
        assert one.fetchone() == (0,)
        other.execute("SELECT 7")
        assert other.fetchall() == [(7,)]
        one.execute("FROM range(100000000)")
        one.fetchone()
        one.close()
        other.execute("SELECT 8")
        assert other.fetchall() == [(8,)]


@pytest.mark.parametrize("depth", ["catalogs", "db_schemas", "tables", "all"])
def test_what_there_is_is_told_to_any_depth(db: flightsql.Connection, depth: Any) -> None:
    (catalog,) = db.adbc_get_objects(depth=depth).read_all().to_pylist()
    assert catalog["catalog_name"] == "shop"
    if depth == "catalogs":
        return
    schemas = {schema["db_schema_name"]: schema["db_schema_tables"] for schema in catalog["catalog_db_schemas"]}
    assert {"main", "sqlml"} <= set(schemas)
    if depth == "db_schemas":
        return
    tables = {(table["table_name"], table["table_type"]): table["table_columns"] for table in schemas["main"]}
    assert {("customers", "TABLE"), ("young", "VIEW"), ("churn", "MODEL")} <= set(tables)
    if depth == "all":
        assert [c["column_name"] for c in tables["churn", "MODEL"]] == [
            "age",
            "plan",
            "predicted_churned",
            "predicted_churned_probability",
            "predicted_churned_probabilities",
        ]
        assert [c["xdbc_type_name"] for c in tables["customers", "TABLE"]] == ["BIGINT", "BIGINT", "VARCHAR", "BOOLEAN"]


def test_a_table_is_described_whatever_its_name(db: flightsql.Connection) -> None:
    schema = db.adbc_get_table_schema("a_b%c", db_schema_filter="main")
    assert [(field.name, field.type, field.nullable) for field in schema] == [
        ("i", pa.int32(), False),
        ("select", pa.string(), False),
    ]
    assert db.adbc_get_table_schema("churn").names[:2] == ["age", "plan"]
    with pytest.raises(adbc_driver_manager.Error):
        db.adbc_get_table_schema("nowhere")
    assert db.adbc_get_table_types() == ["MODEL", "TABLE", "VIEW"]
    assert db.adbc_get_info()["vendor_name"] == "sqlml"


def test_rows_are_taken_into_tables(server: Server, db: flightsql.Connection) -> None:
    some = pa.table({"i": [1, 2], "s": ["a", None]})
    with db.cursor() as cursor:
        assert cursor.adbc_ingest("taken", some, mode="create") == 2
        with pytest.raises(adbc_driver_manager.Error, match="already exists"):
            cursor.adbc_ingest("taken", some, mode="create")
        cursor.adbc_ingest("taken", some, mode="append")
        assert rows(db, "SELECT count(*) FROM taken") == [(4,)]
        cursor.adbc_ingest("taken", pa.table({"x": [1.5]}), mode="replace")
        assert rows(db, "FROM taken") == [(1.5,)]
        cursor.adbc_ingest("taken", pa.table({"x": [2.5]}), mode="create_append")
        assert rows(db, "SELECT sum(x) FROM taken") == [(4.0,)]
        with pytest.raises(adbc_driver_manager.Error, match="does not exist"):
            cursor.adbc_ingest("absent", some, mode="append")
    with server.adbc(autocommit=False) as staged, staged.cursor() as cursor:
        cursor.adbc_ingest("taken", pa.table({"x": [9.0]}), mode="append")
        staged.rollback()
        assert rows(staged, "SELECT sum(x) FROM taken") == [(4.0,)]
    with db.cursor() as cursor:
        cursor.execute("DROP TABLE taken")


def test_a_token_is_enough(server: Server) -> None:
    bearer = {"adbc.flight.sql.authorization_header": f"Bearer {TOKEN}"}
    with server.adbc(None, **bearer) as db:
        assert rows(db, "SELECT 42") == [(42,)]
        with pytest.raises(adbc_driver_manager.Error, match="not allowed"), db.cursor() as cursor:
            cursor.execute("DROP TABLE customers")


@pytest.mark.parametrize(
    "options",
    [
        {"username": "admin", "password": "wrong"},
        {"username": "nobody", "password": PASSWORD},
        {"adbc.flight.sql.authorization_header": "Bearer a-token-that-is-none"},
        {"adbc.flight.sql.authorization_header": "Basic %%%"},
        {"adbc.flight.sql.authorization_header": "Negotiate abc"},
        {},
    ],
)
def test_who_is_unknown_gets_nothing(server: Server, options: dict[str, str]) -> None:
    with pytest.raises(adbc_driver_manager.Error, match="is not right"), server.adbc(None, **options) as db:
        rows(db, "SELECT 42")


def test_a_cancelled_statement_ends_at_once(server: Server, db: flightsql.Connection) -> None:
    slow = "SELECT count(*) FROM range(300000) a, range(300000) b WHERE hash(a.range, b.range) = 7"
    with db.cursor() as cursor, ThreadPoolExecutor(1) as aside:
        running = aside.submit(cursor.execute, slow)
        assert until(lambda: server.at.runner.running() > 0)
        started = monotonic()
        cursor.adbc_cancel()
        with pytest.raises(adbc_driver_manager.Error):
            running.result(timeout=30)
        assert until(lambda: server.at.runner.running() == 0)
        assert monotonic() - started < 2
    assert rows(db, "SELECT 1") == [(1,)]


def test_a_training_that_is_cancelled_ends_at_once_and_leaves_no_model(server: Server) -> None:
    training = (
        "CREATE MODEL endless PREDICT churned WITH (max_runtime = '10 minutes', effort = 'best') AS FROM customers"
    )
    with server.adbc("trainer") as db, db.cursor() as cursor, ThreadPoolExecutor(1) as aside:
        running = aside.submit(cursor.execute, training)
        assert until(lambda: children() != [])
        started = monotonic()
        cursor.adbc_cancel()
        with pytest.raises(adbc_driver_manager.Error):
            running.result(timeout=30)
        assert until(lambda: server.at.runner.running() == 0 and children() == [])
        assert monotonic() - started < 2
        assert rows(db, "SELECT count(*) FROM sqlml.models WHERE model_name = 'endless'") == [(0,)]


def test_wide_batches_fit_into_messages(db: flightsql.Connection) -> None:
    wide = ", ".join(f"range * {n}.5::DOUBLE AS c{n}" for n in range(100))
    with db.cursor() as cursor:
        cursor.execute(f"SELECT {wide} FROM range(100000)")
        assert cursor.fetch_arrow_table().num_rows == 100_000


def test_types_that_clients_lack_go_as_those_they_have(db: flightsql.Connection) -> None:
    assert rows(db, "FROM moods") == [("glad", ["glad"], {"m": "glad"}, Decimal(5))]
    assert rows(db, "SELECT 1::UNION(a INTEGER, b VARCHAR) AS u, 12345678901234567890123::BIGNUM AS b") == [
        ("1", "12345678901234567890123")
    ]


def test_sixteen_clients_read_at_once(server: Server) -> None:
    def one(number: int) -> int:
        with server.adbc("reader") as db:
            return rows(db, f"SELECT sum(range) FROM range({number * 1000})")[0][0]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(one, range(1, 33))) == [sum(range(n * 1000)) for n in range(1, 33)]


def test_an_error_has_its_place_and_no_word_of_the_machine(db: flightsql.Connection) -> None:
    for sql in ("PREDICT nothing FROM customers", "SELECT nope FROM customers", "CREATE MODLE x", "SELECT 1; SELECT 2"):
        with pytest.raises(adbc_driver_manager.Error) as caught:
            rows(db, sql)
        told = str(caught.value)
        assert "MORE: sqlml help" in told
        assert not any(word in told for word in ("Traceback", ".py", "pyarrow", "/usr", "/home", "Exception"))
