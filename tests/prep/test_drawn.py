"""A graph computes the features that SQL computes, to the last bit, also where values are odd."""

from collections.abc import Iterable

import numpy as np
import pytest

from sqlml.prep.step import Step
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.level_mean import LevelMean, mark
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import Tags
from sqlml.prep.steps.text import Text
from sqlml.quote import literal, literals
from sqlml.schema import Column
from sqlml.testing.drawn import check_drawn
from tests.prep.bench import Bench

INTEGERS = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UINTEGER", "UBIGINT", "UHUGEINT", "BIGNUM"]
# Around what 1 to 63 bits have room for, and around the middle of two numbers of 24 bits.
MIDDLES = [2**power + half for power in range(25, 63) for half in (2 ** (power - 24), 3 * 2 ** (power - 24))]
NEAR = [str(sign * (near + by)) for near in [2**p for p in range(64)] + MIDDLES for sign in (-1, 1) for by in range(7)]
ODD = ["", " ", "a", "A", "é😀", "🤦🏼‍♂️", "a\0b", "'", '"', "ß", "𝒳" * 300, "a b  c", "123 45", "\n", "١٢", "select"]


def rows(type_: str, texts: Iterable[str]) -> str:
    """SQL: a relation of one column `x` of that type, of the texts that can be cast to it, and NULL."""
    given = f"SELECT unnest({literals(list(texts))}) AS x UNION ALL SELECT NULL"
    return f"(SELECT DISTINCT TRY_CAST(x AS {type_}) AS x FROM ({given}))"


def doubles(bits: str, count: int = 5000) -> list[str]:
    """Numbers of any bits, those of 16, 32 or 64 of them."""
    words = np.random.default_rng(0).integers(0, 256, count * 8, np.uint8).view(bits)[:count]
    return [repr(float(number)) for number in words]


@pytest.mark.parametrize("type_", INTEGERS)
@pytest.mark.parametrize("centre", [None, "0", "100", "16777217"])
def test_whole_numbers_of_any_size(type_: str, centre: str | None, bench: Bench) -> None:
    check_drawn(Number(Column("x", type_), centre), bench.ask, rows(type_, NEAR))


@pytest.mark.parametrize("type_", ["BIGINT", "HUGEINT"])
@pytest.mark.parametrize("centre", [str(-(2**63) + 1), str(2**63 - 1), str(2**53 + 1), str(-(2**53) - 1)])
def test_whole_numbers_less_a_huge_centre(type_: str, centre: str, bench: Bench) -> None:
    check_drawn(Number(Column("x", type_), centre), bench.ask, rows(type_, NEAR))


@pytest.mark.parametrize("centre", [None, "1700000000.25", "-1e300", "5e-324"])
@pytest.mark.parametrize(("type_", "bits"), [("DOUBLE", "f8"), ("DOUBLE", "f4"), ("FLOAT", "f4")])
def test_reals_of_any_bits(type_: str, bits: str, centre: str | None, bench: Bench) -> None:
    odd = ["nan", "inf", "-inf", "-0", "5e-324", "1.4e-45", "0.7e-45", "3.4e38", "-3.4e38", "3.5e38", "1700000000.5"]
    check_drawn(Number(Column("x", type_), centre), bench.ask, rows(type_, [*odd, *doubles(bits)]))


@pytest.mark.parametrize("type_", ["DECIMAL(4,1)", "DECIMAL(9,2)", "DECIMAL(15,3)", "DECIMAL(15,15)", "DECIMAL(18,9)"])
@pytest.mark.parametrize("centre", [None, "0.5"])
def test_decimals_of_up_to_fifteen_digits(type_: str, centre: str | None, bench: Bench) -> None:
    random = np.random.default_rng(0)
    whole = random.integers(-(10**15), 10**15, 5000) // 10 ** random.integers(0, 15, 5000)
    texts = [f"{number}e-{by}" for number, by in zip(whole.tolist(), random.integers(0, 16, 5000), strict=True)]
    check_drawn(Number(Column("x", type_), centre), bench.ask, rows(type_, texts))


SPELT = [
    *("", " ", "x", "1", " 12 ", "\t-7.5\n", "+5", "1.", ".5", ".", "1e5", "1.e5", "-1E-5", "1e", "e5", "1 2", "0x1F"),
    *("nan", "NaN", "-nan", "inf", "+inf", "-Infinity", "INF ", "infinit", "1e999", "-1e999", "1e-999", "-1e-999"),
    *("1e308", "-1.7976931348623157e308", "4.9e-324", "5e-310", "2.5e38", "3.5e38", "1e-45", "0e5", "-0", "1,5", "12€"),
    *("123456789012345678901234567890", "0.1", "16777217", "9007199254740993", "1" * 150, "0." + "1" * 150, "é", "\0"),
]


@pytest.mark.parametrize("centre", [None, "1700000000.25"])
def test_numbers_that_are_spelt_as_text(centre: str | None, bench: Bench) -> None:
    check_drawn(Number(Column("x", "VARCHAR"), centre), bench.ask, rows("VARCHAR", [*SPELT, *doubles("f8")]))


@pytest.mark.parametrize(
    "type_", ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"]
)
def test_points_in_time_of_all_times(type_: str, bench: Bench) -> None:
    whole = np.random.default_rng(0).integers(-(2**63), 2**63, 5000) >> np.random.default_rng(1).integers(0, 40, 5000)
    moments = f"SELECT TRY_CAST(make_timestamp(unnest({whole.tolist()}::BIGINT[])) AS {type_}) AS x"
    odd = f"SELECT unnest(['infinity', '-infinity', '0044-03-15 (BC) 12:00:00'])::TIMESTAMP::{type_}"
    relation = f"({moments} UNION ALL {odd if 'NS' not in type_ else 'SELECT NULL'})"
    for centre in (0, 19_000, -700_000):
        check_drawn(Moment(Column("x", type_), Moment.all_parts, centre), bench.ask, relation)
    pairs = f"(SELECT x, lag(x) OVER () AS y FROM {relation})"
    check_drawn(Elapsed(Column("x", type_), Column("y", type_)), bench.ask, pairs)


