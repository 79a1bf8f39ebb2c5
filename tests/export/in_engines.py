"""The features of a step, as queries for other engines and as the engines answer them."""

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sqlml.dialect.transpile import from_duckdb
from sqlml.export import portable
from sqlml.export.stages import Stages
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step

BY_SPARK = Path(__file__).with_name("by_spark.py")


def query(db: duckdb.DuckDBPyConnection, step: Step, dialect: str) -> str:
    """The features of each row of the table `given`, in the words of an engine."""
    said, stages = words(db, step, dialect)
    assert said is not None
    return from_duckdb(f"SELECT {', '.join(stages.keep(said))} FROM {stages.query('*', 'given AS input')}", dialect)


def words(db: duckdb.DuckDBPyConnection, step: Step, dialect: str) -> tuple[list[str] | None, Stages]:
    stages = Stages()
    sheet = portable.Sheet("input", stages, dialect, lambda sql: db.sql(sql).to_arrow_table())
    [(_, said)] = portable.written(Recipe((step,)), sheet)
    return said, stages


def expected(db: duckdb.DuckDBPyConnection, step: Step) -> list[list[float]]:
    """The features as scoring has them."""
    return numbers(db.execute(f"SELECT {', '.join(step.expressions('input'))} FROM given AS input").fetchall())


def numbers(rows: list[Any]) -> list[list[float]]:
    return [[math.nan if value in (None, "") else float(value) for value in row] for row in rows]


def by_spark(queries: Mapping[str, str], table: str, folder: Path, db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What Spark answers to queries of `given`, which there has the rows of `table`; skips where there is none."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("no Spark is installed here")
    db.execute(
        f"COPY (SELECT row_number() OVER () AS row_, * FROM {table}) TO '{folder / 'given.parquet'}' (FORMAT parquet)"
    )
    for at, text in enumerate(queries.values()):
        (folder / f"{at}.sql").write_text(f"{text} ORDER BY row_", encoding="utf-8")
    done = subprocess.run([sys.executable, BY_SPARK, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: numbers(json.loads((folder / f"{at}.json").read_text())) for at, name in enumerate(queries)}
