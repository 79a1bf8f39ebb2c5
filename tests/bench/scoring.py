"""Rows a second of PREDICT, beside fetching the rows, the learner's own prediction, and writing it back.

    python tests/bench/scoring.py [--rows 1000000] [--train 20000] [--threads 2] [--seconds 30] [--turns 3]

One made table of 20 quantities; a model of each effort. PREDICT writes a table with the prediction beside each row. The
other way has plain LightGBM, with the settings of the best trees that were tried and as many of them: its rows are
fetched as arrays, predicted by as many threads, registered and written as a table. It scores those trees alone, and
the model has whatever its effort put beside them. Medians, and in brackets the extremes. The bound: 100,000 rows a
second of `balanced` on two cores.
"""

import argparse
import json
import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from figures import interleaved, machine, spread

import sqlml

COLUMNS = 20
EFFORTS = ("balanced", "best")


def table(db: sqlml.Connection, rows: int, train: int) -> None:
    """Quantities, and a label that some of them decide, alone and in pairs, with noise."""
    every = [f"(hash(i * {COLUMNS + 1} + {place}) / 18446744073709551615)" for place in range(COLUMNS + 1)]
    draws, noise = ", ".join(f"{draw} AS c{place}" for place, draw in enumerate(every[:-1])), every[-1]
    signal = "c0 + c1 * c2 + sin(6 * c3) / 2 + greatest(c4, c5)"
    made = f"SELECT * EXCLUDE (i, noise), {signal} + noise > 2.1 AS y FROM (SELECT i, {draws}, {noise} AS noise FROM"
    db.execute(f"CREATE TABLE t AS {made} range({rows}) r(i))")
    db.execute(f"CREATE TABLE train AS {made} range(1000000000, {1_000_000_000 + train}) r(i))")


def predict(db: sqlml.Connection, model: str) -> None:
    db.execute(f"CREATE OR REPLACE TABLE scored AS SELECT * FROM PREDICT(MODEL {model}, TABLE t)")


def trees(db: sqlml.Connection, model: str) -> tuple[dict[str, Any], int]:
    """The settings of the best trees among the trials, and how many trees they were."""
    (settings, told) = db.execute(
        "SELECT t.settings, t.message FROM sqlml.trials t JOIN sqlml.targets v USING (artifact)"
        f" WHERE v.model_name = '{model}' AND t.learner = 'trees' AND t.value IS NOT NULL ORDER BY t.value LIMIT 1"
    ).fetchone()
    return json.loads(settings), int(told.split()[0])


def booster(db: sqlml.Connection, settings: dict[str, Any], rounds: int, threads: int) -> Any:
    """Plain LightGBM with these settings."""
    import lightgbm

    rows = db.execute("SELECT * FROM train").fetchnumpy()
    label = rows.pop("y").astype(np.float64)
    given = {name: value for name, value in settings.items() if name not in ("rounds", "share", "log_if_skewed")}
    given |= {"objective": "binary", "verbosity": -1, "num_threads": threads}
    return lightgbm.train(given, lightgbm.Dataset(np.column_stack(list(rows.values())), label), rounds)


def by_hand(db: sqlml.Connection, learnt: Any, threads: int) -> None:
    """Fetches, predicts and writes back."""
    rows = db.execute("SELECT * EXCLUDE (y) FROM t").fetchnumpy()
    matrix = np.column_stack([values.astype(np.float32) for values in rows.values()])
    chance = learnt.predict(matrix, num_threads=threads)
    db.register("predicted", pa.table({"probability": chance, "predicted_y": chance > 0.5}))
    db.execute("CREATE OR REPLACE TABLE scored_by_hand AS FROM t POSITIONAL JOIN predicted")
    db.unregister("predicted")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--train", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--turns", type=int, default=3)
    args = parser.parse_args()
    print(machine("lightgbm", "onnxruntime", "numpy"))
    print(f"{args.rows:,} rows of {COLUMNS} columns, {args.threads} threads\n")
    print(f"| model | PREDICT rows/s | by hand rows/s | times as quick | model | trees by hand |\n|{'---|' * 6}")
    with tempfile.TemporaryDirectory() as home, sqlml.connect(Path(home) / "bench.duckdb") as db:
        db.execute(f"SET threads = {args.threads}")
        table(db, args.rows, args.train)
        for effort in EFFORTS:
            options = f"effort = '{effort}', max_runtime = '{args.seconds} seconds'"
            db.execute(f"CREATE MODEL {effort} PREDICT y WITH ({options}) AS FROM train")
            (detail,) = db.execute(f"SELECT detail FROM sqlml.targets WHERE model_name = '{effort}'").fetchone()
            settings, rounds = trees(db, effort)
            learnt = booster(db, settings, rounds, args.threads)
            hand = partial(by_hand, db, learnt, args.threads)
            ours, theirs = interleaved(args.turns, partial(predict, db, effort), hand)
            rates = [spread([args.rows / one for one in took], "rows/s") for took in (ours, theirs)]
            ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
            print(f"| {effort} | {' | '.join(rates)} | {ratio:.2f} | {detail} | {rounds} |", flush=True)


if __name__ == "__main__":
    main()
