"""Rows a second of PREDICT beside the ways that do without it.

    python tests/bench/rivals.py [--rows 1000000] [--threads 2] [--turns 5] [--most 100000000]

Trees that LightGBM has grown take the place of a small model's own. They are scored by PREDICT, into a table; by
fetching the rows to pandas, LightGBM's own prediction and writing the answer back; and by onnxruntime on a matrix that
is already there. A linear model is set beside a plain sum of products, alone and with the row. Then how time and memory
grow with rows that are made on the way and streamed to a file, how many scorers share the machine, and how long a
single row takes. Medians, and in brackets the extremes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import onnxruntime
import pandas as pd
from figures import interleaved, machine, seconds, spread

import sqlml
from sqlml.model import onnx
from sqlml.model.forest import read
from sqlml.schema import Feature, Task
from sqlml.score import function

COLUMNS, LEVELS, KNOWN = 20, 12, 20_000

Levels = dict[str, list[str]]


@dataclass(frozen=True)
class Trees:
    """Trees of LightGBM's over so many columns, the first of which are texts."""

    trees: int
    leaves: int
    texts: int = 0

    def __str__(self) -> str:
        about = f"{self.trees} trees of {self.leaves} leaves"
        return about + (f", {self.texts} columns of texts" if self.texts else "")


CASES = (Trees(200, 31), Trees(50, 15, texts=5))


def rows(first: int, count: int, texts: int) -> str:
    """A query of made rows: numbers between 0 and 1, the first columns as one of a few texts."""
    draws = [f"(hash(i * {COLUMNS} + {place}) / 18446744073709551615)" for place in range(COLUMNS)]
    made = [f"('level ' || floor({draw} * {LEVELS})::INTEGER)" for draw in draws[:texts]]
    made += [f"{draw}::FLOAT" for draw in draws[texts:]]
    listed = ", ".join(f"{value} AS c{place}" for place, value in enumerate(made))
    return f"SELECT {listed} FROM range({first}, {first + count}) r(i)"


def frame(db: Any, query: str, levels: Levels) -> pd.DataFrame:
    """The rows as LightGBM takes them, its codes of the texts being those of the model's recipe."""
    kinds = {column: pd.CategoricalDtype(known) for column, known in levels.items()}
    return db.execute(query).df().astype(kinds)


def learnt(db: Any, case: Trees) -> Levels:
    """Makes a small model of made rows; returns the levels of its columns of texts."""
    label = f"c{COLUMNS - 1} + c{COLUMNS - 2} * c{COLUMNS - 3} > 0.7 AS y"
    known = rows(10**10, KNOWN, case.texts)
    db.execute(f"CREATE OR REPLACE TABLE known AS SELECT *, {label} FROM ({known})")
    db.execute("CREATE OR REPLACE MODEL m PREDICT y WITH (max_trials = 2, effort = 'fast') AS FROM known")
    (recipe,) = db.execute("SELECT recipe FROM sqlml.targets WHERE model_name = 'm'").fetchone()
    return {step["column"]["name"]: step["levels"] for step in json.loads(recipe) if step["step"] == "category"}


def grown(db: Any, case: Trees, levels: Levels, threads: int) -> lightgbm.Booster:
    """So many trees, grown on the made rows, which from now on are the model's."""
    known = frame(db, "FROM known", levels)
    settings = {"objective": "binary", "num_leaves": case.leaves, "verbosity": -1, "num_threads": threads}
    booster = lightgbm.train(settings, lightgbm.Dataset(known.drop(columns="y"), known["y"]), case.trees)
    features = [Feature(f"c{place}", f"c{place}", LEVELS + 1 if place < case.texts else 0) for place in range(COLUMNS)]
    graph = onnx.build(read(booster.model_to_string(), 1, "logistic"), features, Task.BINARY)
    db.execute("UPDATE sqlml.artifacts SET bytes = ?", [graph])
    # What was there is in memory still.
    ((artifact,),) = db.execute("SELECT artifact FROM sqlml.targets WHERE model_name = 'm'").fetchall()
    function.remember(artifact, graph)
    known = db.execute("SELECT predicted_y_probability FROM PREDICT(MODEL m, TABLE known)").fetchnumpy()
    chance = booster.predict(frame(db, "FROM known", levels).drop(columns="y"))
    assert np.allclose(known["predicted_y_probability"], np.maximum(chance, 1 - chance), rtol=1e-6)
    return booster


