"""Text that spells dates, times or amounts is read as them, and how is said."""

import pytest

from sqlml.prep.problems import TextReadAsNumbers
from sqlml.prep.spelling import read
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.problems import TextReadAsDates
from sqlml.prep.taken import reference
from tests.prep.bench import Bench

DAY = "(DATE '2013-01-01' + (i * 7 % 900)::INTEGER)"
MOMENT = "(TIMESTAMP '2013-01-01 00:00:00' + to_seconds(i * 40009))"


def spelt(expression: str, bench: Bench, rows: int = 500) -> tuple[str, list[object], list[str]]:
    """The type that a text column `a` is read as, its first values, and what is said."""
    found = read(bench.ask, "t", bench.table(f"SELECT {expression} AS a FROM range({rows}) r(i)"))
    (column,) = found.columns
    values = [value for (value,) in bench.rows(f"SELECT {reference(column, 't')} FROM t LIMIT 40")]
    return column.type, values, [notice.message for notice in found.notices]


@pytest.mark.parametrize(
    "format_",
    [
        *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%-m/%-d/%Y", "%d.%m.%Y", "%d-%m-%Y"),
        *("%d/%m/%y", "%m/%d/%y", "%B %-d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%y", "%a, %d %b %Y"),
    ],
)
def test_dates_are_read_in_the_format_that_they_keep_to(format_: str, bench: Bench) -> None:
    type_, values, said = spelt(f"strftime({DAY}, '{format_}')", bench)
    expected = [value for (value,) in bench.rows(f"SELECT {DAY} FROM range(40) r(i)")]
    assert (type_, values) == ("DATE", expected)
    assert len(said) == 1
    assert said[0].startswith("`a` is text and was read as dates: '")


@pytest.mark.parametrize(
    "format_",
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y%m%d %H:%M:%S"],
)
def test_dates_with_a_time_of_day_are_points_in_time(format_: str, bench: Bench) -> None:
    type_, values, _ = spelt(f"strftime({MOMENT}, '{format_}')", bench)
    expected = [value for (value,) in bench.rows(f"SELECT {MOMENT} FROM range(40) r(i)")]
    assert (type_, values) == ("TIMESTAMP", expected)


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("'0' || (1 + i % 9) || '/0' || (1 + i % 7) || '/2013'", "2013-01-01"),
        ("'0' || (1 + (i + 3) % 9) || '/0' || (1 + i % 7) || '/2013'", "2013-04-01"),
        ("'0' || (1 + (i + 3) % 9) || '.0' || (1 + i % 7) || '.2013'", "2013-01-04"),
        (
            "CASE WHEN i = 499 THEN '13/04' ELSE '0' || (1 + (i + 3) % 9) || '/0' || (1 + i % 7) END || '/2013'",
            "2013-01-04",
        ),
    ],
)
def test_one_day_beyond_the_twelfth_tells_day_and_month_apart(expression: str, first: str, bench: Bench) -> None:
    _, values, _ = spelt(expression, bench)
    assert str(values[0]) == first


def test_the_example_shows_which_number_was_the_day(bench: Bench) -> None:
    _, _, said = spelt(f"strftime({DAY}, '%d/%m/%y')", bench)
    assert said == ["`a` is text and was read as dates: '31/12/13' as 2013-12-31"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'$' || (1000 + i) || '.50'", 1000.5),
        ("'1,' || (100 + i) || '.25'", 1100.25),
        ("(i + 5) || ' %'", 5),
        ("'(' || (i + 12) || ')'", -12),
        ("'-€' || (i + 12)", -12),
        ("(i + 5) || ',5 €'", 5.5),
        ("'1.' || (100 + i) || ',25'", 1100.25),
        ("CASE WHEN i % 3 = 1 THEN ' ' ELSE (i + 0.5)::VARCHAR END", 0.5),
        ("CASE WHEN i % 3 = 1 THEN 'N/A' ELSE '$' || i END", 0),
    ],
)
def test_amounts_are_numbers(expression: str, value: float, bench: Bench) -> None:
    type_, values, _ = spelt(expression, bench)
    assert (type_, values[0]) == ("DOUBLE", value)


@pytest.mark.parametrize(
    "expression",
    [
        "'a' || i",
        "(i / 4e0)::VARCHAR",
        "['$1', '$2', '$3'][1 + i % 3]",
        "['2013-01-01', '2014-02-02'][1 + i % 2]",
        "'192.168.' || i % 9 || '.' || i % 200",
        "'555-' || (1000 + i)",
        "'v1.' || i % 20 || '.' || i % 7",
        f"CASE WHEN i % 10 = 0 THEN 'soon' ELSE {DAY}::VARCHAR END",
        "CASE WHEN i % 10 = 0 THEN 'dear' ELSE '$' || i END",
        "(10000000 + i * 7919 % 89999999)::VARCHAR",
        "NULL::VARCHAR",
        "''",
    ],
)
def test_other_text_stays_text(expression: str, bench: Bench) -> None:
    assert spelt(expression, bench)[0] == "VARCHAR"


def test_times_of_day_are_read(bench: Bench) -> None:
    assert spelt("strftime(TIMESTAMP '2020-01-01' + to_seconds(i * 977), '%H:%M')", bench)[0] == "TIME"


def test_what_is_read_is_prepared_as_its_type(bench: Bench) -> None:
    select = (
        f"SELECT strftime({DAY}, '%d.%m.%Y') AS since, '$' || i * 7919 % 1000 AS pay, (i // 60) || ':' || lpad((i % 60)"
        "::VARCHAR, 2, '0') AS at, hash(i) % 3 = 0 AS y FROM range(500) r(i)"
    )
    recipe, notices = bench.fit(select)
    assert {step.column.name: type(step) for step in recipe.steps} == {"since": Moment, "pay": Number, "at": Duration}
    assert [(column.name, column.type) for column in recipe.inputs] == [(n, "VARCHAR") for n in ("since", "pay", "at")]
    assert {type(notice) for notice in notices} == {TextReadAsDates, TextReadAsNumbers}
    odd = "(SELECT unnest(['', 'x', '99.99.9999', '$1e999', '1:99', NULL]) AS since, since AS pay, since AS at)"
    assert len(bench.matrix(recipe, odd)) == 6
