"""How the time and the memory of CREATE MODEL grow with rows and with columns.

    python tests/bench/growth.py [--rows 1e4,1e5,1e6,1e7] [--columns 10,100,1000,5000] [--seconds 60]

Each table is made in SQL and lies in a file; each statement runs in a fresh process. The session and the process that
trains are looked at twenty times a second. `own` is their memory without files mapped into it, which the machine can
take back at any time; `all` is with those. Peaks are multiples of the table's numbers in 32 bits, which is what
training reads; `both` is the peak of the two processes' own memory at one moment. The bound: 2.5 of that.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

from figures import machine

import sqlml

# What the rows have beside a growing number of columns, and the columns beside a growing number of rows.
_COLUMNS, _ROWS = 20, 2_000
_EVERY = 0.05
# Columns that decide the label; the others are noise.
_SIGNAL = 5

Memory = dict[str, dict[str, int]]


def table(file: Path, rows: int, columns: int) -> None:
    """Quantities between 0 and 1, and a label that a few of them decide, with noise."""
    every = [f"(hash(i * {columns + 1} + {place}) / 18446744073709551615)" for place in range(columns + 1)]
    draws, noise = ", ".join(f"{draw} AS c{place}" for place, draw in enumerate(every[:-1])), every[-1]
    signal = " + ".join(f"c{place}" for place in range(min(columns, _SIGNAL)))
    with sqlml.connect(file) as db:
        db.execute(
            f"CREATE TABLE t AS SELECT *, {signal} + 2 * {noise} > {min(columns, _SIGNAL) / 2 + 1} AS y"
            f" FROM (SELECT i, {draws} FROM range({rows}) r(i))"
        )
        db.execute("ALTER TABLE t DROP i")


class Watch:
    """The peaks of this process's and its children's memory in bytes while the `with` around it runs."""

    def __init__(self) -> None:
        self.session, self.training = {"own": 0, "all": 0}, {"own": 0, "all": 0}
        self.both = 0
        self._over = Event()
        self._thread = Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            session = memory("self")
            training = [memory(child) for child in children()]
            for peak, now in ((self.session, [session]), (self.training, training)):
                for kind in peak:
                    peak[kind] = max(peak[kind], sum(one[kind] for one in now))
            self.both = max(self.both, sum(one["own"] for one in (session, *training)))

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def memory(process: str) -> dict[str, int]:
    """Bytes of a process in memory: its own, and with mapped files; none where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return {"own": 0, "all": 0}
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    kilobytes = {name: int(fields.get(name, "0 kB").split()[0]) for name in ("RssAnon", "VmRSS")}
    return {"own": kilobytes["RssAnon"] * 1024, "all": kilobytes["VmRSS"] * 1024}


def children() -> Iterator[str]:
    """The processes that this one has started."""
    for thread in Path("/proc/self/task").iterdir():
        try:
            yield from (thread / "children").read_text().split()
        except OSError:
            continue


def measure(file: Path, seconds: float) -> dict:
    """Trains once, in this process."""
    with sqlml.connect(file) as db, Watch() as watch:
        started = time.perf_counter()
        result = db.execute(f"CREATE MODEL m PREDICT y WITH (max_runtime = '{seconds} seconds') AS FROM t")
        took = time.perf_counter() - started
        names = [column[0] for column in result.description]
        row = dict(zip(names, result.fetchone(), strict=True))
    return {
        "seconds": took,
        "learner": row["learner"],
        "value": row["value"],
        "session": watch.session,
        "training": watch.training,
        "both": watch.both,
    }


def print_row(rows: int, columns: int, seconds: float) -> None:
    """Makes a table, and measures it in a process of its own."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "bench.duckdb"
        table(file, rows, columns)
        command = [sys.executable, __file__, "--one", str(file), "--seconds", str(seconds)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    size = 4 * rows * columns
    begins = f"| {rows:,} | {columns:,} | {size / 2**20:,.1f} |"
    if run.returncode:
        said = run.stderr.strip().splitlines() or [f"ended with {run.returncode}"]
        print(f"{begins} failed: {said[-1]} |", flush=True)
        return
    found = json.loads(run.stdout.splitlines()[-1])
    peaks = [found["session"]["own"], found["session"]["all"], found["training"]["own"], found["training"]["all"]]
    cells = [f"{peak / 2**20:,.0f} ({peak / size:.2f})" for peak in (*peaks, found["both"])]
    print(
        f"{begins} {found['seconds']:.1f} | {' | '.join(cells)} | {found['value']:.4f} | {found['learner']} |",
        flush=True,
    )


def whole(text: str) -> list[int]:
    """The numbers of `1e4,1e5`."""
    return [int(float(number)) for number in text.split(",") if number]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1e4,1e5,1e6,1e7", help=f"with {_COLUMNS} columns each; may be empty")
    parser.add_argument("--columns", default="10,100,1000,5000", help=f"with {_ROWS:,} rows each; may be empty")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(args.one, args.seconds)))
        return
    print(machine("lightgbm", "numpy", "pyarrow"))
    print("peaks in MB, and in brackets as multiples of the numbers\n")
    heads = "session own | session all | training own | training all | both own"
    print(f"| rows | columns | numbers MB | s | {heads} | roc_auc | learner |\n|{'---|' * 11}")
    for rows in whole(args.rows):
        print_row(rows, _COLUMNS, args.seconds)
    for columns in whole(args.columns):
        print_row(_ROWS, columns, args.seconds)


if __name__ == "__main__":
    main()
