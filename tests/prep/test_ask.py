"""What is asked of thousands of columns at once is what is asked of each."""

import pytest

from sqlml.prep import ask as room
from sqlml.prep.ask import facts
from tests.prep.bench import Bench

TYPES = {"DOUBLE": "sin(i * {k})", "BIGINT": "i * {k}", "DATE": "DATE '2020-01-01' + (i * {k} % 99)::INTEGER"}


def test_values_stacked_have_the_facts_of_each(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(f"r.c{place}", [*TYPES][place % 3]) for place in range(9)]
    made = [f"CASE WHEN i % {k + 2} <> 0 THEN {TYPES[type_].format(k=k)} END" for k, (_, type_) in enumerate(pairs)]
    columns = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate([*made[:-1], "NULL::DATE"]))
    bench.run(f"CREATE TABLE t AS SELECT {columns} FROM range(50) AS numbers(i)")
    aggregates = ["count({})", "min({})", "max({})", "quantile_disc({}, [0.05, 0.5])"]
    each = facts(bench.ask, pairs, aggregates, "t", 50)
    assert each[-1] == ["0", None, None, None]
    monkeypatch.setattr(room, "WIDTH", 2)
    assert facts(bench.ask, pairs, aggregates, "t", 50) == each
