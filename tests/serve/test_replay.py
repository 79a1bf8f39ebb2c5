"""The messages that the JDBC driver sends, in its order, and what it must find in the answers."""

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from sqlml.serve.actions import ACTIONS
from sqlml.serve.limits import Limits
from sqlml.serve.messages import bare, opened, read, wrapped
from sqlml.serve.sqlinfo import sqlinfo
from tests.serve.conftest import PASSWORD, Server
from tests.serve.raw import Raw

# Statements of every kind that have rows.
WITH_ROWS = [
    "SELECT 42 AS answer",
    "FROM moods",
    "SELECT id, age::DECIMAL(9, 2) AS d, plan, TIMESTAMP '2026-01-01' AS t, now() AS z FROM customers",
    "SELECT 1 AS a, 2 AS a, [1, NULL] AS l, {'x': 1} AS s, MAP {'k': 1} AS m, NULL AS n, INTERVAL 1 DAY AS i",
    "WITH RECURSIVE t AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM t WHERE i < 3) FROM t",
    "DESCRIBE customers",
    "SHOW TABLES",
    "SUMMARIZE customers",
    "EXPLAIN SELECT 1",
    "PREDICT churn FROM customers",
    "PREDICT churn WITH (flags = true) FROM customers",
    "SELECT predict(MODEL churn, customers) AS p FROM customers",
    "EVALUATE churn",
    "EVALUATE churn FROM customers",
    "EXPLAIN PREDICT churn FROM customers",
    "SHOW MODELS",
    "DESCRIBE MODEL churn",
    "SHOW TRIALS OF churn",
    "SHOW CREATE MODEL churn",
    "CREATE OR REPLACE MODEL again PREDICT churned WITH (max_trials = 1) AS FROM customers",
]
WITHOUT_ROWS = [
    "CREATE TABLE IF NOT EXISTS made (i INTEGER)",
    "INSERT INTO axbyc VALUES (?)",
    "DROP MODEL IF EXISTS nope",
]


def schema_of(serialized: bytes) -> pa.Schema:
    return pa.ipc.read_schema(pa.py_buffer(serialized))


@pytest.mark.parametrize("sql", WITH_ROWS)
def test_the_columns_of_rows_are_known_when_they_are_prepared(raw: Raw, sql: str) -> None:
    made = raw.prepare(sql)
    promised = schema_of(made.dataset_schema)
    assert not made.is_update
    info = raw.info("CommandPreparedStatementQuery", prepared_statement_handle=made.prepared_statement_handle)
    rows = raw.fetched(info)
    assert rows.schema.equals(promised, check_metadata=True)
    assert info.schema.equals(promised, check_metadata=True)
    assert not any(pa.types.is_dictionary(field.type) for field in promised)


@pytest.mark.parametrize("sql", WITHOUT_ROWS)
def test_a_statement_without_rows_is_an_update(raw: Raw, sql: str) -> None:
    made = raw.prepare(sql)
    assert (made.dataset_schema, made.is_update) == (b"", True)


def test_the_whole_course_of_a_statement_with_parameters(raw: Raw) -> None:
    made = raw.prepare("SELECT id FROM customers WHERE age < ? AND plan = ? AND TIMESTAMP '2026-01-01' < ?")
    handle = made.prepared_statement_handle
    wanted = schema_of(made.parameter_schema)
    assert [field.type for field in wanted] == [pa.int64(), pa.string(), pa.timestamp("ms")]
    values = pa.table([[20], ["pro"], pa.array([1_800_000_000_000], pa.timestamp("ms"))], schema=wanted)
    told = read(
        "DoPutPreparedStatementResult",
        raw.put("CommandPreparedStatementQuery", values, prepared_statement_handle=handle),
    )
    assert told.prepared_statement_handle == handle
    for _ in range(2):
        assert raw.table("CommandPreparedStatementQuery", prepared_statement_handle=handle).num_rows > 10
    raw.action(
        "ClosePreparedStatement", wrapped("ActionClosePreparedStatementRequest", prepared_statement_handle=handle)
    )
    with pytest.raises(flight.FlightError, match="no such prepared statement"):
        raw.info("CommandPreparedStatementQuery", prepared_statement_handle=handle)


