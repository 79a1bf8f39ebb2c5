"""A SELECT that is DuckDB's alone, through sqlml and through DuckDB, in turn, in one process on one database.

    python tests/bench/overhead.py [--rows 1000000] [--calls 3000] [--turns 50]

Rows are fetched by `fetchall`. In brackets: the tenth and the ninetieth percentile. What is added is taken turn by
turn; DuckDB runs twice in each, and what the second run adds to the first is the noise. The bound: less than 0.2 ms
and, of a SELECT that takes its time, less than 2 % added.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from figures import added, interleaved, machine, spread

import sqlml

_LARGE = 100_000


@dataclass(frozen=True)
class Case:
    """A statement, and how often each side runs it."""

    name: str
    sql: str
    times: int


def values(column: str, length: int) -> str:
    """A statement of about `length` characters."""
    rows = ", ".join(f"({number}, 'text {number}')" for number in range(length // 22))
    return f"SELECT count({column}) FROM (VALUES {rows}) AS t({column}, other)"


def cases(calls: int, turns: int) -> Iterator[Case]:
    groups = "count(*), sum(v), avg(v * w), max(text)"
    yield Case("SELECT 42", "SELECT 42", calls)
    yield Case("1M rows grouped", f"SELECT g, {groups} FROM t GROUP BY g ORDER BY g", turns)
    yield Case("50,000 rows fetched", "SELECT g, v, text FROM t WHERE g < 50", turns)
    yield Case("a column called model", "SELECT model FROM cars WHERE model > 3", calls)
    yield Case(f"{_LARGE // 1000} KB of text", values("number", _LARGE), turns)
    yield Case(f"{_LARGE // 1000} KB that mention model", values("model", _LARGE), turns)


def fetched(db: duckdb.DuckDBPyConnection | sqlml.Connection, sql: str) -> list[tuple]:
    return db.execute(sql).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=3000, help="runs of a statement that takes no time")
    parser.add_argument("--turns", type=int, default=50, help="runs of a statement that takes some")
    args = parser.parse_args()
    print(machine())
    print("| statement | DuckDB | sqlml | sqlml adds | DuckDB again adds |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home:
        file = str(Path(home) / "bench.duckdb")
        with duckdb.connect(file) as plain, sqlml.connect(file) as ours:
            plain.execute(
                "CREATE TABLE t AS SELECT i % 1000 AS g, hash(i) % 100000 AS v, hash(i + 1) / 1e19 AS w,"
                f" 'text ' || hash(i) % 5000 AS text FROM range({args.rows}) r(i)"
            )
            plain.execute("CREATE TABLE cars AS SELECT range AS model FROM range(5)")
            for case in cases(args.calls, args.turns):
                theirs = partial(fetched, plain, case.sql)
                first, took, again = interleaved(case.times, theirs, partial(fetched, ours, case.sql), theirs)
                cells = [spread(first, "ms", 1000), spread(took, "ms", 1000)]
                cells += [added(first, one, "ms", 1000) for one in (took, again)]
                print(f"| {case.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
