"""What statements leave behind when they are over, however they ended: nothing that holds a connection."""

import gc
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow.flight as flight
import pytest

import sqlml
from sqlml.engine.database import Inner
from sqlml.serve.messages import bare
from tests.serve.conftest import Server
from tests.serve.raw import Raw

LATE = "range::VARCHAR || CASE WHEN range > 90000 THEN 'x' ELSE '' END"
STATEMENTS = {
    "done": "SELECT count(*) FROM PREDICT(MODEL churn, TABLE customers)",
    "not parsed": "SELEC 1",
    "misspelt": "CREATE MODLE m PREDICT churned AS FROM customers",
    "not bound": "SELECT nope FROM customers",
    "no model": "PREDICT nope FROM customers",
    "not allowed": "COPY customers TO 'x'",
    "failed at once": "SELECT 'x'::INTEGER",
    "failed late": f"SELECT s::INTEGER FROM (SELECT {LATE} AS s FROM range(100000))",
    "no training": "CREATE MODEL m PREDICT churned AS SELECT true AS churned FROM customers",
}


@contextmanager
def lost() -> Iterator[list[object]]:
    """Holds, after the block, what nobody let go of in it: only the collector of garbage found it."""
    found: list[object] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("sql", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_lets_go_of_its_connection(raw: Raw, sql: str) -> None:
    raw.query("SELECT 1")
    with lost() as found:
        try:
            raw.query(sql)
        except flight.FlightError as error:
            ended = type(error)
            del error
        else:
            ended = None
    assert (ended is None) == (sql == STATEMENTS["done"])
    kinds = (sqlml.Connection, Inner, BaseException)
    assert [one for one in found if isinstance(one, kinds)] == []


def test_a_result_that_is_left_lets_go_of_its_connection(server: Server) -> None:
    with server.raw() as client:
        client.query("SELECT 1")
        with lost() as found:
            info = client.info("CommandStatementQuery", query="FROM range(100000000)")
            reader = client.client.do_get(info.endpoints[0].ticket, client.options)
            reader.read_chunk()
            reader.cancel()
            del reader
            client.action("CloseSession", bare("CloseSessionRequest"))
    assert [one for one in found if isinstance(one, (sqlml.Connection, Inner))] == []


def test_a_process_that_served_has_nothing_to_say_of_it_at_its_end() -> None:
    command = [sys.executable, "-m", "sqlml", "serve", ":memory:", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        location = json.loads(process.stdout.readline())["location"]
        with Raw(location, "local", "") as client:
            for sql in STATEMENTS.values():
                with pytest.raises(flight.FlightError):
                    client.query(sql)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [line for line in log.splitlines() if not line.startswith("{")] == []