def test_an_update_runs_once_for_each_row_of_a_batch(raw: Raw) -> None:
    raw.update("CREATE OR REPLACE TABLE batch (i INTEGER, s VARCHAR)")
    made = raw.prepare("INSERT INTO batch VALUES (?, ?)")
    values = pa.table([[1, 2, 3], ["a", None, "c"]], schema=schema_of(made.parameter_schema))
    handle = made.prepared_statement_handle
    told = raw.put("CommandPreparedStatementUpdate", values, prepared_statement_handle=handle)
    assert read("DoPutUpdateResult", told).record_count == 3
    assert raw.update("UPDATE batch SET s = 'x' WHERE i > 1") == 2
    assert raw.query("FROM batch ORDER BY i").to_pydict() == {"i": [1, 2, 3], "s": ["a", "x", "x"]}


@pytest.mark.parametrize("values", [pa.table({"a": [1]}), pa.table({"a": [1], "b": [2], "c": [3]}), None])
def test_values_that_do_not_fit_are_refused(raw: Raw, values: pa.Table | None) -> None:
    made = raw.prepare("SELECT ?::INTEGER, ?::INTEGER")
    if values is not None:
        raw.put("CommandPreparedStatementQuery", values, prepared_statement_handle=made.prepared_statement_handle)
    with pytest.raises(flight.FlightError, match="takes 2 parameters"):
        raw.info("CommandPreparedStatementQuery", prepared_statement_handle=made.prepared_statement_handle)


def test_parameters_with_names_are_sent_in_the_order_in_which_they_appear(raw: Raw) -> None:
    made = raw.prepare("SELECT $second::INTEGER AS a, $first::VARCHAR AS b")
    assert schema_of(made.parameter_schema).names == ["second", "first"]
    values = pa.table([[2], ["x"]], schema=schema_of(made.parameter_schema))
    raw.put("CommandPreparedStatementQuery", values, prepared_statement_handle=made.prepared_statement_handle)
    rows = raw.table("CommandPreparedStatementQuery", prepared_statement_handle=made.prepared_statement_handle)
    assert rows.to_pylist() == [{"a": 2, "b": "x"}]


def test_a_schema_is_told_without_running_anything(raw: Raw) -> None:
    assert raw.schema("CommandStatementQuery", query="SELECT error('run')::INTEGER AS i").names == ["i"]
    assert len(raw.schema("CommandStatementQuery", query="DROP TABLE customers")) == 0
    assert raw.query("SELECT count(*) AS n FROM customers").to_pydict() == {"n": [400]}


def test_a_transaction_is_seen_by_those_in_it(raw: Raw) -> None:
    transaction = raw.begin()
    raw.update("CREATE TABLE within AS SELECT 1 AS i", transaction_id=transaction)
    assert raw.query("FROM within", transaction_id=transaction).num_rows == 1
    with pytest.raises(flight.FlightError, match="does not exist"):
        raw.query("FROM within")
    raw.end(transaction, 2)
    with pytest.raises(flight.FlightError, match="no such transaction"):
        raw.query("SELECT 1", transaction_id=transaction)


@pytest.mark.parametrize(
    ("clause", "asked"),
    [
        ("SET TimeZone = 'Asia/Tokyo'", "SELECT current_setting('TimeZone')"),
        ("SET search_path = 'sqlml'", "SELECT current_schema()"),
        ("USE shop.sqlml", "SELECT current_schema()"),
        ("SET VARIABLE x = 7", "SELECT getvariable('x')"),
        ("CREATE TEMP TABLE mine AS SELECT 7 AS i", "SELECT count(*) FROM duckdb_tables() WHERE temporary"),
    ],
)
def test_what_a_session_sets_is_its_own(server: Server, clause: str, asked: str) -> None:
    with server.raw() as one, server.raw() as other:
        before = other.query(asked)
        one.update(clause)
        assert one.query(asked) != before
        assert other.query(asked) == before


