"""A small database with a small model in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import sqlml

CUSTOMERS = """
CREATE TABLE customers AS
SELECT i AS id, (i * 37) % 70 AS age, ['basic', 'plus', 'pro'][1 + i % 3] AS plan,
       ((i * 37) % 70 < 30) <> (i % 11 = 0) AS churned
FROM range(400) t(i)
"""
# What a statement may not leave behind; the record of what it was told is no such thing.
LEFT_BEHIND = "FROM duckdb_tables() WHERE temporary OR schema_name = 'sqlml' AND table_name <> 'diagnostics'"
MODEL = "CREATE MODEL churn PREDICT churned WITH (max_trials = 2) AS SELECT age, plan, churned FROM customers"


@pytest.fixture
def db(trained: Path) -> Iterator[sqlml.Connection]:
    """A connection that may only read the trained database."""
    with sqlml.connect(trained, read_only=True) as connection:
        yield connection
