"""Many clients at once, that leave in the middle, stop reading or are cut off: the server outlives them all."""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pyarrow.flight as flight
import pytest

from sqlml.serve.limits import Limits
from tests.faults.patient import until
from tests.serve.conftest import Server
from tests.serve.raw import Raw

CLIENTS = 16


@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_clients_that_come_and_go_as_they_like_do_no_harm(serve: Callable[..., Server], seconds: float) -> None:
    server = serve(Limits(grace=0, result_idle=1))
    memory = resident()
    over = monotonic() + seconds

    def client(number: int) -> Counter[str]:
        told: Counter[str] = Counter()
        rng = random.Random(number)
        with server.raw() as one:
            while monotonic() < over:
                told[act(one, rng)] += 1
        return told

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = sum(pool.map(client, range(CLIENTS)), Counter())
    assert set(told) <= {"answered", "left", "refused"}, told
    assert told["answered"] > CLIENTS
    assert told["left"] > 0
    with server.raw() as other:
        assert other.query("SELECT count(*) AS n FROM customers").to_pylist() == [{"n": 400}]
    server.at.sessions.close_all()
    assert until(lambda: server.at.runner.running() == 0)
    assert until(lambda: [thread for thread in threading.enumerate() if thread.name == "result"] == [])
    assert resident() - memory < 500 << 20


def act(client: Raw, rng: random.Random) -> str:
    """One thing that a client does, and how it ended."""
    try:
        return rng.choice([ask, predict, leave, stall, hurry])(client, rng)
    except (flight.FlightCancelledError, flight.FlightTimedOutError):
        return "left"
    except flight.FlightUnavailableError:
        return "refused"


def ask(client: Raw, rng: random.Random) -> str:
    rows = rng.randrange(1, 300_000)
    table = client.query(f"SELECT range AS i FROM range({rows})")
    assert table.num_rows == rows
    assert table["i"][rows - 1].as_py() == rows - 1
    return "answered"


def predict(client: Raw, rng: random.Random) -> str:
    assert client.query("SELECT predicted_churned FROM PREDICT(MODEL churn, TABLE customers)").num_rows == 400
    return "answered"


def leave(client: Raw, rng: random.Random) -> str:
    """Reads a little of much, and goes."""
    info = client.info("CommandStatementQuery", query="FROM range(1000000000)")
    reader = client.client.do_get(info.endpoints[0].ticket, client.options)
    for _ in range(rng.randrange(3)):
        reader.read_chunk()
    reader.cancel()
    return "left"


def stall(client: Raw, rng: random.Random) -> str:
    """Asks for much and never fetches it."""
    client.info("CommandStatementQuery", query="FROM range(1000000000)")
    return "left"


def hurry(client: Raw, rng: random.Random) -> str:
    """Waits for a short while only."""
    slow = "SELECT count(*) FROM range(100000) a, range(100000) b WHERE hash(a.range, b.range) = 7"
    client.hurried(slow, rng.uniform(0.01, 0.2))
    return "answered"


def resident() -> int:
    """The bytes of memory that this process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
