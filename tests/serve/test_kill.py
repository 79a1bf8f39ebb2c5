"""A server that is killed while a client writes: whatever was said to be written is there, and nothing by halves."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.flight as flight
import pytest

import sqlml
from tests.faults.patient import until
from tests.serve.raw import Raw
from tests.serve.test_server import serving

# Enough in each write that the log of the database is taken into its file now and then, while it is written to.
ROWS = 20_000
TABLES = ("one", "other")

_WRITTEN = "SELECT number, count(*), bit_xor(drawn)::VARCHAR FROM {table} GROUP BY number ORDER BY number"


class Writer:
    """Writes the same rows into two tables again and again, each time in a transaction, until the server is gone."""

    def __init__(self, location: str, numbers: Iterator[int]) -> None:
        self.acknowledged: list[int] = []
        self._thread = Thread(target=self._write, args=(location, numbers))
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def _write(self, location: str, numbers: Iterator[int]) -> None:
        with suppress(flight.FlightError, pa.ArrowException), Raw(location, "local", "") as client:
            for number in numbers:
                transaction = client.begin()
                for table in TABLES:
                    drawn = f"SELECT {number}, hash(range, {number}) FROM range({ROWS})"
                    client.update(f"INSERT INTO {table} {drawn}", transaction_id=transaction)
                client.end(transaction, 1)
                self.acknowledged.append(number)


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_server_that_is_killed_while_it_writes_leaves_a_whole_database(tmp_path: Path, kills: int) -> None:
    database, numbers, rng = tmp_path / "shop.duckdb", count(), random.Random(kills)
    with sqlml.connect(database) as db:
        db.execute("; ".join(f"CREATE TABLE {table} (number INTEGER, drawn UBIGINT)" for table in TABLES))
    acknowledged: set[int] = set()
    for turn in range(kills):
        with serving(database) as (process, location):
            writer = Writer(location, numbers)
            enough = rng.randrange(1, 20)
            assert until(lambda writer=writer, enough=enough: len(writer.acknowledged) >= enough)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            writer.join()
        acknowledged |= set(writer.acknowledged)
        with sqlml.connect(database) as db:
            one, other = (db.execute(_WRITTEN.format(table=table)).fetchall() for table in TABLES)
        assert one == other
        assert {rows for _, rows, _ in one} == {ROWS}
        written = {number for number, _, _ in one}
        assert acknowledged <= written
        # What was being committed when the server was killed may be there: its client was not told.
        assert len(written - acknowledged) <= turn + 1
