"""Every scalar type of DuckDB can be learnt from, scored with its extremes and NULLs, and the plain ones predicted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import sqlml

# A column's type, its value in row `i` of 400 (by which each is drawn from few or many values), and its extremes.
COLUMNS: list[tuple[str, str, list[str]]] = [
    ("TINYINT", "i % 100 - 50", ["-128", "127"]),
    ("SMALLINT", "i % 90 * 300", ["-32768", "32767"]),
    ("INTEGER", "i % 80 * 10000000", ["-2147483648", "2147483647"]),
    ("BIGINT", "9223372036854775000 + i % 70", ["-9223372036854775808", "9223372036854775807"]),
    ("HUGEINT", f"{2**126}::HUGEINT + i % 60", [f"'{-(2**127)}'", f"'{2**127 - 1}'"]),
    ("BIGNUM", f"'1{'0' * 50}'::BIGNUM + (i % 60)::BIGNUM", [f"'{'9' * 400}'", f"'-{'9' * 400}'", "0"]),
    ("UTINYINT", "i % 200", ["0", "255"]),
    ("USMALLINT", "i % 110 * 500", ["0", "65535"]),
    ("UINTEGER", "4294967000 + i % 120", ["0", "4294967295"]),
    ("UBIGINT", "18446744073709551000 + i % 130", ["0", "18446744073709551615"]),
    ("UHUGEINT", f"'{2**127}'::UHUGEINT + (i % 60)::UHUGEINT", ["0", f"'{2**128 - 1}'"]),
    ("DECIMAL(4,1)", "i % 50 / 10.0", ["-999.9", "999.9"]),
    ("DECIMAL(18,3)", "i % 75 * 1.001", ["-999999999999999.999", "999999999999999.999"]),
    ("DECIMAL(38,10)", "i % 85 * 0.0000000001", [f"-{'9' * 28}.{'9' * 10}", f"{'9' * 28}.{'9' * 10}"]),
    ("FLOAT", "sin(i)", ["'NaN'", "'inf'", "'-inf'", "3.4e38", "1e-45", "-0.0"]),
    ("DOUBLE", "CASE i % 40 WHEN 1 THEN 'NaN' WHEN 2 THEN 'inf' WHEN 3 THEN '-inf' ELSE cos(i)::VARCHAR END",
     ["'NaN'", "'inf'", "'-inf'", "1.7e308", "5e-324", "-0.0"]),
    ("BOOLEAN", "i % 3 = 0", ["true", "false"]),
    ("VARCHAR", "['red', 'green', 'it''s'][1 + i % 3]", ["''", "'unseen'", "'🛒'", "repeat('x', 100000)"]),
    ("ENUM('low', 'mid', 'high')", "['low', 'mid', 'high'][1 + i % 3]", ["'high'"]),
    ("UUID", "md5((i % 25)::VARCHAR)::UUID", ["'00000000-0000-0000-0000-000000000000'"]),
    ("BIT", "(i % 16)::UTINYINT::BIT", ["'1'", "repeat('01', 500)"]),
    ("BLOB", "encode('b' || i % 12)", ["''::BLOB", r"'\x00\xFF\x80'::BLOB"]),
    ("DATE", "DATE '2024-01-01' + (i % 300)::INTEGER",
     ["'infinity'", "'-infinity'", "'0044-03-15 (BC)'", "'5877642-06-25 (BC)'", "'5881580-07-10'"]),
    ("TIME", "TIME '00:00:00' + to_seconds(i * 200)", ["'00:00:00'", "'24:00:00'"]),
    ("TIMETZ", "(TIME '00:00:00' + to_seconds(i * 100))::VARCHAR || '+02'",
     ["'00:00:00+15:59:59'", "'24:00:00-15:59:59'"]),
    ("TIMESTAMP", "TIMESTAMP '2024-01-01' + to_hours(i % 350)",
     ["'infinity'", "'-infinity'", "'290309-12-22 (BC) 00:00:00'", "'294247-01-10 04:00:54.775806'"]),
    ("TIMESTAMP_S", "TIMESTAMP '2024-01-01' + to_hours(i % 340)", ["'infinity'", "'-infinity'", "'0001-01-01'"]),
    ("TIMESTAMP_MS", "TIMESTAMP '2024-01-01' + to_hours(i % 330)", ["'infinity'", "'-infinity'", "'0001-01-01'"]),
    ("TIMESTAMP_NS", "TIMESTAMP '2024-01-01' + to_hours(i % 320)", ["'infinity'", "'-infinity'", "'1700-01-01'"]),
    ("TIMESTAMPTZ", "TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_hours(i % 310)",
     ["'infinity'", "'-infinity'", "'0044-03-15 (BC) 00:00:00+00'", "'294247-01-10 04:00:54.775806+00'"]),
    ("INTERVAL", "to_minutes(i % 290)", ["'0 days'", "'-2147483648 months'", "'2147483647 months'"]),
]  # fmt: skip
NAMES = [f"c{number}" for number in range(len(COLUMNS))]
# Text that hardly repeats is told by its shape.
VARIED = "'note ' || md5(i::VARCHAR) || repeat(' x', i % 7)"
TRUTH = "(i % 3 = 0) <> (i % 100 > 60)"
ALL = "SELECT * FROM PREDICT(MODEL m, TABLE extremes) ORDER BY n"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a model `m` of a table of all types, and a table `extremes` to score."""
    values = [f"({value})::{kind} AS c{number}" for number, (kind, value, _) in enumerate(COLUMNS)]
    deepest = max(len(extremes) for _, _, extremes in COLUMNS)
    rows = []
    for depth in range(deepest + 1):
        picked = [
            f"{f'({extremes[depth % len(extremes)]})' if depth < deepest else 'NULL'}::{kind} AS c{number}"
            for number, (kind, _, extremes) in enumerate(COLUMNS)
        ]
        rows.append(f"SELECT {depth} AS n, {', '.join(picked)}, NULL::VARCHAR AS note")
    file = tmp_path_factory.mktemp("types") / "types.duckdb"
    with sqlml.connect(file) as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(
            f"CREATE TABLE every AS SELECT {', '.join(values)}, {VARIED} AS note, {TRUTH} AS y FROM range(400) t(i)"
        )
        db.execute(f"CREATE TABLE extremes AS {' UNION ALL '.join(rows)}")
        row = db.execute("CREATE MODEL m PREDICT y WITH (max_trials = 2) AS FROM every").fetchone()
        assert not [notice for notice in row[12] if "left out" in notice]
    return file


