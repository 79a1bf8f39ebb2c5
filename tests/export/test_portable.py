"""Features in the words of other engines are those of DuckDB: read back by the translator, and in a PostgreSQL."""

import re
from collections.abc import Iterator
from hashlib import md5
from typing import Any

import duckdb
import pytest
import sqlglot

from sqlml.export.portable.taken import spelling
from sqlml.prep.step import Step
from sqlml.prep.steps.duration import Duration
from sqlml.prep.steps.elapsed import Elapsed
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.moment import Moment
from sqlml.prep.steps.number import Number
from sqlml.prep.steps.shape import Shape
from sqlml.prep.steps.tags import Tags
from sqlml.prep.steps.text import Text
from sqlml.prep.taken import take
from sqlml.schema import Column
from tests.export.in_engines import by_spark, expected, numbers, query, words
from tests.export.postgres import Postgres, serving

# Texts that look like numbers, like tags, and like nothing.
PLAIN = [
    *("", " ", "x", "1", " 12 ", "\t-7.5\n", "+5", "1.", ".5", ".", "1e5", "1.e5", "-1E-5", "1e", "e5", "1 2", "0x1F"),
    *(
        "NaN",
        "inf",
        "+inf",
        "-Infinity",
        "INF ",
        "infinit",
        "1e999",
        "-1e999",
        "1e-999",
        "1e308",
        "4.9e-324",
        "1e-46",
        "-2e-45",
        "7e-46",
        "3.5e38",
    ),
    *("-0", "1,5", "1\n", "12€", "1d", "٣", "1" * 150, "é😀 b  c", "a|b|a", " a | b||", "|", "||| ", "a b|.*|\\\\"),
    *("tag\n|tag", "x|tags", "\u00a0é😀|é😀\u3000", "^]|[", "a;b", "\ta|a", 'it\'s|"q"', "{1}|(2)|$|?|+", "-", "%|_"),
    "new\nline|b",
]
# Texts that look like dates and times of day.
DATES = [
    *(
        "2020-01-05",
        "2020-1-5",
        " 2020-01-05 ",
        "\t2020/01/05\n",
        "2020-01-05\n",
        "2020 01 05",
        "2020\\01\\05",
        "2020-01/05",
    ),
    *("2020-02-29", "2019-02-29", "1900-02-29", "2000-02-29", "2020-02-30", "2020-04-31", "2020-13-01", "2020-01-00"),
    *("0000-01-01", "0-3-1", "1-1-1", "0020-01-05", "9999-12-31", "1600-02-29", "-1-1-1", "1969-12-31 23:59:59.999999"),
    *(
        "2020-01-05T01:02",
        "2020-01-05 1:2",
        "2020-01-05 01:02:03",
        "2020-01-05  23:59:59.5",
        "2020-01-05 01:02:03.1234567",
    ),
    *("2020-01-05 01:02:03.", "2020-01-05T01:02:03Z", "2020-01-05 01:02:03 +05:30", "2020-01-05 01:02:03-0530"),
    *(
        "2020-01-05 01:02:03+5",
        "2020-01-05 01:02 UTC",
        "2020-01-05 01:02:03 Z",
        "2020-01-05 23:59:60",
        "2020-01-05 25:00",
    ),
    *(
        "2019-12-31T24:00:00.0Z",
        "2020-02-29 24:00",
        "2020-02-30 24:00",
        "2020-04-30 24:00:01",
        "2021-02-28 24:00:00 ",
        "2020-01-05x",
        "2020-01-05t01:02",
        "2020-01-05 1",
        "2020-01-05Z",
        "x2020-01-05",
        "2020-01-0501:02",
        "20200105",
    ),
    *(
        "2020115",
        "202011",
        "20200230",
        " 20200229",
        "20200105 12:30",
        "20200105\t1:2",
        "１９９９-01-01",
        "2020-01-05\u00a0",
    ),
    *(
        "1/2/2020",
        "01/02/2020",
        "13/01/2020",
        "2/30/2020",
        "2/29/2020 ",
        "1/2/20",
        "1/2/2020 12:30 am",
        "1/2/2020 12:30 PM",
    ),
    *(
        "1/2/2020 0:30 PM",
        "1/2/2020 13:30 PM",
        "1/2/2020  1:5  Pm",
        "1/2/2020 1:05pm",
        "12/31/2020 11:59:59 PM",
        "1/2/0000",
    ),
    *(
        "5 Mar 68",
        "5 MAR 69",
        "05 mar 7",
        "5 sept 7",
        "31 Jun 20",
        "30 Jun 20",
        "MARCH 5, 2020",
        "March  5,  2020",
        "mar 5, 2020",
    ),
    *("May 31, 2020", "may 32, 2020", "September 30, 0020", "Mon, 05 Mar 2020", "xyz, 05 Mar 2020", "mon, 5 mar 2020"),
    *(
        "01:02",
        "1:2",
        "24:00",
        "24:00:00",
        "24:00:00.0",
        "24:00:01",
        "25:00",
        "23:60",
        "23:59:60",
        " 1:02",
        "1:02 ",
        "0001:02",
    ),
    *(
        "\v1:02:03 ",
        "1:02:03.5",
        "1:02:03.1234567",
        "01:02:03PM",
        "01:02:034",
        "01:02:99",
        "1:2:3:4",
        "1:2:3\nx",
        "1:2:x",
        "é1:02",
    ),
]
AMOUNTS = [
    *(
        "$1,234.50",
        "1.234,50 €",
        "(12.5)",
        "−7",
        "12-",
        "¥ 5",
        "$",
        "1,23",
        "1'000",
        "1 000",
        "50%",
        "-$.5",
        "$-1",
        "(1",
        "+5 ₽",
    ),
    *("1,2345", "৳5", "5.", "$" + "9" * 150, "$1\n", "﷼3", "12.345.678", "1,234,567.89%"),
]
# Texts of many scripts, with marks, digits and pictures, and some that are longer than what is read.
WORDY = [
    *(
        "Good movie, GOOD!",
        "İstanbul ISTANBUL ıstanbul",
        "ẞß SS ss",
        "ΑΣ ΑΣΑ ας",
        "ǅ Ǆ ǆ",
        "ⓐ Ⓐ ⅷ Ⅷ",
        "Ა ა",
        "Ꭰ ꭰ",
        "𐐀𐐨 𐐀",
    ),
    *(
        "我愛北京 2023年",
        "ひらがなカタカナ",
        "ก็ ั้ กั 1๒ ๒๓ a๒",
        "ကြောင်း ᩠",
        "한국어 말",
        "e\u0301 é \u0301\u0301 a\u0e31\u0e31",
        "\u0e31\u0e31a",
        "नमस्ते दुनिया",
    ),
    *(
        "1234 12 123 00",
        "٣٤٥ 12٣",
        "a1b22c333d4444",
        "😀😀👍🏽 👨‍👩‍👧 !? €5 ½ ² ª º",
        "it's don't",
        "a_b-c.d",
        "\u200d x\u200dy",
        "ﬁ ﬀ Å Å K k",
        "the the the",
    ),
    *(
        "a b c d e f " * 2000,
        "É" * 12000,
        "x" * 9999 + "AB",
        "x " + "9" * 10001,
        "東" * 11000,
        "\U0001f600" * 9999 + "ab",
    ),
]
TEXTS = [*WORDY, *PLAIN, *AMOUNTS, *DATES]


