"""Seconds from asking a statement to stop to its end: `python tests/bench/interrupts.py [TIMES]`.

Each job is a process of its own, `sqlml run` over a small database, that is told to end at a random moment.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.faults.patient import prepared  # noqa: E402
from tests.faults.test_interrupts import LONG  # noqa: E402

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def seconds(database: Path, statement: str, number: signal.Signals, after: float) -> float:
    """From the signal to the end of the process."""
    job = subprocess.Popen(
        [sys.executable, "-m", "sqlml", "run", "--db", str(database), "-c", statement],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(after)
    asked = time.perf_counter()
    job.send_signal(number)
    job.wait()
    return time.perf_counter() - asked


def main(times: int) -> None:
    moments = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "shop.duckdb"
        prepared(database)
        print(f"{'statement':10} {'signal':8} {'median':>8} {'most':>8}  (seconds, of {times})")
        for name, statement in LONG.items():
            for number in NUMBERS:
                took = [seconds(database, statement, number, moments.uniform(1.5, 8.0)) for _ in range(times)]
                print(f"{name:10} {number.name:8} {median(took):8.2f} {max(took):8.2f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