@pytest.fixture
def db(path: Path) -> Iterator[sqlml.Connection]:
    with sqlml.connect(path, read_only=True) as connection:
        yield connection


def test_a_model_is_made_of_columns_of_every_scalar_type(db: sqlml.Connection) -> None:
    (inputs,) = db.execute("SELECT [i.type FOR i IN inputs] FROM sqlml.targets").fetchone()
    (types,) = db.execute(
        "SELECT list(data_type ORDER BY column_index) FROM duckdb_columns() WHERE table_name = 'every'"
    ).fetchone()
    assert sorted(inputs) == sorted(types[:-1])
    assert len(set(types)) == len(COLUMNS)


def test_extremes_and_nulls_of_every_type_get_a_prediction(db: sqlml.Connection) -> None:
    good = "predicted_y IS NOT NULL AND predicted_y_probability BETWEEN 0.5 AND 1"
    scored = f"SELECT count(*), count(*) FILTER ({good}) FROM PREDICT(MODEL m, TABLE extremes)"
    (rows,) = db.execute("SELECT count(*) FROM extremes").fetchone()
    assert db.execute(scored).fetchone() == (rows, rows)


@pytest.mark.parametrize("number", range(len(COLUMNS)), ids=[kind for kind, _, _ in COLUMNS])
def test_one_extreme_value_in_an_ordinary_row_gets_a_prediction(db: sqlml.Connection, number: int) -> None:
    kind, _, extremes = COLUMNS[number]
    for value in [*extremes, "NULL"]:
        rows = f"SELECT * REPLACE (({value})::{kind} AS c{number}) FROM every LIMIT 20"
        found = db.execute(f"SELECT count(*), count(predicted_y) FROM PREDICT(MODEL m, ({rows}))").fetchone()
        assert found == (20, 20), value


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"])
def test_the_sessions_time_zone_changes_no_prediction(db: sqlml.Connection, zone: str) -> None:
    every = "SELECT predicted_y_probabilities FROM PREDICT(MODEL m, TABLE every)"
    outputs = f"SELECT predicted_y_probabilities FROM ({ALL})"
    db.execute("SET TimeZone = 'UTC'")
    expected = db.execute(every).fetchall(), db.execute(outputs).fetchall()
    db.execute(f"SET TimeZone = '{zone}'")
    assert (db.execute(every).fetchall(), db.execute(outputs).fetchall()) == expected


