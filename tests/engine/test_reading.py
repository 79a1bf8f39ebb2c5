"""A training reads no more rows than it has the time and the memory to learn from, and says so."""

import re

import pytest

import sqlml
from sqlml.engine import memory

QUERY = "SELECT *, a + b > 1000 AS y FROM (SELECT hash(i) % 1000 AS a, hash(i, 1) % 1000 AS b FROM range({rows}) t(i))"
OPTIONS = "max_runtime = '{seconds} seconds', max_trials = 1"


def trained(rows: int, seconds: float = 60.0, seed: int = 0) -> sqlml.Connection:
    db = sqlml.connect()
    db.execute(f"CREATE TABLE t AS {QUERY.format(rows=rows)}")
    db.execute(f"CREATE MODEL m PREDICT y WITH ({OPTIONS.format(seconds=seconds)}, seed = {seed}) AS FROM t")
    return db


def rows(db: sqlml.Connection) -> int:
    (found,) = db.execute("SELECT rows FROM sqlml.versions").fetchone()
    return int(found)


def conditions(db: sqlml.Connection) -> list[str]:
    return [notice.condition for notice in db.notices]


def test_more_rows_than_there_is_time_for_are_not_read() -> None:
    db = trained(1_500_000, seconds=1)
    (said,) = [notice.message for notice in db.notices if notice.condition == "rows_beyond_time"]
    told, of = re.findall(r"[\d,]{3,}", said)
    assert of == "1,500,000"
    assert 50_000 <= rows(db) < 1_500_000
    assert rows(db) == pytest.approx(int(told.replace(",", "")), rel=0.02)


def test_more_rows_than_memory_holds_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "allowed", lambda _: 10**7)
    db = trained(200_000)
    assert conditions(db) == ["rows_beyond_memory"]
    assert 50_000 < rows(db) < 150_000


def test_the_plan_says_it_before_it_is_paid_for() -> None:
    db = sqlml.connect()
    db.execute(f"EXPLAIN CREATE MODEL m PREDICT y WITH ({OPTIONS.format(seconds=1)}) AS {QUERY.format(rows=1_500_000)}")
    assert "rows_beyond_time" in conditions(db)


def test_the_same_rows_are_chosen_again_for_the_same_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "allowed", lambda _: 10**7)
    first, again, other = (rows(trained(200_000, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_query_of_parameters_is_counted_too() -> None:
    db = sqlml.connect()
    query = QUERY.format(rows="$rows")
    options = OPTIONS.format(seconds=1)
    db.execute(f"CREATE MODEL m PREDICT y WITH ({options}) AS {query}", {"rows": 1_500_000})
    assert "rows_beyond_time" in conditions(db)