def test_a_transaction_begun_in_sql_holds_for_the_session(raw: Raw) -> None:
    raw.update("BEGIN")
    raw.update("CREATE TABLE begun AS SELECT 1 AS i")
    assert raw.query("FROM begun").num_rows == 1
    raw.update("ROLLBACK")
    with pytest.raises(flight.FlightError, match="does not exist"):
        raw.query("FROM begun")


def test_a_session_is_asked_and_told_where_names_are_looked_for(raw: Raw) -> None:
    raw.update("CREATE SCHEMA IF NOT EXISTS other")
    assert read("SetSessionOptionsResult", raw.session_options(schema="other")).errors == []
    (answer,) = raw.action("GetSessionOptions", bare("GetSessionOptionsRequest"))
    told = {one.key: one.value.string_value for one in read("GetSessionOptionsResult", answer).session_options}
    assert told == {"catalog": "shop", "schema": "other"}
    wrong = read("SetSessionOptionsResult", raw.session_options(schema="absent", colour="red")).errors
    assert {one.key: one.value.value for one in wrong} == {"schema": 2, "colour": 1}
    raw.action("CloseSession", bare("CloseSessionRequest"))
    with pytest.raises(flight.FlightUnauthenticatedError):
        raw.query("SELECT 1")


def test_every_number_that_drivers_ask_for_is_answered_in_its_kind() -> None:
    answers = sqlinfo([], Limits())
    told = dict(
        zip(answers["info_name"].to_pylist(), answers["value"].combine_chunks().type_codes.to_pylist(), strict=True)
    )
    assert set(told) == {*range(12), 100, 101, *range(500, 577)}
    kinds = {
        0: {0, 1, 2, 6, 7, 504, 513, 514, 529, 530, 531},
        2: {*range(541, 556), *range(557, 563)},
        3: {8, 100, 101, 503, 505, 507, 522, 525, 526, 528, 533, 534, 535, 538, 540, 564, *range(567, 572)},
        4: set(range(508, 513)),
        5: {517},
    }
    for kind, numbers in kinds.items():
        assert {number for number, code in told.items() if code == kind} == numbers
    assert sqlinfo([8, 31337], Limits()).num_rows == 1


