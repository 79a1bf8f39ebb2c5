"""What clients do to a server, well and badly behaved: each act returns how it ended."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.flight as flight

from tests.serve.raw import Raw

ROOT = Path(__file__).parents[2]
# A client in a process of its own: it reads a little of much, says so, and waits for what becomes of it.
KILLED = """
import sys
import pyarrow.flight as flight
from tests.serve.raw import Raw
with Raw(*sys.argv[1:]) as client:
    info = client.info("CommandStatementQuery", query="FROM range(1000000000)")
    client.client.do_get(info.endpoints[0].ticket, client.options).read_chunk()
    print("reading", flush=True)
    sys.stdin.read()
"""
SLOW = "SELECT count(*) FROM range(100000) a, range(100000) b WHERE hash(a.range, b.range) = 7"
MANY = "FROM range(1000000000)"
# So many streams a client leaves half read.
HELD = 3
MODEL = "CREATE OR REPLACE MODEL {name} PREDICT churned WITH (max_trials = 1, max_runtime = '1 s') AS FROM customers"

Act = Callable[[Raw, random.Random], str]


def act(client: Raw, rng: random.Random, acts: dict[Act, int]) -> str:
    """One of the acts, each as often as its number says beside those of the others; how it ended.

    Raises:
        AssertionError: a row was wrong.
        FlightError: the server did what it must not.
    """
    try:
        (chosen,) = rng.choices(list(acts), list(acts.values()))
        return chosen(client, rng)
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
    least = rng.randrange(400)
    sql = "SELECT id, predicted_churned FROM PREDICT(MODEL churn, TABLE customers)"
    told = client.query(f"{sql} WHERE id >= {least} ORDER BY id")
    assert told["id"].to_pylist() == list(range(least, 400))
    assert told["predicted_churned"].null_count == 0
    return "answered"


def evaluate(client: Raw, rng: random.Random) -> str:
    told = client.query("EVALUATE churn FROM customers")
    assert set(told["rows"].to_pylist()) == {400}
    assert "roc_auc" in told["metric"].to_pylist()
    return "answered"


def train(client: Raw, rng: random.Random) -> str:
    """Trains a model, unless another is quicker with the same."""
    name = f"loaded_{rng.randrange(3)}"
    try:
        told = client.query(MODEL.format(name=name))
    except flight.FlightServerError as error:
        if json.loads(error.extra_info)["condition"] != "version_made_meanwhile":
            raise
        return "overtaken"
    assert told["model"].to_pylist() == [name]
    return "trained"


def leave(client: Raw, rng: random.Random) -> str:
    """Reads a little of much, and goes."""
    info = client.info("CommandStatementQuery", query=MANY)
    reader = client.client.do_get(info.endpoints[0].ticket, client.options)
    for _ in range(rng.randrange(3)):
        reader.read_chunk()
    reader.cancel()
    return "left"


def stall(client: Raw, rng: random.Random) -> str:
    """Asks for much and never fetches it, or stops in the middle and never says so."""
    info = client.info("CommandStatementQuery", query=MANY)
    if rng.random() < 0.5 and len(client.held) < HELD:
        client.held.append(client.client.do_get(info.endpoints[0].ticket, client.options))
        client.held[-1].read_chunk()
    return "left"


def hurry(client: Raw, rng: random.Random) -> str:
    """Waits for a short while only."""
    client.hurried(SLOW, rng.uniform(0.01, 0.2))
    return "answered"


def die(client: Raw, rng: random.Random) -> str:
    """Is killed while it reads."""
    command = [sys.executable, "-c", KILLED, *client.address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as other:
        assert other.stdout
        began = other.stdout.readline()
        os.kill(other.pid, signal.SIGKILL)
    return "killed" if began else "refused"
