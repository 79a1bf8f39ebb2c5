"""The metrics of udfs/metrics, loaded into a stock DuckDB connection as any client would load them."""

# Annotations stay text: hypothesis keeps functions, and they would keep DuckDB's classes, past DuckDB's own exit.
from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pytest

FOLDER = Path(__file__).parents[2] / "udfs" / "metrics"
FILES = sorted(FOLDER.glob("*.sql"))


class Estimate(NamedTuple):
    """The one row that a metric returns."""

    value: float | None
    lower: float | None
    upper: float | None
    rows: int


Measure = Callable[..., Estimate]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("file", FILES, ids=lambda file: file.stem)


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        for file in FILES:
            connection.execute(file.read_text(encoding="utf-8"))
        yield connection


@pytest.fixture(scope="session")
def measure(connection: duckdb.DuckDBPyConnection) -> Measure:
    """Returns a function that calls a metric with columns `a` (actual), `p` (what is beside it) and `w` (weight)."""

    def call(
        metric: str, actual: pa.Array, beside: pa.Array, weight: list[float] | None = None, errors: float | None = None
    ) -> Estimate:
        columns = {"a": actual, "p": beside}
        if weight is not None:
            columns["w"] = pa.array(weight, pa.float64())
        connection.register("sample", pa.table(columns))
        arguments = "sample, a, p" if weight is None else "sample, a, p, weight := w"
        arguments += "" if errors is None else f", errors := {errors!r}"
        row, *more = connection.execute(f'FROM "{metric}"({arguments})').fetchall()
        assert not more
        return Estimate(*row)

    return call
