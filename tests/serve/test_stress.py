"""Many clients at once, that leave in the middle, stop reading or are cut off: the server outlives them all."""

import gc
import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from time import monotonic

import pyarrow as pa
import pytest

from sqlml.serve.limits import Limits
from tests.faults.patient import until
from tests.serve.clients import act, ask, die, evaluate, hurry, leave, predict, stall, train
from tests.serve.conftest import Server

CLIENTS = 16
ACTS = {ask: 4, predict: 4, evaluate: 2, leave: 4, stall: 2, hurry: 4, die: 1, train: 1}


@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_clients_that_come_and_go_as_they_like_do_no_harm(serve: Callable[..., Server], seconds: float) -> None:
    server = serve(Limits(grace=0, result_idle=1))

    def client(number: int, over: float) -> Counter[str]:
        told: Counter[str] = Counter()
        rng = random.Random(number)
        with server.raw() as one:
            while monotonic() < over:
                told[act(one, rng, ACTS)] += 1
        return told

    def load(seconds: float) -> Counter[str]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return sum(pool.map(client, range(CLIENTS), repeat(monotonic() + seconds)), Counter())

    # What is kept for the next time, by server and clients alike, is kept from the first time on.
    load(1)
    memory = resident()
    told = load(seconds)
    assert set(told) <= {"answered", "left", "refused", "trained", "overtaken", "killed"}, told
    assert told["answered"] > CLIENTS
    assert told["left"] > 0
    assert told["trained"] > 0
    assert told["killed"] > 0
    with server.raw() as other:
        assert other.query("SELECT count(*) AS n FROM customers").to_pylist() == [{"n": 400}]
    server.at.sessions.close_all()
    assert until(lambda: server.at.runner.running() == 0)
    assert until(lambda: [thread for thread in threading.enumerate() if thread.name == "result"] == [])
    assert until(lambda: resident() - memory < 500 << 20)


def resident() -> int:
    """The bytes of memory that this process has, without those that it keeps and does not use."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
