"""Sixteen clients for a minute, well and badly behaved: `python tests/bench/load.py [--seconds 60] [--rounds 1]`.

They select, predict, evaluate, train, cancel, stall in the middle of rows, hurry and are killed, as in the test of the
same, which lasts seconds. Any wrong row or error that is not one of a server at its limits ends the run. Told are how
the acts ended, how long those took that were answered, and what the server had of memory and threads before, at most
and after each round: it has to come back to what it had, and not to have more with every round.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from figures import machine, spread  # noqa: E402
from serve import served  # noqa: E402

from sqlml.serve.messages import bare  # noqa: E402
from tests.faults.patient import prepared, until  # noqa: E402
from tests.serve.clients import act, ask, die, evaluate, hurry, leave, predict, stall, train  # noqa: E402
from tests.serve.raw import Raw  # noqa: E402

# What memory has to come back to, in that of before.
_BACK = 1.1
ACTS = {ask: 40, predict: 40, evaluate: 20, leave: 40, stall: 20, hurry: 40, die: 2, train: 4}


def state(process: int) -> tuple[int, int]:
    """The megabytes and the threads that a process has."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["VmRSS"].split()[0]) >> 10, int(fields["Threads"])


def client(location: str, seed: int, over: float) -> tuple[Counter[str], dict[str, list[float]]]:
    """What one client did until it was over, and how long what was answered took."""
    ends: Counter[str] = Counter()
    took: dict[str, list[float]] = defaultdict(list)
    rng = random.Random(seed)

    def timed(chosen: Callable[[Raw, random.Random], str]) -> Callable[[Raw, random.Random], str]:
        def run(one: Raw, rng: random.Random) -> str:
            began = time.perf_counter()
            ended = chosen(one, rng)
            if ended in ("answered", "trained"):
                took[chosen.__name__].append(time.perf_counter() - began)
            return ended

        return run

    acts = {timed(chosen): weight for chosen, weight in ACTS.items()}
    with Raw(location, "local", "") as one:
        while time.monotonic() < over:
            ends[act(one, rng, acts)] += 1
        one.action("CloseSession", bare("CloseSessionRequest"))
    return ends, took


def warm(location: str, clients: int) -> None:
    """Has the server load what it loads when it is first asked, and begin the threads that it keeps."""

    def one(number: int) -> None:
        with Raw(location, "local", "") as client:
            for chosen in (ask, predict, evaluate):
                chosen(client, random.Random(number))
            if number == 0:
                train(client, random.Random(number))
            client.action("CloseSession", bare("CloseSessionRequest"))

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(clients)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    print(machine("pyarrow"))
    with tempfile.TemporaryDirectory() as home:
        database = Path(home) / "served.duckdb"
        prepared(database)
        with served(database) as (location, process):
            warm(location, args.clients)
            for _ in range(args.rounds):
                loaded(location, process, args.clients, args.seconds)


def loaded(location: str, process: int, clients: int, seconds: float) -> None:
    """One round, and what is to be told of it."""
    before = most = state(process)
    over = time.monotonic() + seconds
    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(client, location, seed, over) for seed in range(clients)]
        while not all(one.done() for one in running):
            most = max(most, state(process))
            time.sleep(0.1)
    told = [one.result() for one in running]
    ended = time.monotonic()
    is_back = until(lambda: state(process)[1] <= before[1] + 2)
    after = state(process)
    # Allocators give back what is free little by little.
    until(lambda: state(process)[0] <= before[0] * _BACK)
    rested = f"{state(process)[0]} {time.monotonic() - ended:.0f} s later"
    print("how acts ended:", dict(sum((ends for ends, _ in told), Counter())))
    for name in (chosen.__name__ for chosen in ACTS):
        values = sorted(value for _, took in told for value in took.get(name, []))
        if values:
            rare = values[int(len(values) * 0.99)] * 1000
            print(f"{name}: {len(values)}, {spread(values, 'ms', 1000)}, p99 {rare:.0f} ms")
    print(f"megabytes: {before[0]} before, {most[0]} at most, {after[0]} after, {rested}")
    print(f"threads: {before[1]} before, {after[1]} after{'' if is_back else ', which are left'}", flush=True)


if __name__ == "__main__":
    main()
