"""A database in memory, asked as prep asks, and small tables in it."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.prep.bench import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    with duckdb.connect() as connection:
        yield Bench(connection)
