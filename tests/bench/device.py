"""A network's steps and fits on the CPU and, where there is one that works, on a GPU.

    python tests/bench/device.py [--rows 20000,100000] [--beside 1,4]

Steps are timed by their rows, for the layout that a machine's GPU is measured by; on a GPU also as they would be if
they were not put together. Fits are whole ones, with loading and writing done, of a table with and without categories,
so many at once.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from unittest import mock

import numpy as np
from figures import machine

from sqlml.schema import Feature, Task
from sqlml.train import device
from sqlml.train.clock import Clock
from sqlml.train.learners import descent, payoff
from sqlml.train.learners.network import NeuralNetwork
from sqlml.train.table import Table

LEVELS, COLUMNS = 50, 20
_Writer = descent._Writer


def table(rows: int, categories: int) -> Table:
    """Classes that bends of some columns and the levels of one tell."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(rows, COLUMNS)).astype(np.float32)
    matrix[:, COLUMNS - 4 :] = random.integers(0, LEVELS, (rows, 4))
    sums = np.sin(2 * matrix[:, 0]) * matrix[:, 1] + 0.3 * (matrix[:, -1] % 7 - 3) + random.normal(size=rows) / 2
    levels = [0] * (COLUMNS - categories) + [LEVELS] * categories
    features = tuple(Feature(f"feature {i}", f"column {i}", own) for i, own in enumerate(levels))
    known = rows * 4 // 5
    fit, validation = np.arange(known, dtype=np.int32), np.arange(known, rows, dtype=np.int32)
    return Table(matrix, (sums > 0).astype(np.float64), fit, validation, features, Task.BINARY, 2, 0, 1)


def steps(tensorflow: object, where: str, way: str) -> None:
    figures = {batch: payoff._seconds(tensorflow, f"/{where}:0", batch) for batch in (128, 256, 512, 1024, 4096)}
    told = "  ".join(f"{batch}: {1e6 * step:7,.0f}" for batch, (_, step) in figures.items())
    print(f"{where}, {way:8}  microseconds of a step by its rows  {told}; begun in {max(figures.values())[0]:.1f} s")


def fits(where: str, rows: int, categories: int, beside: int) -> None:
    learner, own = NeuralNetwork(gpu=where == "GPU"), replace(table(rows, categories), beside=beside)
    settings = learner.settings(rows, COLUMNS, Task.BINARY)[0]
    learner.fit(own, settings | {"epochs": 1}, Clock(600.0))
    began = time.monotonic()
    with ThreadPoolExecutor(beside) as pool:
        details = list(pool.map(lambda _: learner.fit(own, settings, Clock(600.0)).detail, range(beside)))
    print(
        f"{where}, {rows:,} rows, {categories} categories: {beside} at once in {time.monotonic() - began:.2f} s,"
        f" {settings['epochs']} passes each ({details[0]})",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="20000,100000")
    parser.add_argument("--beside", default="1,4")
    asked = parser.parse_args()
    began = time.monotonic()
    tensorflow, found = device.opened(gpu=True)
    print(f"{machine()}; {found.device} in {time.monotonic() - began:.1f} s: {found.reason}")
    places = dict.fromkeys(["CPU", found.device])
    for where in places:
        steps(tensorflow, where, "together" if where == "GPU" else "apart")
    if found.device == "GPU":
        descent._written.clear()
        with mock.patch.object(descent, "_Writer", lambda *rest, together: _Writer(*rest, together=False)):
            steps(tensorflow, "GPU", "apart")
        descent._written.clear()
        print(f"it pays from {payoff.measure(tensorflow, found):,} rows on")
    for where in places:
        for rows in map(int, asked.rows.split(",")):
            for categories in (0, 4):
                for beside in map(int, asked.beside.split(",")):
                    fits(where, rows, categories, beside)


if __name__ == "__main__":
    main()
