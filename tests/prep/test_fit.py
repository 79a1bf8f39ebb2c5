"""What is fitted to a column: by its type, and by what it holds."""

import pytest

from sqlml.prep.problems import TextReadAsNumbers
from sqlml.prep.step import Step
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from tests.prep.bench import Bench


def steps(expression: str, bench: Bench, rows: int = 1000) -> list[Step]:
    """The steps of a column `a`."""
    recipe, _ = bench.fit(f"SELECT {expression} AS a, sin(i) AS b, hash(i) % 3 = 0 AS y FROM range({rows}) r(i)")
    return [step for step in recipe.steps if step.column.name == "a"]


@pytest.mark.parametrize(
    ("expression", "kinds"),
    [
        ("i % 2 = 0", [Boolean]),
        ("(i % 100)::TINYINT", [Number]),
        ("(i % 100)::UHUGEINT", [Number]),
        ("(i % 100)::BIGNUM", [Number]),
        ("(i % 100)::DECIMAL(38,10)", [Number]),
        ("sqrt(i)::FLOAT", [Number]),
        ("(i % 10)::VARCHAR", [Category]),
        ("((i % 3)::VARCHAR)::ENUM('0', '1', '2')", [Category]),
        ("((i % 30)::VARCHAR)::BLOB", [Category]),
        ("(i % 30)::BIT", [Category]),
        ("DATE '2020-01-01' + i::INTEGER", [Moment]),
        ("TIMESTAMP '2020-01-01' + to_seconds(i)", [Moment]),
        ("TIME '00:00:00' + to_seconds(i)", [Duration]),
        ("to_seconds(i)", [Duration]),
        ("'many a word in row ' || i", [Shape]),
        ("'w' || (i // 1.5)::INTEGER", [Category, Shape]),
    ],
)
def test_a_column_has_the_steps_of_its_type_and_values(expression: str, kinds: list[type[Step]], bench: Bench) -> None:
    assert [type(step) for step in steps(expression, bench)] == kinds


def category(expression: str, bench: Bench, rows: int = 1000) -> Category:
    (step,) = steps(expression, bench, rows)
    assert isinstance(step, Category)
    return step


def test_levels_come_commonest_first_and_ties_by_text(bench: Bench) -> None:
    assert category("['b', 'c', 'a', 'c'][1 + i % 4]", bench).levels == ("c", "a", "b")


@pytest.mark.parametrize("collation", ["NOCASE", "NOACCENT"])
def test_levels_are_told_apart_letter_by_letter(collation: str, bench: Bench) -> None:
    bench.run(f"SET default_collation = '{collation}'")
    assert category("['a', 'A', 'ä'][1 + i % 3]", bench).levels == ("a", "A", "ä")


def test_a_level_is_seen_twice_or_more_and_is_not_long(bench: Bench) -> None:
    step = category("CASE WHEN i = 0 THEN 'once' WHEN i < 100 THEN repeat('x', 201) ELSE 'l' || i % 2 END", bench)
    assert step.levels == ("l0", "l1")
    assert step.features()[0].levels == 3


def test_of_many_levels_the_commonest_are_kept_with_how_common_they_are(bench: Bench) -> None:
    step = category("'l' || least(i % 1000, 600 + i % 300)", bench, rows=10_000)
    assert (len(step.levels), len(step.counts)) == (255, 255)
    assert list(step.counts) == sorted(step.counts, reverse=True)
    assert [feature.name for feature in step.features()] == ["a", "frequency(a)"]


def test_text_that_spells_numbers_is_numbers_and_that_is_said(bench: Bench) -> None:
    select = "CASE WHEN i % 50 = 0 THEN ' ' ELSE (i / 4e0)::VARCHAR END AS charges, sin(i) AS b, i % 3 = 0 AS y"
    recipe, notices = bench.fit(f"SELECT {select} FROM range(1000) r(i)")
    assert isinstance(recipe.steps[0], Number)
    assert [type(notice) for notice in notices] == [TextReadAsNumbers]
    assert notices[0].message == "`charges` is text and was read as numbers"


@pytest.mark.parametrize(
    "expression", ["['1', '2', '3', 'more'][1 + i % 4]", "CASE WHEN i % 10 = 0 THEN 'x' ELSE (i % 90)::VARCHAR END"]
)
def test_text_that_hardly_spells_numbers_is_a_category(expression: str, bench: Bench) -> None:
    category(expression, bench)


@pytest.mark.parametrize(
    ("expression", "centre"),
    [
        ("1700000000 + hash(i) % 1000", True),
        ("1700000000::DOUBLE + sin(i)", True),
        ("(1700000000 + sin(i))::VARCHAR", True),
        ("('1' || repeat('0', 30))::DECIMAL(38,0) + hash(i) % 1000", True),
        ("CASE WHEN i % 50 = 0 THEN 0 ELSE 1700000000 + hash(i) % 1000 END", True),
        ("'-170141183460469231731687303715884105728'::HUGEINT + (hash(i) % 1000)::HUGEINT", True),
        ("hash(i)", False),
        ("2000 + hash(i) % 20", False),
        ("1e300 * sin(i)", False),
        ("CASE WHEN i % 3 = 0 THEN 'inf'::DOUBLE ELSE -'inf'::DOUBLE END", False),
    ],
)
def test_a_centre_is_subtracted_where_a_feature_would_blur(expression: str, centre: bool, bench: Bench) -> None:
    (step,) = steps(expression, bench)
    assert isinstance(step, Number)
    assert (step.centre is not None) == centre


def test_what_was_apart_stays_apart_after_centring(bench: Bench) -> None:
    recipe, _ = bench.fit("SELECT repeat('9', 38)::HUGEINT - i * 3 % 1001 AS a, i % 3 = 0 AS y FROM range(1000) r(i)")
    assert len({row[0] for row in bench.matrix(recipe)}) == 1000


def test_parts_of_a_date_that_never_change_are_no_features(bench: Bench) -> None:
    (step,) = steps("TIMESTAMP '2020-03-01' + to_days((i % 20)::INTEGER)", bench)
    assert [feature.name for feature in step.features()] == ["days(a)", "day(a)", "weekday(a)"]
    (step,) = steps("CASE WHEN i % 2 = 0 THEN DATE '2020-03-01' END", bench)
    assert [feature.name for feature in step.features()] == ["days(a)"]


def test_nothing_but_the_rows_given_is_looked_at(bench: Bench) -> None:
    select = "SELECT 'l' || i % 3 AS a, i % 7 AS b, i % 2 = 0 AS y FROM range(100) r(i)"
    recipe, _ = bench.fit(select)
    again, _ = bench.fit(f"FROM (({select}) UNION ALL SELECT 'held out', 5000, true FROM range(50)) LIMIT 100")
    assert again == recipe


def test_a_recipe_is_the_same_on_any_number_of_threads(bench: Bench) -> None:
    found = set()
    for threads in (1, 2, 4):
        bench.run(f"SET threads = {threads}")
        recipe, _ = bench.fit(
            "SELECT 'l' || hash(i) % 400 AS a, 1e9 + sin(i) AS b, DATE '2020-01-01' + (hash(i) % 99)::INTEGER AS d,"
            " hash(i) % 99 AS n, i % 2 = 0 AS y FROM range(200000) r(i)"
        )
        found.add(recipe.to_json())
    assert len(found) == 1
