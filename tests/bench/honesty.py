"""Whether what CREATE MODEL says of its model holds: its headline value beside the one on rows kept from it.

    python tests/bench/honesty.py DATA_FOLDER [--only adult,titanic] [--seeds 0,1,2] [--seconds 10] [--raw]

DATA_FOLDER holds MANIFEST.json and its files; sets whose files are absent are skipped. The interval is the 95 % one of
EVALUATE over the rows that were held out in training; `inside` is whether the value on the manifest's test rows lies
in it. `off` is how far it lies from the value said, in halves of the interval: 1 is its end. Sets that are divided in
time have test rows that are later than all others. The bound: 90 % inside.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import machine
from sets import present, sets, tables

import sqlml
from sqlml.quote import identifier


def measure(folder: Path, entry: dict, seconds: float, seed: int, raw: bool) -> dict:
    """Trains with one seed, and measures on the test rows."""
    with tempfile.TemporaryDirectory() as home, sqlml.connect(Path(home) / "bench.duckdb") as db:
        tables(db, folder, entry, raw)
        options = f"max_runtime = '{seconds} seconds', seed = {seed}"
        result = db.execute(f"CREATE MODEL m PREDICT {identifier(entry['target'])} WITH ({options}) AS FROM train")
        names = [column[0] for column in result.description]
        row = dict(zip(names, result.fetchone(), strict=True))
        asked = "SELECT value, lower, upper FROM EVALUATE(MODEL m{}) WHERE metric = ?"
        value, lower, upper = db.execute(asked.format(""), [row["metric"]]).fetchone()
        (test, *_) = db.execute(asked.format(", TABLE test"), [row["metric"]]).fetchone()
    return {"metric": row["metric"], "said": value, "lower": lower, "upper": upper, "test": test}


def off(found: dict) -> float:
    """How far the test value lies from the one said, as a share of that side of the interval."""
    end = found["upper"] if found["test"] > found["said"] else found["lower"]
    away = abs(found["test"] - found["said"])
    side = 0.0 if end is None else abs(end - found["said"])
    if away == 0:
        return 0.0
    return away / side if side else math.inf


def fresh(args: argparse.Namespace, name: str, seed: str) -> dict | str:
    """What was measured in a process of its own, or why it was not."""
    options = ["--only", name, "--seeds", seed, "--seconds", str(args.seconds), "--one", *["--raw"] * args.raw]
    run = subprocess.run(
        [sys.executable, __file__, str(args.folder), *options], capture_output=True, text=True, check=False
    )
    if run.returncode:
        return (run.stderr.strip().splitlines() or [f"ended with {run.returncode}"])[-1]
    found: dict = json.loads(run.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        (entry,) = sets(args.folder, args.only)
        print(json.dumps(measure(args.folder.resolve(), entry, args.seconds, int(args.seeds), args.raw)))
        return
    print(machine("lightgbm", "tensorflow"))
    print(f"{args.seconds:g} s each\n\n| set | seed | metric | said | interval | test | off | inside |\n|{'---|' * 8}")
    inside, every = 0, 0
    for entry in present(args.folder, args.only):
        for seed in args.seeds.split(","):
            found = fresh(args, entry["name"], seed)
            if isinstance(found, str):
                print(f"| {entry['name']} | {seed} | failed: {found} |", flush=True)
                continue
            away = off(found)
            every, inside = every + 1, inside + (away <= 1)
            interval = " … ".join("–" if found[end] is None else f"{found[end]:.4g}" for end in ("lower", "upper"))
            cells = [found["metric"], f"{found['said']:.4g}", interval, f"{found['test']:.4g}", f"{away:.2f}"]
            print(f"| {entry['name']} | {seed} | {' | '.join(cells)} | {'yes' if away <= 1 else 'NO'} |", flush=True)
    print(f"\ninside: {inside} of {every}" + (f", {inside / every:.0%}" if every else ""))


if __name__ == "__main__":
    main()