def predict(db: Any, into: str = "scored") -> None:
    db.execute(f"CREATE OR REPLACE TABLE {into} AS SELECT * FROM PREDICT(MODEL m, TABLE t)")


def by_hand(db: Any, booster: lightgbm.Booster, levels: Levels, threads: int) -> None:
    """Fetches, predicts and writes back."""
    asked = frame(db, "FROM t", levels)
    chance = booster.predict(asked, num_threads=threads)
    answer = asked.assign(probability=chance, predicted_y=chance > 0.5)
    db.register("answer", answer)
    db.execute("CREATE OR REPLACE TABLE scored_by_hand AS FROM answer")
    db.unregister("answer")


def by_runtime(db: Any, threads: int) -> Callable[[], object]:
    """The stored graph on the features, which are already in memory."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    (artifact,) = db.execute("SELECT artifact FROM sqlml.targets WHERE model_name = 'm'").fetchone()
    parts = db.execute("SELECT bytes FROM sqlml.artifacts WHERE id = ? ORDER BY part", [artifact]).fetchall()
    session = onnxruntime.InferenceSession(b"".join(part for (part,) in parts), options)
    numbers = db.execute("SELECT * REPLACE (0::FLOAT AS c0) FROM t").fetchnumpy()
    matrix = np.column_stack(
        [
            values.astype(np.float32) if values.dtype != object else np.zeros(len(values), np.float32)
            for values in map(np.asarray, numbers.values())
        ]
    )
    return lambda: session.run(None, {"features": matrix})


def compare(case: Trees, args: argparse.Namespace, home: Path) -> None:
    with sqlml.connect(home / f"{case.trees}.duckdb") as db:
        db.execute(f"SET threads = {args.threads}")
        levels = learnt(db, case)
        booster = grown(db, case, levels, args.threads)
    with sqlml.connect(home / f"{case.trees}.duckdb") as db:
        db.execute(f"SET threads = {args.threads}")
        db.execute(f"CREATE TABLE t AS {rows(0, args.rows, case.texts)}")
        hand = partial(by_hand, db, booster, levels, args.threads)
        took = interleaved(args.turns, partial(predict, db), hand, by_runtime(db, args.threads))
        told(str(case), ["PREDICT", "pandas and LightGBM", "onnxruntime"], took, args.rows)


def told(name: str, of: list[str], took: list[list[float]], count: int) -> None:
    ours = took[0]
    for what, times in zip(of, took, strict=True):
        ratio = statistics.median(b / a for a, b in zip(ours, times, strict=True))
        print(f"| {name} | {what} | {spread([count / one for one in times], 'rows/s')} | {ratio:.2f} |", flush=True)


def linear(args: argparse.Namespace, home: Path) -> None:
    """A linear model beside plain sums."""
    with sqlml.connect(home / "linear.duckdb") as db:
        db.execute(f"SET threads = {args.threads}")
        db.execute(f"CREATE TABLE t AS {rows(0, args.rows, 0)}")
        target = " + ".join(f"{place % 5 - 1.5} * c{place}" for place in range(COLUMNS))
        db.execute(f"CREATE MODEL m PREDICT y WITH (max_trials = 1) AS SELECT *, {target} AS y FROM t LIMIT 5000")
        products = " + ".join(f"c{place} * {place}.5e0" for place in range(COLUMNS))
        plain, ours = f"SELECT *, {products} AS y FROM t", "FROM PREDICT(MODEL m, TABLE t)"
        asked = {
            "linear, the sum": (f"SELECT sum(predicted_y) {ours}", f"SELECT sum({products}) FROM t"),
            "linear, with the row": (f"CREATE OR REPLACE TABLE s AS {ours}", f"CREATE OR REPLACE TABLE s AS {plain}"),
        }
        for name, queries in asked.items():
            took = interleaved(args.turns, *(lambda query=query: db.execute(query).fetchall() for query in queries))
            told(name, ["PREDICT", "sum(a * b)"], took, args.rows)


def growth(args: argparse.Namespace, home: Path) -> None:
    """Seconds and the peak of a fresh process's memory, rows made on the way and streamed to a file."""
    with sqlml.connect(home / "growth.duckdb") as db:
        grown(db, CASES[0], learnt(db, CASES[0]), args.threads)
    print("\n| rows | seconds | rows/s | peak MB |\n|---|---|---|---|")
    count = 1_000
    while count <= args.most:
        asked = ["--stream", str(count), "--home", str(home), "--threads", str(args.threads)]
        said = subprocess.run([sys.executable, __file__, *asked], capture_output=True, text=True, check=True)
        took, peak = map(float, said.stdout.split()[-2:])
        print(f"| {count:,} | {took:.2f} | {count / took:,.0f} | {peak:.0f} |", flush=True)
        count *= 10