@pytest.mark.parametrize(
    ("command", "fields", "rows"),
    [
        ("CommandGetCatalogs", {}, [{"catalog_name": "shop"}]),
        (
            "CommandGetDbSchemas",
            {"db_schema_filter_pattern": "ma_n"},
            [{"catalog_name": "shop", "db_schema_name": "main"}],
        ),
        ("CommandGetDbSchemas", {"catalog": "absent"}, []),
        ("CommandGetTableTypes", {}, [{"table_type": "MODEL"}, {"table_type": "TABLE"}, {"table_type": "VIEW"}]),
        ("CommandGetExportedKeys", {"table": "customers"}, []),
        ("CommandGetImportedKeys", {"table": "customers"}, []),
        ("CommandGetCrossReference", {"pk_table": "customers", "fk_table": "axbyc"}, []),
    ],
)
def test_what_there_is_is_told_in_the_columns_that_are_asked_for(
    raw: Raw, command: str, fields: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    info = raw.info(command, **fields)
    table = raw.fetched(info)
    assert table.schema == info.schema == raw.schema(command, **fields)
    assert table.to_pylist() == rows


@pytest.mark.parametrize(
    ("pattern", "types", "found"),
    [
        ("a\\_b\\%c", [], ["a_b%c"]),
        ("a_b_c", [], ["a_b%c", "axbyc"]),
        ("c%", ["TABLE"], ["customers"]),
        ("c%", ["MODEL"], ["churn"]),
        ("customers", ["BASE TABLE", "VIEW"], ["customers"]),
        ("young", ["BASE TABLE"], []),
        ("", [], []),
    ],
)
def test_tables_are_found_by_pattern_and_type(raw: Raw, pattern: str, types: list[str], found: list[str]) -> None:
    fields = {"db_schema_filter_pattern": "main", "table_name_filter_pattern": pattern, "table_types": types}
    table = raw.table("CommandGetTables", **fields, include_schema=True)
    assert table["table_name"].to_pylist() == found
    assert set(table["table_type"].to_pylist()) <= set(types or ["TABLE", "VIEW", "MODEL"])
    assert all(schema_of(serialized).names for serialized in table["table_schema"].to_pylist())


def test_keys_and_types_are_told(raw: Raw) -> None:
    keys = raw.table("CommandGetPrimaryKeys", table="a_b%c").to_pylist()
    assert [(key["column_name"], key["key_sequence"]) for key in keys] == [("i", 1)]
    types = raw.table("CommandGetXdbcTypeInfo").to_pylist()
    assert [row["data_type"] for row in types] == sorted(row["data_type"] for row in types)
    assert {row["type_name"] for row in raw.table("CommandGetXdbcTypeInfo", data_type=12).to_pylist()} == {
        "UUID",
        "VARCHAR",
    }


@pytest.mark.parametrize("name", ["CancelFlightInfo", "CancelQuery"])
def test_a_result_is_cancelled_by_its_info(raw: Raw, name: str) -> None:
    info = raw.info("CommandStatementQuery", query="FROM range(1000000000)")
    reader = raw.client.do_get(info.endpoints[0].ticket, raw.options)
    assert reader.read_chunk().data.num_rows > 0
    serialized = info.serialize()
    body = (
        bare("CancelFlightInfoRequest", info=read("FlightInfo", serialized))
        if name == "CancelFlightInfo"
        else wrapped("ActionCancelQueryRequest", info=serialized)
    )
    (answer,) = raw.action(name, body)
    told = read("CancelFlightInfoResult", answer).status if name == "CancelFlightInfo" else opened(answer)[1].result
    assert told == 1
    with pytest.raises(flight.FlightCancelledError):
        drain(reader)


def drain(reader: flight.FlightStreamReader) -> None:
    """Reads to the end, or to what ends it; `read_all` makes a Ctrl-C of whatever was cancelled."""
    for _ in reader:
        pass


def test_the_actions_are_listed(raw: Raw) -> None:
    assert {action.type for action in raw.client.list_actions(raw.options)} == set(ACTIONS)


def test_a_handle_is_of_no_use_to_another_session(server: Server, raw: Raw) -> None:
    made, transaction = raw.prepare("SELECT 1"), raw.begin()
    info = raw.info("CommandStatementQuery", query="SELECT 'secret'")
    with server.raw() as other:
        with pytest.raises(flight.FlightError, match="no such result"):
            other.fetched(info)
        with pytest.raises(flight.FlightError, match="no such prepared statement"):
            other.info("CommandPreparedStatementQuery", prepared_statement_handle=made.prepared_statement_handle)
        with pytest.raises(flight.FlightError, match="no such transaction"):
            other.end(transaction, 1)


def test_a_failure_is_a_diagnostic_in_its_details(raw: Raw) -> None:
    with pytest.raises(flight.FlightServerError) as caught:
        raw.query("PREDICT nothing FROM customers")
    told = json.loads(caught.value.extra_info)
    assert (told["condition"], told["sqlstate"], told["line"], told["column"]) == ("model_unknown", "42704", 1, 9)


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN ANALYZE INSERT INTO axbyc VALUES (7)",
        "WITH x AS (INSERT INTO axbyc VALUES (7) RETURNING *) FROM x",
        "INSERT INTO axbyc VALUES (7) RETURNING i",
    ],
)
@pytest.mark.parametrize("begun", ["", "by message", "in SQL"])
def test_nothing_is_written_by_preparing_and_all_by_running(raw: Raw, sql: str, begun: str) -> None:
    fields = {"transaction_id": raw.begin()} if begun == "by message" else {}
    if begun == "in SQL":
        raw.update("BEGIN")
    raw.update("DELETE FROM axbyc", **fields)
    made = raw.prepare(sql, **fields)
    asked = "SELECT count(*) AS n FROM axbyc"
    assert raw.query(asked, **fields).to_pylist() == [{"n": 0}]
    if not begun:
        rows = raw.table("CommandPreparedStatementQuery", prepared_statement_handle=made.prepared_statement_handle)
        assert rows.num_rows == 1
        assert raw.query(asked).to_pylist() == [{"n": 1}]
    elif begun == "in SQL":
        raw.update("ROLLBACK")
    else:
        raw.end(fields["transaction_id"], 2)


