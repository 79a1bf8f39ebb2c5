"""Rows over the loopback beside rows in process, a small query over ADBC, and PREDICT over the loopback.

    python tests/bench/serve.py [--rows 10000000] [--turns 5] [--queries 200]

The server is a process of its own, the clients ADBC's own driver and that of pyarrow; in process, the same rows are
read from a copy of the database. Bare is what the transport itself takes: a server that sends what DuckDB computes and
does nothing else, asked by pyarrow. The sides run in turn. Medians, and in brackets the tenth and ninetieth percentile,
or the extremes of few. The bounds: 10 M rows that are computed in at most twice the time of the reader in process (rows
that lie ready it hands over where they lie, which no transport can), a small query in at most 10 ms, PREDICT in at most
1.2 times its time in process; and 99 of 100 small queries in 500 ms while four clients read the table and a model is
trained.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import adbc_driver_flightsql.dbapi as flightsql
import duckdb
import pyarrow as pa
import pyarrow.flight as flight
from figures import interleaved, machine, seconds, spread

import sqlml
from sqlml.serve.messages import wrapped

_BATCH, _BARE = 100_000, 61_440
_EXPORTS = 4
COMPUTED = "SELECT i, i * 0.5 AS a, (i % 100)::INTEGER AS b, hash(i) % 1000000 AS c FROM range({}) r(i)"
MODEL = "CREATE MODEL m PREDICT y WITH (max_runtime = '10 seconds') AS SELECT a, b, c, y FROM t LIMIT 20000"


def table(db: sqlml.Connection, rows: int) -> None:
    db.execute(
        "CREATE TABLE t AS SELECT i AS id, hash(i) % 1000 AS a, hash(i, 1) / 1e19 AS b, hash(i, 2) % 50 AS c,"
        f" 'customer ' || hash(i, 3) % 1000000 AS name, hash(i) % 1000 + hash(i, 2) % 50 > 500 AS y"
        f" FROM range({rows}) r(i)"
    )
    db.execute(MODEL)


@contextmanager
def served(database: Path) -> Iterator[tuple[str, int]]:
    """A server in a process of its own: where it listens, and the number of the process."""
    command = [sys.executable, "-m", "sqlml", "serve", str(database), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline())["location"], process.pid
        finally:
            process.terminate()


def in_process(db: sqlml.Connection, sql: str) -> int:
    return sum(batch.num_rows for batch in db.sql(sql).to_arrow_reader(_BATCH))


def by_adbc(db: flightsql.Connection, sql: str) -> int:
    with db.cursor() as cursor:
        cursor.execute(sql)
        return sum(batch.num_rows for batch in cursor.fetch_record_batch())


def by_pyarrow(client: flight.FlightClient, options: flight.FlightCallOptions, sql: str) -> int:
    command = flight.FlightDescriptor.for_command(wrapped("CommandStatementQuery", query=sql))
    info = client.get_flight_info(command, options)
    return sum(chunk.data.num_rows for chunk in client.do_get(info.endpoints[0].ticket, options))


class Bare(flight.FlightServerBase):  # type: ignore[misc]
    """Sends the rows of the statement that a ticket is."""

    def __init__(self, database: str) -> None:
        super().__init__("grpc://127.0.0.1:0")
        self._db = duckdb.connect(database, read_only=True)

    def do_get(self, _: flight.ServerCallContext, ticket: flight.Ticket) -> flight.RecordBatchStream:
        rows = self._db.cursor().sql(ticket.ticket.decode()).to_arrow_reader(_BARE)
        return flight.RecordBatchStream(pa.RecordBatchReader.from_batches(rows.schema, iter(rows)))


@contextmanager
def bare(database: Path) -> Iterator[flight.FlightClient]:
    """A client of such a server, which is a process of its own."""
    command = [sys.executable, __file__, "--bare", str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            with flight.connect(f"grpc://127.0.0.1:{int(process.stdout.readline())}") as client:
                yield client
        finally:
            process.terminate()


def by_bare(client: flight.FlightClient, sql: str) -> int:
    return sum(chunk.data.num_rows for chunk in client.do_get(flight.Ticket(sql.encode())))


@contextmanager
def load(location: str) -> Iterator[None]:
    """While the block lasts, four clients read the whole table again and again, and a model is trained."""
    over = Event()

    def export() -> None:
        with flight.connect(location) as client:
            while not over.is_set():
                by_pyarrow(client, flight.FlightCallOptions(), "FROM t")

    def train() -> None:
        with flightsql.connect(location, autocommit=True) as db, db.cursor() as cursor:
            cursor.execute(MODEL.replace("CREATE MODEL m", "CREATE OR REPLACE MODEL loaded"))

    with ThreadPoolExecutor(_EXPORTS + 1) as pool:
        for work in [export] * _EXPORTS + [train]:
            pool.submit(work)
        try:
            yield
        finally:
            over.set()


def row(took: list[list[float]]) -> str:
    """The cells of a table: the first side, and each other one with how many times as long it took."""
    cells = [spread(took[0])]
    for one in took[1:]:
        cells += [spread(one), f"{statistics.median(b / a for a, b in zip(took[0], one, strict=True)):.2f}"]
    return " | ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.bare:
        server = Bare(args.bare)
        print(server.port, flush=True)
        server.serve()
    print(machine("pyarrow", "adbc-driver-flightsql"))
    with tempfile.TemporaryDirectory() as home:
        shared, copy, other = (Path(home) / f"{name}.duckdb" for name in ("served", "local", "bare"))
        with sqlml.connect(shared) as db:
            table(db, args.rows)
        shutil.copy(shared, copy)
        shutil.copy(shared, other)
        with (
            served(shared) as (location, _),
            sqlml.connect(copy) as local,
            flightsql.connect(location, autocommit=True) as adbc,
            bare(other) as least,
        ):
            client, options = flight.connect(location), flight.FlightCallOptions()
            sides = [partial(in_process, local), partial(by_pyarrow, client, options), partial(by_adbc, adbc)]
            print("| what | in process | bare | ratio | pyarrow | ratio | ADBC | ratio |")
            print("|---|---|---|---|---|---|---|---|")
            with_bare = [sides[0], partial(by_bare, least), *sides[1:]]
            for sql in ("SELECT a, b, c, id FROM t", "SELECT name, a, b, id FROM t", COMPUTED.format(args.rows)):
                took = interleaved(args.turns, *(partial(side, sql) for side in with_bare))
                print(f"| {sql} | {row(took)} |", flush=True)
            sql = f"SELECT id, predicted_y FROM PREDICT(MODEL m, (FROM t LIMIT {args.rows // 10}))"
            first, *others = row(interleaved(args.turns, *(partial(side, sql) for side in sides))).split(" | ")
            print(f"| PREDICT a tenth | {' | '.join([first, '', '', *others])} |", flush=True)
            small = interleaved(args.queries, *(partial(side, "SELECT 42") for side in sides))
            cells = [spread(took, "ms", 1000) for took in small]
            print(f"| SELECT 42 | {cells[0]} | | | {cells[1]} | | {cells[2]} | |")
            with load(location):
                loaded = sorted(seconds(partial(by_adbc, adbc, "SELECT 42")) for _ in range(args.queries))
            most = loaded[int(len(loaded) * 0.99)] * 1000
            print(
                f"\nSELECT 42 over ADBC beside {_EXPORTS} exports and a training: {spread(loaded, 'ms', 1000)},",
                end=" ",
            )
            print(f"p99 {most:.0f} ms")


if __name__ == "__main__":
    main()