def stream(count: int, home: Path, threads: int) -> None:
    with sqlml.connect(home / "growth.duckdb", read_only=True) as db:
        db.execute(f"SET threads = {threads}")
        query = f"SELECT predicted_y, predicted_y_probability FROM PREDICT(MODEL m, ({rows(0, count, 0)}))"
        took = seconds(lambda: db.execute(f"COPY ({query}) TO '{home / 'scored.parquet'}'"))
    # Not what the process says of its own use: that begins with its parent's.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(took, next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM")))


def together(args: argparse.Namespace, home: Path) -> None:
    """So many scorers at once, each on a tenth of a million rows."""
    with sqlml.connect(home / "growth.duckdb") as db:
        db.execute(f"SET threads = {args.threads}")
        db.execute(f"CREATE OR REPLACE TABLE t AS {rows(0, 100_000, 0)}")
        print("\n| scorers | rows/s of all | same answer |\n|---|---|---|")

        def score(_: int) -> float:
            asked = "SELECT sum(predicted_y_probability) FROM PREDICT(MODEL m, TABLE t)"
            return float(db.cursor().execute(asked).fetchone()[0])

        for scorers in (1, 2, 4, 8):
            turns = 4 * scorers
            with ThreadPoolExecutor(scorers) as pool:
                began = time.perf_counter()
                found = list(pool.map(score, range(turns)))
                took = time.perf_counter() - began
            print(f"| {scorers} | {turns * 100_000 / took:,.0f} | {np.ptp(found) < 1e-6} |")


def one_row(args: argparse.Namespace, home: Path) -> None:
    with sqlml.connect(home / "growth.duckdb") as db:
        db.execute(f"CREATE OR REPLACE TABLE one AS {rows(0, 1, 0)}")
        print("\n| one row | milliseconds |\n|---|---|")
        for query in ("PREDICT m FROM one", "SELECT * FROM PREDICT(MODEL m, TABLE one)"):
            (took,) = interleaved(200, lambda query=query: db.execute(query).fetchall())
            print(f"| {query} | {spread(took, 'ms', 1000)} |")
    database = str(home / "growth.duckdb")
    code = f"import sqlml; print(sqlml.connect({database!r}).execute('PREDICT m FROM one').fetchall())"
    (took,) = interleaved(5, lambda: subprocess.run([sys.executable, "-c", code], capture_output=True, check=True))
    print(f"| the same, the process included | {spread(took, 'ms', 1000)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--most", type=int, default=100_000_000)
    parser.add_argument("--stream", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.stream:
        stream(args.stream, args.home, args.threads)
        return
    print(machine("lightgbm", "onnxruntime", "pandas"))
    print(f"{args.rows:,} rows of {COLUMNS} columns, {args.threads} threads\n")
    print("| model | way | rows/s | PREDICT is so many times as fast |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for case in CASES:
            compare(case, args, home)
        linear(args, home)
        growth(args, home)
        together(args, home)
        one_row(args, home)


if __name__ == "__main__":
    main()
