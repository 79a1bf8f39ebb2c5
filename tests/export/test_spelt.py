"""Whatever may be a date as text is read in other engines as DuckDB reads it: in each spelling, and nearly in it."""

import random
from collections.abc import Iterator

import duckdb
import pytest

from sqlml.prep.spelling import _CLOCKS, _DAYS
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.moment import Moment
from sqlml.prep.taken import Way, take
from sqlml.schema import Column
from tests.export.in_engines import expected, numbers, query
from tests.export.postgres import Postgres, serving

TEXT = Column("t", "VARCHAR")
ISO = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S.%f+02:00", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
SIGNS = "0123456789 -/.:,TZAPMamp\t\n"


def ways(spelling: str) -> Way:
    if spelling == "iso":
        return ("cast", "TIMESTAMP")
    return ("moment", "TIMESTAMP", *(spelling + clock for clock in _CLOCKS))


def changed(chance: random.Random, text: str) -> str:
    """A text with a sign or two put in, taken out, or other."""
    for _ in range(chance.randint(1, 2)):
        at, length = chance.randrange(len(text) + 1), chance.randint(0, 1)
        text = text[:at] + chance.choice(["", *SIGNS]) + text[at + length :]
    return text


@pytest.fixture(scope="module")
def db() -> duckdb.DuckDBPyConnection:
    """A table of dates and times in each spelling, and of texts that are nearly such."""
    chance = random.Random(7)
    spelt = {
        text for format_ in [*(day + clock for day in _DAYS for clock in _CLOCKS), *ISO] for text in written(format_)
    }
    texts = sorted(spelt) + [changed(chance, text) for text in sorted(spelt) for _ in range(3)]
    db = duckdb.connect()
    db.execute("CREATE TABLE given (t VARCHAR)")
    db.execute("INSERT INTO given SELECT unnest(?)", [texts])
    return db


def written(format_: str) -> list[str]:
    moments = (
        "SELECT TIMESTAMP '1900-01-01' + INTERVAL (i * 9973 % 80000) DAY + INTERVAL (i * 7919 * 7919) MILLISECOND AS m"
    )
    plain = f"SELECT strftime(m, ?) AS text FROM ({moments} FROM range(2, 5) r(i))"
    either = "[text, ' ' || replace(text, ' ', '  ') || ' ', upper(text), replace(text, '0', '')]"
    return [text for (text,) in duckdb.execute(f"SELECT unnest({either}) FROM ({plain})", [format_]).fetchall()]


@pytest.fixture(scope="module")
def postgres(db: duckdb.DuckDBPyConnection) -> Iterator[Postgres]:
    with serving() as server:
        server.load("given", [("t", "VARCHAR")], db.execute("FROM given").fetchall())
        yield server


@pytest.mark.parametrize("spelling", [*_DAYS, "iso"])
def test_postgres_reads_the_same_dates(db: duckdb.DuckDBPyConnection, postgres: Postgres, spelling: str) -> None:
    # It is said that years before the first and of six digits are not read.
    check(
        db,
        postgres,
        Moment(take(TEXT, "t", "TIMESTAMP", ways(spelling)), Moment.all_parts, 18_000),
        r"^\s*(-|\d{6,}[-/])",
    )


def test_postgres_reads_the_same_times_of_day(db: duckdb.DuckDBPyConnection, postgres: Postgres) -> None:
    # It is said that a time is not read where a date stands before it.
    check(db, postgres, Duration(take(TEXT, "t", "TIME", ("cast", "TIME"))), r"^\s*-?\d+[-/\\ ]")


def check(db: duckdb.DuckDBPyConnection, postgres: Postgres, step: Moment | Duration, unread: str) -> None:
    answer = numbers([line.split("|") for line in postgres.ask(f"{query(db, step, 'postgres')} ORDER BY row_")])
    texts = db.execute("SELECT t, regexp_matches(t, ?) FROM given", [unread]).fetchall()
    rows = [row for row in zip(texts, answer, expected(db, step), strict=True) if not row[0][1]]
    assert [row for row in rows if repr(row[1]) != repr(row[2])] == []
    assert sum(found[0] == found[0] for _, found, _ in rows) > 10