def test_a_model_trained_in_another_time_zone_is_the_same() -> None:
    found = []
    for zone in ("UTC", "Asia/Kathmandu"):
        with sqlml.connect() as db:
            db.execute(f"SET TimeZone = '{zone}'")
            db.execute(
                "CREATE TABLE visits AS SELECT make_timestamptz(1704067200000000 + i * 7000000000) AS at,"
                " i % 24 < 9 AS y FROM range(300) t(i)"
            )
            db.execute("CREATE MODEL m PREDICT y WITH (max_trials = 2) AS FROM visits")
            found.append(db.execute("SELECT predicted_y_probability FROM PREDICT(MODEL m, TABLE visits)").fetchall())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("kind", "value", "task"),
    [
        ("BOOLEAN", "a > 40", "binary"),
        ("VARCHAR", "CASE WHEN a > 40 THEN 'old' ELSE 'young' END", "binary"),
        ("ENUM('S', 'M', 'L')", "CASE WHEN a > 60 THEN 'L' WHEN a > 30 THEN 'M' ELSE 'S' END", "multiclass"),
        ("INTEGER", "(a > 40)::INTEGER", "binary"),
        ("TINYINT", "a // 25", "multiclass"),
        ("UTINYINT", "a // 25", "multiclass"),
        ("DATE", "DATE '2024-01-01' + (a // 40)::INTEGER", "multiclass"),
        ("INTEGER", "a * 3 + i % 5", "regression"),
        ("BIGINT", "a * 30000000000", "regression"),
        ("HUGEINT", "a::HUGEINT * 30000000000000000000000", "regression"),
        ("DECIMAL(18,3)", "a * 1.125 + i % 5", "regression"),
        ("FLOAT", "a * 0.5 + sin(i)", "regression"),
        ("DOUBLE", "a * 0.5 + sin(i)", "regression"),
    ],
)
def test_a_prediction_has_the_targets_own_type(kind: str, value: str, task: str) -> None:
    with sqlml.connect() as db:
        rows = "SELECT i, (i * 37) % 97 AS a FROM range(500) t(i)"
        db.execute(f"CREATE TABLE rows AS SELECT a, sin(i) AS b, ({value})::{kind} AS y FROM ({rows})")
        assert db.execute("CREATE MODEL m PREDICT y WITH (max_trials = 2) AS FROM rows").fetchone()[2] == task
        described = dict(
            db.execute(
                "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM PREDICT(MODEL m, TABLE rows))"
            ).fetchall()
        )
        assert described["predicted_y"] == described["y"]
        if task != "regression":
            assert described["predicted_y_probabilities"] == f"MAP({described['y']}, DOUBLE)"
        close = (
            "abs(predicted_y::DOUBLE - y::DOUBLE) < 0.2 * abs(y::DOUBLE) + 10"
            if task == "regression"
            else "predicted_y = y"
        )
        (share,) = db.execute(f"SELECT avg(({close})::INTEGER) FROM PREDICT(MODEL m, TABLE rows)").fetchone()
        assert share > 0.8
