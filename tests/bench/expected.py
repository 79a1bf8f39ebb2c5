"""Whether CREATE MODEL takes the time that EXPLAIN says it will, set by set.

    python tests/bench/expected.py DATA_FOLDER [--only adult,titanic] [--budgets 10,30]

DATA_FOLDER holds MANIFEST.json and its files; sets whose files are absent are skipped. `times` is what it took as a
multiple of what was said. The bound: between a half and two.
"""

import argparse
import re
import tempfile
import time
from pathlib import Path

from figures import machine
from sets import present, tables

import sqlml
from sqlml.quote import identifier

_BOUND = 2.0
_SAID = re.compile(r"about (\d+) are to be expected")


def measure(folder: Path, entry: dict, seconds: float) -> tuple[float, float]:
    """Seconds as they were said, and as they were."""
    with tempfile.TemporaryDirectory() as home, sqlml.connect(Path(home) / "bench.duckdb") as db:
        tables(db, folder, entry, raw=False)
        options = f"WITH (max_runtime = '{seconds} seconds')"
        statement = f"CREATE MODEL m PREDICT {identifier(entry['target'])} {options} AS FROM train"
        plan = db.execute(f"EXPLAIN {statement}").fetchall()
        (said,) = (_SAID.search(detail) for _, name, detail in plan if name == "time")
        started = time.perf_counter()
        db.execute(statement)
        return float(said[1]) if said else 0.0, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--budgets", default="10,30", help="seconds")
    args = parser.parse_args()
    print(machine("lightgbm", "tensorflow"))
    print(f"\n| set | limit s | said s | took s | times |\n|{'---|' * 5}")
    # The tables are made where the data lies.
    folder = args.folder.resolve()
    within, every = 0, 0
    for entry in present(folder, args.only):
        for seconds in map(float, args.budgets.split(",")):
            said, took = measure(folder, entry, seconds)
            times = took / max(said, 1.0)
            every, within = every + 1, within + (1 / _BOUND <= times <= _BOUND)
            print(f"| {entry['name']} | {seconds:g} | {said:g} | {took:.1f} | {times:.2f} |", flush=True)
    print(f"\nwithin a factor of {_BOUND:g}: {within} of {every}")


if __name__ == "__main__":
    main()
