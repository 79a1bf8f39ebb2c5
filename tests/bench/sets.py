"""Every shared set of a task that sqlml has, trained, scored and evaluated: one row of a table each.

    python tests/bench/sets.py DATA_FOLDER [--only adult,titanic] [--seconds 20] [--raw]

DATA_FOLDER holds MANIFEST.json and its files. By default the columns are those of the manifest's own baseline, so
that its figures stand beside ours; with --raw the files are taken as they are, ids and leaks included. Memory is the
greatest of this process and its worker, in MB.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlml
from sqlml.quote import identifier

TASKS = ("binary", "multiclass", "regression")
# The manifest's names for what EVALUATE calls otherwise, and whether a higher value is better.
METRICS = {"auc": "roc_auc", "logloss": "log_loss"}


def sets(folder: Path, only: str = "") -> list[dict]:
    """The manifest's sets of a task that sqlml has."""
    every = json.loads((folder / "MANIFEST.json").read_text())["datasets"]
    return [one for one in every if one["task"] in TASKS and (not only or one["name"] in only.split(","))]


def present(folder: Path, only: str = "") -> list[dict]:
    """Those of them whose files are there."""
    return [one for one in sets(folder, only) if all((folder / file).exists() for file in one["files"])]


def tables(db: sqlml.Connection, folder: Path, entry: dict, raw: bool) -> None:
    """Makes `train` and `test` by the manifest's split."""
    os.chdir(folder)
    if raw:
        file = entry["files"][0]
        numbered = f"read_parquet('{file}', file_row_number = true)"
        rows = f"SELECT * EXCLUDE (file_row_number), file_row_number AS rn FROM {numbered}"
    else:
        rows = entry["sql"]
    db.execute(f"CREATE TEMP TABLE every AS {rows}")
    (count,) = db.execute("SELECT count(*) FROM every").fetchone()
    test = "rn % 5 = 0" if entry["split"]["kind"] == "row_mod" else f"rn >= {int(count * 0.8)}"
    db.execute(f"CREATE TABLE test AS SELECT * EXCLUDE (rn) FROM every WHERE {test} ORDER BY rn")
    db.execute(f"CREATE TABLE train AS SELECT * EXCLUDE (rn) FROM every WHERE NOT ({test}) ORDER BY rn")
    db.execute("DROP TABLE every")


def measure(folder: Path, entry: dict, seconds: float, raw: bool) -> dict:
    """Trains and evaluates on one set, in this process."""
    target, predicted = identifier(entry["target"]), identifier(f"predicted_{entry['target']}")
    with tempfile.TemporaryDirectory() as home, sqlml.connect(Path(home) / "bench.duckdb") as db:
        tables(db, folder, entry, raw)
        started = time.perf_counter()
        row = db.execute(
            f"CREATE MODEL m PREDICT {target} WITH (max_runtime = '{seconds} seconds') AS FROM train"
        ).fetchone()
        trained = time.perf_counter()
        rows = db.execute(f"SELECT count({predicted}) FROM PREDICT(MODEL m, TABLE test)").fetchone()[0]
        scored = time.perf_counter()
        values = dict(db.execute("SELECT metric, value FROM EVALUATE(MODEL m, TABLE test)").fetchall())
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    metric = METRICS.get(entry["metric"], entry["metric"])
    baseline, trivial = entry["lightgbm_default"], entry["trivial"]
    return {
        "set": entry["name"],
        "rows": rows,
        "metric": metric,
        "sqlml": values[metric],
        "lightgbm_default": baseline.get(entry["metric"]),
        "trivial": trivial.get(entry["metric"]),
        "learner": row[6],
        "train_s": trained - started,
        "score_s": scored - trained,
        "peak_mb": peak,
    }


def main() -> None:
    """Prints the table, each set measured in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        (entry,) = sets(args.folder, args.only)
        print(json.dumps(measure(args.folder.resolve(), entry, args.seconds, args.raw)))
        return
    print("| set | test rows | metric | sqlml | lightgbm default | trivial | learner | train s | score s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for entry in sets(args.folder, args.only):
        options = ["--only", entry["name"], "--seconds", str(args.seconds), "--one", *["--raw"] * args.raw]
        run = subprocess.run(
            [sys.executable, __file__, str(args.folder), *options], capture_output=True, text=True, check=False
        )
        if run.returncode:
            print(f"| {entry['name']} | failed: {run.stderr.strip().splitlines()[-1]} |", flush=True)
            continue
        cells = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in json.loads(run.stdout).values()]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
