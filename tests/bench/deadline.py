"""Whether CREATE MODEL ends when it was told to: its time as a multiple of `max_runtime`, set by set.

    python tests/bench/deadline.py DATA_FOLDER [--only adult,titanic] [--budgets 5,10,30] [--raw] [--loaded]

DATA_FOLDER holds MANIFEST.json and its files; sets whose files are absent are skipped. Each statement runs in a fresh
process, which has already read the rows into a table. With --loaded every core has a process that does nothing but
keep it busy. The bound: 1.1 times the budget and 2 seconds, and always with a model. The table has each set's times in
seconds, with those beyond the bound marked by `!`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from figures import machine
from sets import present, sets, tables

import sqlml
from sqlml.quote import identifier

_TIMES, _MORE = 1.1, 2.0


def measure(folder: Path, entry: dict, seconds: float, raw: bool) -> dict:
    """Trains once, in this process; the learner is None where there was no model."""
    with tempfile.TemporaryDirectory() as home, sqlml.connect(Path(home) / "bench.duckdb") as db:
        tables(db, folder, entry, raw)
        statement = f"CREATE MODEL m PREDICT {identifier(entry['target'])} WITH (max_runtime = '{seconds} seconds')"
        started = time.perf_counter()
        try:
            learner = db.execute(f"{statement} AS FROM train").fetchone()[6]
        except sqlml.Error as problem:
            learner = None
            print(problem, file=sys.stderr)
        return {"wall": time.perf_counter() - started, "learner": learner}


def fresh(args: argparse.Namespace, name: str, seconds: float) -> dict:
    """What was measured in a process of its own."""
    command = [sys.executable, __file__, str(args.folder), "--one", name, "--budgets", str(seconds)]
    run = subprocess.run([*command, *["--raw"] * args.raw], capture_output=True, text=True, check=False)
    if run.returncode:
        said = run.stderr.strip().splitlines() or [f"ended with {run.returncode}"]
        return {"wall": float("nan"), "learner": None, "failed": said[-1]}
    found: dict = json.loads(run.stdout.splitlines()[-1])
    return found


@contextmanager
def busy(cores: int) -> Iterator[None]:
    """Keeps so many cores busy; whatever happens, no process is left behind."""
    started: list[subprocess.Popen] = []
    try:
        started += [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores)]
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def cell(found: dict, seconds: float) -> str:
    if found["learner"] is None:
        return f"no model: {found.get('failed') or found['wall']}"
    return f"{found['wall']:.1f}{' !' * (found['wall'] > _TIMES * seconds + _MORE)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--budgets", default="5,10,30", help="seconds; 60 and 300 take their time")
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--loaded", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    budgets = [float(seconds) for seconds in args.budgets.split(",")]
    if args.one:
        (entry,) = sets(args.folder, args.one)
        print(json.dumps(measure(args.folder.resolve(), entry, budgets[0], args.raw)))
        return
    cores = len(os.sched_getaffinity(0))
    print(machine("lightgbm", "tensorflow"))
    print(f"busy processes beside: {cores if args.loaded else 0}\n")
    print(f"| set | {' | '.join(f'{seconds:g} s' for seconds in budgets)} |\n|---|{'---|' * len(budgets)}")
    ratios, late, without = [], 0, 0
    with busy(cores if args.loaded else 0):
        for entry in present(args.folder, args.only):
            found = [fresh(args, entry["name"], seconds) for seconds in budgets]
            cells = [cell(one, seconds) for one, seconds in zip(found, budgets, strict=True)]
            print(f"| {entry['name']} | {' | '.join(cells)} |", flush=True)
            for one, seconds in zip(found, budgets, strict=True):
                without += one["learner"] is None
                late += one["wall"] > _TIMES * seconds + _MORE
                if one["wall"] > 0:
                    ratios.append((one["wall"] / seconds, entry["name"], seconds))
    for ratio, name, seconds in sorted(ratios, reverse=True)[:3]:
        print(f"\nworst: {ratio:.2f} times {seconds:g} s on {name}", end="")
    print(f"\nbeyond the bound: {late} of {len(ratios)}; no model: {without}")


if __name__ == "__main__":
    main()
