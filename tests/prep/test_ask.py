"""What is asked of thousands of columns at once is what is asked of each."""

import pytest

from sqlml.prep import ask as room
from sqlml.prep.ask import facts
from sqlml.prep.nan import WithoutNan
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


@pytest.mark.parametrize("types", [["DOUBLE"], ["FLOAT"], ["DOUBLE", "FLOAT"]])
def test_of_values_without_nan_it_is_left_out(types: list[str], bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [types[place % len(types)] for place in range(4)]
    some = "CASE i % 3 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN i / 7 END"
    made = ", ".join(f"({some})::{type_} AS c{place}" for place, type_ in enumerate(own))
    bench.run(f"CREATE TABLE t AS SELECT {made} FROM range(50) AS numbers(i)")
    values = [(WithoutNan(f"r.c{place}", type_), type_) for place, type_ in enumerate(own)]
    values += [("r.c0", own[0])]
    each = facts(bench.ask, values, ["count({})", "max({})"], "t", 50)
    assert {count for count, _ in each} == {"17", "34"}
    monkeypatch.setattr(room, "WIDTH", 2)
    assert facts(bench.ask, values, ["count({})", "max({})"], "t", 50) == each