def marked(level: str) -> int:
    return int(md5(level.encode()).hexdigest()[:8], 16)


TAGS = ("a", "é😀", "a b", ".*", "\\\\", "tag", "^]", "[", "it's", "{1}", "(2)", "$", "?", "%", "new\nline", "a|b")
text, moment = Column("t", "VARCHAR"), Column("z", "TIMESTAMP WITH TIME ZONE")
STEPS: dict[str, Step] = {
    "shape": Shape(text, Shape.all_parts),
    "number": Number(text),
    "number less a centre": Number(text, "12.25"),
    "number among blanks": Number(take(text, "t", "DOUBLE", ("cast", "DOUBLE"))),
    "prose": Text(text, ("x", "y"), tuple(i * 7919 % 999 - 500 for i in range(2048)), False, ("000", "é", "it", "ii")),
    "mean of prose": Text(text, ("",), tuple(i * 31 % 99 - 50 for i in range(1024)), True),
    "amount": Number(take(text, "t", "DOUBLE", ("amount", ".")), "12.25"),
    "amount with a comma": Number(take(text, "t", "DOUBLE", ("amount", ","))),
    "tags": Tags(text, "|", TAGS),
    "other tags": Tags(text, ";", ("a", "b")),
    "list": Tags(Column("l", "VARCHAR[]"), "", TAGS),
    "moment": Moment(moment, Moment.all_parts, 18_000),
    "elapsed": Elapsed(moment, Column("d", "DATE")),
    "time of day": Duration(Column("c", "TIME")),
    "interval": Duration(Column("i", "INTERVAL")),
    "levels by their marks": LevelMean(
        text, ("", "b"), (marked("x"), marked("é😀 b  c")), (0.1, 1e-5, 3.0, -2.5), (0.5, 0.0)
    ),
    "point in time": Moment(take(text, "t", "TIMESTAMP", ("cast", "TIMESTAMP")), Moment.all_parts, 18_000),
    "day": Moment(take(text, "t", "DATE", ("cast", "TIMESTAMP"), ("cast", "DATE")), Moment.all_parts[:-1], 18_000),
    "clock": Duration(take(text, "t", "TIME", ("cast", "TIME"))),
    "elapsed to a text": Elapsed(moment, take(text, "t", "TIMESTAMP", ("cast", "TIMESTAMP"))),
}
for format_ in [
    *(["%Y%m%d", "%Y%m%d %H:%M"], ["%m/%d/%Y", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M%p"]),
    *(["%d %b %y"], ["%B %d, %Y"], ["%a, %d %b %Y"], ["%Y-%d-%m", "%Y-%d-%m %H:%M:%S.%f"], ["%d/%m/%y"]),
]:
    read = take(text, "t", "TIMESTAMP", ("moment", "TIMESTAMP", *format_))
    STEPS[format_[0]] = Moment(read, Moment.all_parts, 18_000)
# What only the engine itself can tell, and what one of them has no words for.
HASHED = ("levels by their marks", "prose", "mean of prose")
NOT_READ_BACK = {
    *(("spark", name) for name in ("moment", "elapsed", "elapsed to a text", "time of day", "interval", *HASHED)),
    *(("snowflake", name) for name in HASHED),
    *(("postgres", name) for name in HASHED[1:]),
    ("bigquery", "interval"),
    *(
        ("postgres", name)
        for name, step in STEPS.items()
        if spelling(step.columns[-1], "postgres")[1] and not isinstance(step, Number)
    ),
}
UNSAID = {("snowflake", "interval")}
# Texts that the remarks say are missing, though PREDICT reads them.
NOT_READ = re.compile(r"-?inf(inity)?|-1-1-1", re.IGNORECASE)
NO_CLOCK = re.compile(r"\s*-?[0-9]{1,4}[-/ \\][0-9]{1,2}.*")


@pytest.fixture(scope="module")
def db() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute(
        "SET TimeZone = 'Asia/Kathmandu';"
        " CREATE TABLE given (t VARCHAR, z TIMESTAMPTZ, d DATE, l VARCHAR[], c TIME, i INTERVAL)"
    )
    moments = "TIMESTAMPTZ '2024-03-30 23:59:59+00' + INTERVAL (i * 5e6) SECOND - INTERVAL (i % 2 * 60) YEAR"
    for at, one in enumerate([*TEXTS, None]):
        clock = "TIME '23:59:59.999999' - INTERVAL (i * i * 76543) MICROSECOND"
        long = "INTERVAL (i * i * 7654321) MICROSECOND"
        tags = "CASE WHEN i % 9 > 0 THEN [$1, NULL, ' a', 'tag'] END"
        row = f"$1, {moments}, DATE '1999-12-31' + i::INTEGER, {tags}, {clock}, {long}"
        db.execute(f"INSERT INTO given SELECT {row} FROM (SELECT {at}::BIGINT AS i)", [one])
    db.execute(
        "INSERT INTO given VALUES (NULL, NULL, NULL, [], NULL, NULL), ('1', '1600-02-29 23:59:59+00', NULL, [''],"
        " '00:00', '1 year 3 months -2 days')"
    )
    return db


@pytest.fixture(scope="module")
def postgres(db: duckdb.DuckDBPyConnection) -> Iterator[Postgres]:
    with serving() as server:
        types = [
            ("t", "VARCHAR"),
            ("z", "TIMESTAMP WITH TIME ZONE"),
            ("d", "DATE"),
            ("l", "VARCHAR[]"),
            ("c", "TIME"),
            ("i", "INTERVAL"),
        ]
        server.load(
            "given",
            types,
            db.execute("SELECT t, (z AT TIME ZONE 'UTC')::VARCHAR || '+00', d, l, c, i::VARCHAR FROM given").fetchall(),
        )
        yield server


@pytest.mark.parametrize("dialect", ["postgres", "snowflake", "bigquery", "spark"])
@pytest.mark.parametrize("name", STEPS)
def test_features_are_the_same_when_they_are_read_back(db: duckdb.DuckDBPyConnection, name: str, dialect: str) -> None:
    if (dialect, name) in UNSAID:
        pytest.skip("there are no words for it")
    tree = sqlglot.parse_one(query(db, STEPS[name], dialect), read=dialect)
    if (dialect, name) not in NOT_READ_BACK:
        check(numbers(db.execute(tree.sql(dialect="duckdb")).fetchall()), db, name, 1e-6)


@pytest.mark.parametrize("name", STEPS)
def test_postgres_makes_the_same_features(db: duckdb.DuckDBPyConnection, postgres: Postgres, name: str) -> None:
    answer = postgres.ask(f"{query(db, STEPS[name], 'postgres')} ORDER BY row_")
    check(numbers([line.split("|") for line in answer]), db, name, 0)


@pytest.fixture(scope="module")
def spark(db: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    queries = {name: query(db, step, "spark") for name, step in STEPS.items()}
    # No file has its intervals.
    given = "(SELECT *, MAKE_DT_INTERVAL(0, 0, 0, CAST(long AS DECIMAL(18, 6))) AS i FROM given)"
    queries["interval"] = queries["interval"].replace("given", given)
    table = "(SELECT * EXCLUDE (i), epoch(i) AS long FROM given)"
    return by_spark(queries, table, tmp_path_factory.mktemp("spark"), db)


@pytest.mark.parametrize("name", STEPS)
def test_spark_makes_the_same_features(db: duckdb.DuckDBPyConnection, spark: dict[str, Any], name: str) -> None:
    check(spark[name], db, name, 0)


def test_snowflake_has_no_words_for_intervals(db: duckdb.DuckDBPyConnection) -> None:
    assert words(db, STEPS["interval"], "snowflake")[0] is None


def check(found: list[list[float]], db: duckdb.DuckDBPyConnection, name: str, by: float) -> None:
    wanted = expected(db, STEPS[name])
    texts = [text for (text,) in db.execute("SELECT t FROM given").fetchall()]
    kept = [at for at, text in enumerate(texts) if not is_left_out(name, text)]
    assert len(found) == len(wanted)
    assert [(texts[at], found[at]) for at in kept] == [
        (texts[at], pytest.approx(wanted[at], nan_ok=True, rel=by)) for at in kept
    ]


def is_left_out(name: str, text: str | None) -> bool:
    if text is None or isinstance(STEPS[name], Number) or not spelling(STEPS[name].columns[-1], "postgres")[1]:
        return False
    return bool(NOT_READ.fullmatch(text) or (name == "clock" and NO_CLOCK.fullmatch(text)))
