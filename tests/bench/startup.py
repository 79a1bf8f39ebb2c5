"""The start of sqlml in fresh processes: the import beside DuckDB's, a connection, and the first row of PREDICT.

    python tests/bench/startup.py [--processes 10]

In brackets: the tenth and the ninetieth percentile. Bounds: `import sqlml` takes less than 0.5 s and loads no
learner and no inference library; a process has the first row of PREDICT, of 100,000, less than 2 s after its start.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from figures import added, machine, spread

import sqlml

HEAVY = "numpy pyarrow pandas scipy sklearn lightgbm onnx onnxruntime sqlglot click prompt_toolkit pygments".split()

_START = """
import json, sys, time
times = [time.perf_counter()]
import {module} as library
times.append(time.perf_counter())
loaded = sorted(name for name in sys.modules if "." not in name)
db = library.connect(*sys.argv[1:2])
times.append(time.perf_counter())
"""
_END = """
times.append(time.perf_counter())
print(json.dumps([[after - before for before, after in zip(times, times[1:])], loaded]), flush=True)
"""
_SELECT = "row = db.execute('SELECT a FROM t').fetchone()"
_PREDICT = "row = db.execute('PREDICT m FROM t').fetchone()"


class Run:
    """A fresh process: seconds of its import, its connection and its query, and of all it did, its start included."""

    def __init__(self, module: str, query: str, *arguments: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".py") as program:
            program.write(_START.format(module=module) + query + _END)
            program.flush()
            command = [sys.executable, program.name, *arguments]
            started = time.perf_counter()
            said = subprocess.run(command, capture_output=True, text=True, check=True)
            self.whole = time.perf_counter() - started
        (self.imported, self.connected, self.queried), self.loaded = json.loads(said.stdout)


def model(file: Path) -> None:
    """A database with a table, and a model of boosted trees over it."""
    with sqlml.connect(file) as db:
        db.execute(
            "CREATE TABLE t AS SELECT hash(i) % 1000 AS a, hash(i + 7) % 1000 AS b, 'k' || i % 9 AS c,"
            " a // 500 + b // 500 + hash(i + 3) % 1000 // 900 = 1 AS y FROM range(100000) r(i)"
        )
        learner = db.execute("CREATE MODEL m PREDICT y WITH (max_trials = 2) AS FROM t").fetchall()[0][6]
        print(f"PREDICT is by {learner}\n")


def compared(name: str, plain: Sequence[float], ours: Sequence[float]) -> str:
    return f"| {name} | {spread(plain, 'ms', 1000)} | {spread(ours, 'ms', 1000)} | {added(plain, ours, 'ms', 1000)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=10)
    args = parser.parse_args()
    print(machine("numpy", "pyarrow", "onnxruntime"))
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "bench.duckdb"
        model(file)
        plain, ours, cold = [], [], []
        for turn in range(-1, args.processes):
            runs = (
                Run("duckdb", _SELECT, str(file)),
                Run("sqlml", _SELECT, str(file)),
                Run("sqlml", _PREDICT, str(file)),
            )
            if turn >= 0:  # The first processes bring the files into memory.
                for kept, run in zip((plain, ours, cold), runs, strict=True):
                    kept.append(run)
    print("| step | duckdb | sqlml | added |\n|---|---|---|---|")
    print(compared("import", [run.imported for run in plain], [run.imported for run in ours]))
    print(compared("connect to a file", [run.connected for run in plain], [run.connected for run in ours]))
    print(compared("process with a SELECT", [run.whole for run in plain], [run.whole for run in ours]))
    print(f"\nheavy modules that `import sqlml` loads: {', '.join(set(ours[0].loaded) & set(HEAVY)) or 'none'}")
    print(f"first row of PREDICT, in the process: {spread([run.queried for run in cold])}")
    print(f"first row of PREDICT, from the process's start to its end: {spread([run.whole for run in cold])}")


if __name__ == "__main__":
    main()
