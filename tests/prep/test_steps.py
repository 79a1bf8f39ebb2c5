"""Every step holds its contract on every type, and gives the numbers that it promises."""

import math
from dataclasses import replace

import pytest

from sqlml.prep.step import Step
from sqlml.prep.steps.boolean import Boolean
from sqlml.prep.steps.category import Category
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import Tags
from sqlml.prep.steps.text import Text
from sqlml.prep.taken import AMOUNTS, take
from sqlml.schema import Column
from sqlml.testing import check_step
from tests.prep.bench import Bench

SIGNED = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"]
INTEGERS = [*SIGNED, "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "BIGNUM"]
DECIMALS = ["DECIMAL(4,4)", "DECIMAL(9,2)", "DECIMAL(18,3)", "DECIMAL(37,10)", "DECIMAL(38,0)", "DECIMAL(38,38)"]
NUMBERS = [*INTEGERS, *DECIMALS, "FLOAT", "DOUBLE", "VARCHAR"]
MOMENTS = ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"]
TEXTS = ["VARCHAR", "UUID", "BLOB", "BIT", "ENUM('a', 'b''c', '')"]
LEVELS = ("a", "0", "é😀", "'", "\0", "00000000-0000-0000-0000-000000000000", "\\x00\\xFF")
LIMITS = {
    "TINYINT": ("-128", "127"),
    "BIGINT": (str(-(2**63)), str(2**63 - 1)),
    "UBIGINT": ("0", str(2**64 - 1)),
    "HUGEINT": (str(-(2**127)), str(2**127 - 1)),
    "UHUGEINT": ("0", str(2**127 - 1)),
    "DECIMAL(37,10)": ("-" + "9" * 27, "9" * 27 + "." + "9" * 10),
    "DECIMAL(38,0)": ("-" + "9" * 38, "9" * 38),
    "DECIMAL(38,38)": ("-0." + "9" * 38, "0." + "9" * 38),
    "DOUBLE": ("-1.7e308", "1.7e308"),
    "VARCHAR": ("-1.7e308", "1.7e308"),
}


def column(type_: str) -> Column:
    return Column('odd "name".😀', type_)


def steps() -> list[Step]:
    found: list[Step] = [Boolean(column("BOOLEAN"))]
    found += [Number(column(type_)) for type_ in NUMBERS]
    found += [Number(column(type_), centre) for type_, limits in LIMITS.items() for centre in limits]
    found += [Category(column(type_), LEVELS, counts) for type_ in TEXTS for counts in ((), (9, 8, 7, 6, 5, 4, 3))]
    found += [Category(column("VARCHAR"), ())]
    found += [Shape(column(type_), Shape.all_parts) for type_ in TEXTS]
    found += [Moment(column(type_), Moment.all_parts, 19_000) for type_ in MOMENTS]
    found += [Moment(column("DATE"), Moment.all_parts[:-1], -19_000)]
    ends = [(first, second) for first in ("DATE", *MOMENTS) for second in ("DATE", "TIMESTAMP", MOMENTS[-1])]
    found += [Elapsed(column(first), Column("other", second)) for first, second in ends]
    found += taken() + learnt()
    found += [Duration(column(type_)) for type_ in ("TIME", "TIME_NS", "TIME WITH TIME ZONE", "INTERVAL")]
    return found


def learnt() -> list[Step]:
    """Steps that learn from the target, and those that compute something once a row."""
    found: list[Step] = []
    for type_ in TEXTS:
        even = LevelMean(column(type_), ("b", "a"), (4209, 7, 2**32 - 1), (0.1, 1e-9, -2e30, 0.4, 0.5, 0.6), (0.5, 0.2))
        found += [
            replace(even, halves=(even, replace(even, others=(0.7, -1.0)))),
            LevelMean(even.column, ("",), (), (), (0.5,)),
        ]
    for averaged in (True, False):
        plain = Text(column("VARCHAR"), ("x", "y"), tuple(range(-1024, 1024)), averaged, ("'", "é", "😀", "汉"))
        found += [plain, replace(plain, halves=(replace(plain, weights=(0,) * 2048), plain))]
    found += [Tags(column("VARCHAR"), separator, ("a", "'", "é😀")) for separator in ("|", ";", ",", "'")]
    return [*found, Tags(column("VARCHAR[]"), "", ("a", "x")), Tags(column("VARCHAR[]"), "")]


def taken() -> list[Step]:
    """Steps on what is taken out of a column."""
    text, document = column("VARCHAR"), column("JSON")
    pair, numbers = column('STRUCT(a INTEGER, "b c" DATE)'), column("HUGEINT[]")
    found: list[Step] = [Number(take(text, "amount", "DOUBLE", ("amount", point))) for point in AMOUNTS]
    found += [
        Moment(take(text, "day", "DATE", ("moment", "TIMESTAMP", "%d.%m.%Y"), ("cast", "DATE")), Moment.all_parts[:-1]),
        Moment(take(text, "moment", "TIMESTAMP", ("cast", "TIMESTAMP")), Moment.all_parts),
        Duration(take(text, "time", "TIME", ("cast", "TIME"))),
        Number(take(pair, "p.a", "INTEGER", ("field", "a"))),
        Moment(take(pair, "p.b c", "DATE", ("field", "b c")), Moment.all_parts[:-1]),
        Number(take(column("MAP(VARCHAR, INTEGER)"), "m.k", "INTEGER", ("entry", "k", "VARCHAR"))),
        *(Number(take(numbers, "n", type_, (way,))) for way, type_ in (("size", "BIGINT"), ("mean", "DOUBLE"))),
        *(Number(take(numbers, "n", "HUGEINT", way), "5") for way in (("element", "2"), ("least",), ("greatest",))),
    ]
    for source in (text, document):
        found += [
            Number(take(source, "j.a", "DOUBLE", ("json", "/a", "DOUBLE"))),
            Boolean(take(source, "j.0.a", "BOOLEAN", ("json", "/0/a", "BOOLEAN"))),
            Category(take(source, "j.b", "VARCHAR", ("json", "/b", "VARCHAR")), LEVELS),
            Number(take(source, "j.l", "DOUBLE", ("json", "/a/b", "DOUBLE[]"), ("mean",))),
        ]
    return found


@pytest.mark.parametrize("step", steps(), ids=lambda step: f"{step.name}-{step.column.type}")
def test_a_step_holds_its_contract(step: Step, bench: Bench) -> None:
    check_step(step, bench.ask)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_a_moment_with_a_zone_is_the_same_in_every_session(zone: str, bench: Bench) -> None:
    bench.run(f"SET TimeZone = '{zone}'")
    step = Moment(column("TIMESTAMP WITH TIME ZONE"), Moment.all_parts, 19_000)
    found = bench.features(step, "'2024-02-29 23:30:00+00'::TIMESTAMPTZ")
    assert found == [pytest.approx(19_782 - 19_000 + 23.5 / 24, abs=1e-4), 2024, 2, 29, 4, 23]


@pytest.mark.parametrize(
    "setting", ["SET integer_division = true", "SET ieee_floating_point_ops = false", "SET default_order = 'DESC'"]
)
def test_a_feature_does_not_hang_on_the_sessions_settings(setting: str, bench: Bench) -> None:
    bench.run(setting)
    assert bench.features(Shape(column("VARCHAR"), Shape.all_parts), "'ab 12'") == [5, 2, pytest.approx(0.4)]
    moment = Moment(column("TIMESTAMP"), ("days",))
    assert bench.features(moment, "TIMESTAMP '1970-01-02 12:00:00'") == [1.5]


@pytest.mark.parametrize(
    ("type_", "base"),
    [("BIGINT", 10**18), ("UBIGINT", 10**19), ("HUGEINT", -(10**37)), ("UHUGEINT", 10**37), ("DECIMAL(38,2)", 10**35)],
)
def test_neighbours_far_from_zero_stay_apart(type_: str, base: int, bench: Bench) -> None:
    step = Number(column(type_), str(base))
    assert [bench.features(step, f"'{base + by}'::{type_}")[0] for by in (-3, 0, 1, 2)] == [-3, 0, 1, 2]


def test_reals_far_from_zero_stay_apart(bench: Bench) -> None:
    assert bench.features(Number(column("DOUBLE"), "1700000000.25"), "1700000000.5::DOUBLE") == [0.25]
    assert bench.features(Number(column("VARCHAR"), "1700000000.25"), "' 1700000000.5 '") == [0.25]


@pytest.mark.parametrize(
    ("text", "feature"), [("1e300", 3.4e38), ("-1e300", -3.4e38), ("inf", 3.4e38), ("nan", math.nan)]
)
def test_what_is_too_great_for_a_feature_is_held_at_the_end(text: str, feature: float, bench: Bench) -> None:
    found = bench.features(Number(column("DOUBLE")), f"'{text}'::DOUBLE")
    assert found == [pytest.approx(feature, nan_ok=True)]


def test_a_category_is_the_place_among_the_levels_and_others_share_the_last(bench: Bench) -> None:
    step = Category(column("VARCHAR"), ("b", "a"), (20, 10))
    found = [bench.features(step, value)[0] for value in ("'b'", "'a'", "'A'", "''")]
    assert found == [0, 1, 2, 2]
    assert bench.features(step, "'a'")[1] == pytest.approx(math.log(10))
    assert bench.features(step, "'c'")[1] == 0
    assert [feature.levels for feature in step.features()] == [3, 0]


def test_a_date_is_taken_apart(bench: Bench) -> None:
    step = Moment(column("DATE"), Moment.all_parts[:-1], 10)
    assert bench.features(step, "DATE '1970-01-01'") == [-10, 1970, 1, 1, 4]
    endless = bench.features(step, "DATE 'infinity'")
    assert endless[0] > 2e9
    assert all(map(math.isnan, endless[1:]))


def test_times_and_intervals_are_seconds(bench: Bench) -> None:
    assert bench.features(Duration(column("TIME")), "TIME '00:01:00.5'") == [60.5]
    assert bench.features(Duration(column("INTERVAL")), "INTERVAL '2 days'") == [172_800]


def test_the_days_between_two_moments_are_counted(bench: Bench) -> None:
    step = Elapsed(Column("a", "DATE"), Column("b", "TIMESTAMP WITH TIME ZONE"))
    bench.run("SET TimeZone = 'America/New_York'")
    (expression,) = step.expressions("r")
    source = "(SELECT DATE '2024-02-28' AS a, '2024-03-01 12:00:00+00'::TIMESTAMPTZ AS b) AS r"
    assert bench.rows(f"SELECT {expression} FROM {source}") == [(2.5,)]
    assert [feature.name for feature in step.features()] == ["days(a, b)"]
