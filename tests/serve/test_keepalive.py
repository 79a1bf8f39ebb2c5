"""What goes over the wire while nothing is to be told."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread

import pyarrow.flight as flight
import pytest

from sqlml.serve import results
from sqlml.serve.keepalive import sockets
from tests.faults.patient import until
from tests.serve.conftest import PASSWORD, Server
from tests.serve.raw import Raw

# Its first rows, more than DuckDB computes before any is asked for, come at once, and then none for minutes.
SILENT = "FROM range(100000000000) t(i) WHERE i < 3000000 OR hash(i) = 7"


class Relay:
    """Passes on what a client and a server send, and counts the bytes that the server does."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.sent = 0
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                Thread(target=self._pass, args=(near, far, False), daemon=True).start()
                Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
                self.sent += len(piece) * counts
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def server(serve: Callable[..., Server]) -> Server:
    """A server with one thread, which computes what a statement asks for in the order in which it does."""
    return serve(settings={"threads": 1})


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    found = Relay(server.at.port)
    yield found
    found.close()


def test_a_result_that_takes_long_is_never_silent(
    server: Server, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "_SILENT", 0.1)
    with Raw(f"grpc://127.0.0.1:{relay.port}", "reader", PASSWORD) as client, ThreadPoolExecutor(1) as aside:
        info = client.info("CommandStatementQuery", query=SILENT)
        reader = client.client.do_get(info.endpoints[0].ticket, client.options)
        seen: list[int] = []

        def read() -> None:
            with suppress(flight.FlightError, StopIteration):
                while True:
                    seen.append(reader.read_chunk().data.num_rows)

        reading = aside.submit(read)
        assert until(lambda: seen.count(0) >= 3)
        before = relay.sent
        assert until(lambda: relay.sent > before + 100)
        assert sum(seen) <= 3_000_000
        reader.cancel()
        reading.result(timeout=30)
    assert until(lambda: server.at.runner.running() == 0)


def test_batches_without_rows_change_no_result(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_SILENT", 0.0)
    with server.raw("reader") as client:
        slow = "SELECT count(*) FILTER (hash(a.range, b.range) = 7) AS n FROM range(30000) a, range(1000) b"
        assert client.query(f"SELECT range AS n FROM range(5) UNION ALL {slow}").num_rows == 6
    with server.adbc("reader") as db, db.cursor() as cursor:
        cursor.execute(f"SELECT range AS n FROM range(200000) UNION ALL {slow}")
        assert len(cursor.fetchall()) == 200_001


def test_the_system_asks_silent_clients_whether_they_are_there(server: Server) -> None:
    with server.raw("reader") as client:
        assert client.query("SELECT 1 AS one").to_pylist() == [{"one": 1}]
        asks = [one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for one in sockets(server.at.port)]
    assert len(asks) >= 2
    assert set(asks) == {1}
    assert server.log.of("listening")[0]["keepalive"] is True