def test_what_was_decided_for_the_user_comes_with_the_rows(raw: Raw) -> None:
    text = "CREATE OR REPLACE MODEL told PREDICT churned WITH (max_trials = 1) AS FROM customers"
    info = raw.info("CommandStatementQuery", query=text)
    told = [json.loads(line) for line in info.app_metadata.splitlines()]
    assert "`id` was left out" in told[0]["message"]
    assert raw.info("CommandStatementQuery", query="SELECT 1").app_metadata == b""
    assert raw.info("CommandStatementQuery", query="DROP MODEL IF EXISTS nope").app_metadata != b""


def test_rows_are_sent_once(raw: Raw) -> None:
    info = raw.info("CommandStatementQuery", query="FROM range(100000000)")
    reader = raw.client.do_get(info.endpoints[0].ticket, raw.options)
    assert reader.read_chunk().data.num_rows > 0
    with pytest.raises(flight.FlightError, match="no such result"):
        raw.fetched(info)
    reader.cancel()


def test_limits_hold(serve: Callable[..., Server]) -> None:
    narrow = Limits(results=2, prepared=3, transactions=1, text=1000, sessions=2, grace=0)
    server = serve(narrow)
    with server.raw() as client:
        for _ in range(2):
            client.info("CommandStatementQuery", query="FROM range(1000000)")
        with pytest.raises(flight.FlightUnavailableError, match="limit of 2 results"):
            client.query("SELECT 1")
    with server.raw() as client:
        for _ in range(3):
            client.prepare("SELECT 1")
        with pytest.raises(flight.FlightUnavailableError, match="limit of 3 prepared"):
            client.prepare("SELECT 1")
        client.begin()
        with pytest.raises(flight.FlightUnavailableError, match="limit of 1 transactions"):
            client.begin()
        with pytest.raises(flight.FlightError, match="longer than 1,000 bytes"):
            client.query("SELECT '" + "x" * 1000 + "'")
        with pytest.raises(flight.FlightUnavailableError, match="limit of 2 sessions"):
            Raw(server.at.location, "reader", PASSWORD)


def test_a_statement_that_takes_too_long_is_stopped(serve: Callable[..., Server]) -> None:
    server = serve(Limits(statement_seconds=0.2, grace=0))
    with server.raw() as client, pytest.raises(flight.FlightError, match="in time"):
        client.query("SELECT count(*) FROM range(300000) a, range(300000) b WHERE hash(a.range, b.range) = 7")


def test_what_is_left_alone_is_ended(serve: Callable[..., Server]) -> None:
    server = serve(Limits(result_idle=0, session_idle=0, prepared_idle=0, grace=0))
    with server.raw() as client:
        info = client.info("CommandStatementQuery", query="FROM range(1000000)")
        server.at.sessions.sweep()
        with pytest.raises(flight.FlightError):
            client.fetched(info)
        server.at.sessions.sweep()
        with pytest.raises(flight.FlightUnauthenticatedError):
            client.query("SELECT 1")