def test_every_day_of_some_centuries_and_some_days_of_all(bench: Bench) -> None:
    days = "SELECT DATE '1970-01-01' + d::INTEGER AS x FROM range(-800_000, 200_000) t(d)"
    far = "SELECT DATE '1970-01-01' + d::INTEGER FROM range(-2_100_000_000, 2_100_000_000, 1_999_993) t(d)"
    odd = "SELECT unnest(['infinity', '-infinity', '5877642-06-25 (BC)', '5881580-07-10', NULL])::DATE"
    for centre in (0, 19_000, -800_000):
        step = Moment(Column("x", "DATE"), Moment.all_parts[:-1], centre)
        check_drawn(step, bench.ask, f"({days} UNION ALL {far} UNION ALL {odd})")


@pytest.mark.parametrize(
    "step",
    [
        Shape(Column("x", "VARCHAR"), Shape.all_parts),
        Category(Column("x", "VARCHAR"), tuple(ODD[3:]), tuple(range(100, 100 - len(ODD[3:]), -1))),
        Tags(Column("x", "VARCHAR"), "|", ("a", "é😀", "a b", ".*", "\\", "tag")),
        Tags(Column("x", "VARCHAR"), ";", ("a", "b")),
    ],
    ids=lambda step: step.name,
)
def test_odd_texts(step: Step, bench: Bench) -> None:
    tags = ["a|b|a", " a | b||", "|", "||| ", "a b|.*|\\", "é😀|\u00a0é😀\u3000", "tag\n|tag", "x|tags", "a;b", "\ta|a"]
    for texts in (ODD + tags, [""], ["", "x"]):
        check_drawn(step, bench.ask, rows("VARCHAR", texts))


def test_levels_are_found_by_their_texts(bench: Bench) -> None:
    marks = tuple(bench.rows(f"SELECT {mark(literal(level))}")[0][0] for level in ODD)
    means = tuple(round(0.012345 * (at + 1), 6) for at in range(2 * len(ODD)))
    step = LevelMean(Column("x", "VARCHAR"), ("yes", "no"), marks, means, (0.123456, 1e-9), tuple(ODD))
    check_drawn(step, bench.ask, rows("VARCHAR", [*ODD, "other", "É"]))


def test_a_list_of_texts_enters_as_one(bench: Bench) -> None:
    lists = "(SELECT unnest([['a', 'b', ' a '], [], NULL, ['', NULL, 'é😀'], ['a|b'], [NULL]]) AS x)"
    check_drawn(Tags(Column("x", "VARCHAR[]"), "", ("a", "é😀", "a|b")), bench.ask, lists)


def test_the_levels_of_a_fitted_mean_are_kept_with_it(bench: Bench) -> None:
    values = "'l' || (hash(i) % 200)::VARCHAR AS x, hash(i) % 200 < 100 AS y"
    recipe, _ = bench.cross(f"SELECT {values} FROM range(3000) t(i)")
    (step,) = (step for step in recipe.steps if isinstance(step, LevelMean))
    assert step.obstacle is None
    assert len(step.levels) == 200
    check_drawn(step, bench.ask, "(SELECT x FROM t)")


WORDS = ("free", "é", "000", "汉", "ß", "!", "😀", "๐")
# Letters of every kind that a text is taken apart by, and such as are next to none.
PIECES = [
    *"aAéÉİıſKΣςßǅ  \t\n\0.'|-_",
    *"0123456789",
    *"٠٣๐໑១၁²",
    *"กัก็ົဿေ汉か々ァー한",
    *"!?€$😀🤦️\u0301\u0300\u20dd",
    "free",
    "FREE",
]
LONG = ["x" * 55, "x" * 56, "Ü" * 100, "𝒳" * 300, "a" * 9_999 + " b", "a " * 4_999 + "bcd", "1" * 10_001, "汉" * 10_050]


def prose(averaged: bool, size: int = 1024, outcomes: int = 2) -> Text:
    names = tuple("xyz"[:outcomes])
    weights = np.random.default_rng(size).integers(-(2**15), 2**15, size * outcomes).tolist()
    return Text(Column("x", "VARCHAR"), names, tuple(weights), averaged, WORDS)


@pytest.mark.parametrize("averaged", [True, False])
def test_words_of_odd_texts(averaged: bool, bench: Bench) -> None:
    random = np.random.default_rng(int(averaged))
    texts = ["".join(random.choice(PIECES, random.integers(1, 30))) for _ in range(4_000)]
    for some in (texts, ODD, LONG, [""], ["free"]):
        check_drawn(prose(averaged), bench.ask, rows("VARCHAR", some))


def test_words_of_all_letters_that_there_are(bench: Bench) -> None:
    letters = "list_transform(range(a, a + 64), lambda p: CASE WHEN p NOT BETWEEN 55296 AND 57343 THEN chr(p::INT) END)"
    texts = f"SELECT unnest([array_to_string({letters}, ' '), array_to_string({letters}, '')]) AS x"
    check_drawn(prose(False, 2**16, 1), bench.ask, f"({texts} FROM range(1, 1114112 - 64, 64) t(a))")
