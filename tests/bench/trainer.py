"""CREATE MODEL beside the same trainer called directly on data that is already in memory.

    python tests/bench/trainer.py [--rows 20000,300000] [--columns 20] [--trials 2] [--repetitions 3]

Three fresh processes in turn: CREATE MODEL over a table in a file (its clock starts before the statement, with no
learner loaded); sqlml's own search on the matrix that CREATE MODEL made, with the same settings, threads and trials,
the last fit and the checked graph included (its clock starts when the learners are loaded and the matrix is in
memory); and plain LightGBM, which fits the settings of the best trees as often and as long on the same rows: on every
split, side by side, and on all of them. Medians, and in brackets the extremes. The bound: less than 10 % or 2 s added,
whichever is more.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from figures import added, machine, spread

import sqlml
from sqlml.train.job import LABEL, MATRIX, PART, Job
from sqlml.train.process import _ENVIRONMENT, Worker

DATABASE, JOB, FITS = "bench.duckdb", "job.json", "fits.json"
# Far more than the trials take: their number alone ends the search.
_LIMIT = "1 hour"


def table(db: sqlml.Connection, rows: int, columns: int) -> None:
    """Quantities, texts and whole numbers in turn, and a label that the first of each decide, with noise."""
    made = []
    for place in range(columns):
        draw = f"(hash(i * {columns} + {place}) >> 1)::BIGINT"
        kinds = (f"{draw} / 9.3e18", f"'level ' || {draw} % {3 + 7 * place}", f"({draw} % 100000)::INTEGER")
        made.append(f"{kinds[place % 3]} AS c{place}")
    signal = "(c0 > 0.5)::INTEGER + (c2 > 50000)::INTEGER + (c1 < 'level 2')::INTEGER"
    noise = "(hash(i + 1000000000) / 1.85e19)"
    db.execute(
        f"CREATE TABLE t AS SELECT *, {signal} + 2 * {noise} > 2.2 AS y"
        f" FROM (SELECT i, {', '.join(made)} FROM range({rows}) r(i))"
    )
    db.execute("ALTER TABLE t DROP i")


def statement(trials: int) -> str:
    return f"CREATE OR REPLACE MODEL m PREDICT y WITH (max_runtime = '{_LIMIT}', max_trials = {trials}) AS FROM t"


def stored(db: sqlml.Connection) -> list[tuple[str, dict[str, Any], float, float]]:
    """The trials of the newest version: learner, settings, loss, seconds."""
    newest = "SELECT artifact FROM sqlml.targets ORDER BY version DESC LIMIT 1"
    asked = f"SELECT learner, settings, value, seconds FROM sqlml.trials WHERE artifact = ({newest}) ORDER BY number"
    return [(learner, json.loads(settings), *figures) for learner, settings, *figures in db.execute(asked).fetchall()]


def kept(home: Path, trials: int) -> None:
    """Runs CREATE MODEL once and keeps the job that its worker was given."""
    train = Worker.train

    def keeping(worker: Worker, job: Job, on_event: Callable[[Any], None]) -> Any:
        for file in job.folder.iterdir():
            shutil.copy(file, home)
        (home / JOB).write_text(json.dumps(replace(job, folder=home).to_json()))
        return train(worker, job, on_event)

    Worker.train = keeping  # type: ignore[method-assign]
    with sqlml.connect(home / DATABASE) as db:
        db.execute(statement(trials))
    Worker.train = train  # type: ignore[method-assign]


class Steps:
    """Seconds of the steps of CREATE MODEL, by their names."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, owner: Any, function: str) -> None:
        """From now on a call of the owner's function counts as this step."""
        inner = getattr(owner, function)

        def timed(*arguments: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return inner(*arguments, **named)
            finally:
                self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - started

        setattr(owner, function, timed)


def create_model(home: Path, count: int) -> dict[str, Any]:
    from sqlml.engine import matrix, publish
    from sqlml.engine.operators import train
    from sqlml.engine.stage import Stage

    with sqlml.connect(home / DATABASE) as db:
        steps, started = Steps(), time.perf_counter()
        for name, owner, function in (
            ("read the query, look at the target", train, "goals"),
            ("    of that, read the query", Stage, "fill"),
            ("divide the rows, prepare", train, "prepare"),
            ("    of that, divide the rows", Stage, "split"),
            ("write the matrix", matrix, "write"),
            ("train, as the statement waits", Worker, "train"),
            ("store and measure", publish, "publish"),
        ):
            steps.time(name, owner, function)
        db.execute(statement(count)).fetchall()
        took = time.perf_counter() - started
        trials = stored(db)
    made, alone = [trial[:3] for trial in trials], sum(seconds for *_, seconds in trials)
    return {"seconds": took, "trials": made, "fits": alone, "steps": steps.seconds}


def direct(home: Path) -> dict[str, Any]:
    from sqlml.train.fitted import Fitted
    from sqlml.train.learner import LEARNERS
    from sqlml.train.learners.trees import Trees
    from sqlml.train.search import search

    made: list[tuple[dict[str, Any], Fitted]] = []

    class Noting(Trees):
        """Notes what its validated fits decided."""

        def fit(self, table: Any, settings: Any, clock: Any) -> Fitted:
            fitted = super().fit(table, settings, clock)
            if len(table.validation):
                made.append((dict(settings), fitted))
            return fitted

    job = Job.from_json(json.loads((home / JOB).read_text()))
    by = [Noting() if isinstance(learner, Trees) else learner for learner in LEARNERS]
    for learner in by:
        learner.load()
    (home / MATRIX).read_bytes()
    started = time.perf_counter()
    outcome = search(job, lambda _event: None, by=by)
    took = time.perf_counter() - started
    _, settings = min((trial.value, trial.settings) for trial in outcome.trials if trial.learner == Trees.name)
    (home / FITS).write_text(json.dumps([dict(fitted.again) for asked, fitted in made if asked == settings]))
    trials = [(trial.learner, trial.settings, trial.value) for trial in outcome.trials]
    return {"seconds": took, "trials": trials, "fits": sum(trial.seconds for trial in outcome.trials)}


def plain(home: Path) -> dict[str, Any]:
    import lightgbm
    import numpy as np

    job = Job.from_json(json.loads((home / JOB).read_text()))
    rows, fits = job.rows + job.held_out, json.loads((home / FITS).read_text())
    matrix = np.fromfile(home / MATRIX, np.float32).reshape(rows, len(job.features))
    label = np.fromfile(home / LABEL, np.float64)
    fold = np.fromfile(home / PART, np.uint8) % job.folds
    categories = [place for place, feature in enumerate(job.features) if feature.is_category]

    def given(settings: dict[str, Any], threads: int) -> dict[str, Any]:
        fixed = {"objective": "binary", "verbosity": -1, "num_threads": threads, "bagging_freq": 1}
        return {name: value for name, value in settings.items() if name not in ("rounds", "share")} | fixed

    def split(number: int) -> int:
        settings = fits[number]
        known, judged = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        first = lightgbm.Dataset(matrix[known], label[known], categorical_feature=categories)
        after = lightgbm.Dataset(matrix[judged], label[judged], reference=first)
        looked = settings["rounds"] + math.ceil(1.5 / settings["learning_rate"] + settings["rounds"] / 4)
        lightgbm.train(given(settings, 1), first, looked, valid_sets=[after])
        return looked

    started = time.perf_counter()
    with ThreadPoolExecutor(job.threads) as pool:
        looked = sum(pool.map(split, range(len(fits))))
    last = round(statistics.mean(one["rounds"] for one in fits) * math.sqrt(rows / (job.rows * (1 - 1 / job.folds))))
    whole = lightgbm.Dataset(matrix, label, categorical_feature=categories)
    lightgbm.train(given(fits[0], job.threads), whole, last)
    return {"seconds": time.perf_counter() - started, "rounds": looked + last}


ROLES = {"create": create_model, "direct": lambda home, _trials: direct(home), "plain": lambda home, _: plain(home)}


def fresh(role: str, home: Path, trials: int) -> dict[str, Any]:
    """What a role measured in a process of its own, in the environment that the worker has."""
    command = [sys.executable, __file__, "--role", role, "--home", str(home), "--trials", str(trials)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=_environment(role))
    answer: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return answer


def _environment(role: str) -> dict[str, str]:
    return dict(os.environ) | ({} if role == "create" else _ENVIRONMENT)


def compare(rows: int, args: argparse.Namespace) -> None:
    """Measures and prints one size."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with sqlml.connect(home / DATABASE) as db:
            table(db, rows, args.columns)
        kept(home, args.trials)
        took: dict[str, list[dict[str, Any]]] = {role: [] for role in ROLES}
        for _ in range(args.repetitions):
            for role, measured in took.items():
                measured.append(fresh(role, home, args.trials))
        same = all(run["trials"] == took["direct"][0]["trials"] for run in took["create"] + took["direct"])
    seconds = {role: [run["seconds"] for run in measured] for role, measured in took.items()}
    print(f"\n{rows} rows x {args.columns} columns, {args.trials} trials beyond the baseline")
    print(f"the trials have the same settings and losses: {'yes' if same else 'NO'}")
    print(f"CREATE MODEL                   {spread(seconds['create'])}")
    print(f"the same trainer directly      {spread(seconds['direct'])}")
    print(f"added by CREATE MODEL          {added(seconds['direct'], seconds['create'])}")
    print(f"plain LightGBM, its part alone {spread(seconds['plain'])}, {took['plain'][0]['rounds']} rounds")
    print(f"the trials themselves          {spread([run['fits'] for run in took['create']])} in CREATE MODEL,")
    print(f"                               {spread([run['fits'] for run in took['direct']])} directly")
    print("steps of CREATE MODEL:", flush=True)
    for step in took["create"][0]["steps"]:
        print(f"    {step:30} {statistics.median(run['steps'][step] for run in took['create']):.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="20000,300000")
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.role:
        print(json.dumps(ROLES[args.role](args.home, args.trials)))
        return
    print(machine("lightgbm", "numpy", "pyarrow", "onnxruntime"))
    for rows in args.rows.split(","):
        compare(int(rows), args)


if __name__ == "__main__":
    main()
