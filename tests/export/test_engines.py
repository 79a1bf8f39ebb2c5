"""An exported query, run in the very engine that it is written for, gives what PREDICT gives."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import sqlml
from sqlml.quote import identifier
from tests.export.postgres import Postgres, serving

BY_SPARK = Path(__file__).with_name("by_spark.py")
ROWS = """
CREATE TABLE orders AS SELECT
    i % 89 AS "select", ['gold', 'sil''ver', NULL, 'é😀'][1 + i % 4] AS "pl""an 😀", i % 5 = 0 AS "is new",
    CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 'inf'::DOUBLE ELSE i % 97 / 3e0 END AS score,
    (i % 50 / 7)::DECIMAL(9, 2) AS price, TIMESTAMP '2020-01-01 00:00:00.25' + INTERVAL (i * 59) MINUTE AS paid,
    DATE '1969-11-05' + ((i * 37) % 901)::INTEGER AS day, 'town ' || ((i % 89) // 2 * 7 % 45) AS town,
    (1.7e9 + i % 50)::BIGINT AS narrow, TIMESTAMPTZ '2020-03-29 00:30:00+00' + INTERVAL (i * 31) MINUTE AS sent,
    CASE WHEN i % 50 = 0 THEN '-' ELSE ' ' || (i % 89) / 4 END AS spelt,
    'n' || i * 7919 % 1100 || repeat(' é1', (i % 89) // 20) AS code,
    concat_ws(';', CASE WHEN i % 89 > 40 THEN 'red' END, ' b.lue ', ['x', '', 'red ', 'gr^e]en\\'][1 + i % 4]) AS tags,
    [CASE WHEN i % 89 > 40 THEN 'a' ELSE NULL::VARCHAR END, ['b', 'c', 'c'][1 + i % 3]] AS list,
    'Étude ' || CASE WHEN i % 89 > 40 THEN 'a GRAND day' ELSE 'A bad day' END || ', ' || i
        || ['!', ' 😀', ' 北京'][1 + i % 3] AS review,
    strftime(DATE '2019-12-05' + ((i * 37) % 901)::INTEGER, '%d.%m.%Y') AS written,
    TIME '08:00:00' + INTERVAL (i % 89 * 7) MINUTE AS opened,
    {'size': i % 89, 'when': DATE '2020-01-01' + (i % 89)::INTEGER, 'is': {'it': i % 3 = 0}} AS record,
    json_object('plan', ['free', 'paid'][1 + (i % 89) // 50], 'seen', [i % 7, i % 89]) AS document,
    range(i % 89, i % 89 + i % 5)::DOUBLE[] AS list_of_numbers,
    (i % 89 > 40) = (i % 97 > 50) AS late,
    ['b', 'a', 'c|'][1 + (i % 89) // 30] AS "cla's|s", (i % 89) * 3e0 AS amount
FROM range(1500) t(i);
CREATE TABLE odd AS SELECT * REPLACE (
    NULL::BIGINT AS "select", 'never' AS "pl""an 😀", NULL::BOOLEAN AS "is new", '-inf'::DOUBLE AS score,
    NULL::TIMESTAMPTZ AS sent, '1e999' AS spelt, NULL::VARCHAR AS code, ';;' AS tags, NULL::VARCHAR[] AS list,
    NULL::STRUCT(size BIGINT, "when" DATE, "is" STRUCT(it BOOLEAN)) AS record, '{}'::JSON AS document,
    []::DOUBLE[] AS list_of_numbers, NULL::VARCHAR AS review, '30.02.2020' AS written, NULL::TIME AS opened,
    NULL::TIMESTAMP AS paid, NULL::DATE AS day, 'nowhere' AS town, 9e18::BIGINT AS narrow, -9999999.99 AS price)
FROM orders LIMIT 30;
INSERT INTO odd SELECT * REPLACE (
    '1e300' AS score, '-.5e1' AS spelt, '' AS code,
    chr(160) || 'red;' || chr(12288) || ';red' AS tags, ['a', ' a ', ''] AS list, '1969-12-31 23:59:59.5+00' AS sent,
    'GRAND İ ß ' || repeat('a ', 6000) AS review, '' AS written, TIME '00:00' AS opened,
    '{"plan": null, "seen": "x"}'::JSON AS document, NULL::DOUBLE[] AS list_of_numbers,
    '' AS town, '1600-02-29 23:59:59.999' AS paid, '0001-01-01' AS day)
FROM orders LIMIT 30;
"""
TABLES = ("orders", "odd")
# What is learnt, by how much of the search, of which columns.
MODELS = {
    "simple": ("late", 1, '"select", "pl""an 😀", "is new", score, price, narrow'),
    "trees": ("late", 2, '"select", "pl""an 😀", "is new", score, price, narrow'),
    "dated": ('"cla\'s|s"', 2, '"is new", score, price, paid, day, town'),
    "zoned": ("late", 1, '"is new", sent'),
    "spelt": ("late", 1, "spelt, code, tags, list"),
    "worded": ("late", 1, "review, written, opened"),
    "nested": ("late", 2, "record, document, list_of_numbers"),
    "two": ("late, amount", 2, '"select", score, paid'),
}
# Columns as PostgreSQL reads them.
AS_THERE = """sent::VARCHAR AS sent, to_json(record)::VARCHAR AS record,
    '{' || array_to_string(list_of_numbers, ',') || '}' AS list_of_numbers"""
# Spark takes minutes to plan some hundred trees.
SMALL = ("simple", "dated", "zoned", "spelt", "worded", "nested")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("engines") / "orders.duckdb"
    with sqlml.connect(path) as db:
        db.execute(ROWS)
        for name, (targets, trials, columns) in MODELS.items():
            options = f"WITH (max_trials = {trials}, effort = 'fast')"
            db.execute(f"CREATE MODEL {name} PREDICT {targets} {options} AS SELECT {columns}, {targets} FROM orders")
    return path


@pytest.fixture(scope="module")
def postgres(database: Path) -> Iterator[Postgres]:
    with serving() as server, sqlml.connect(database, read_only=True) as db:
        for table in TABLES:
            described = db.execute(f"DESCRIBE {table}").fetchall()
            columns = [(identifier(name), "JSON" if "STRUCT" in type_ else type_) for name, type_, *_ in described]
            server.load(table, columns, db.execute(f"FROM (SELECT * REPLACE ({AS_THERE}) FROM {table})").fetchall())
        yield server


def exported(db: sqlml.Connection, model: str, dialect: str, folder: Path) -> str:
    """The query that a model is exported as."""
    db.execute(f"EXPORT MODEL {model} TO '{folder}' (FORMAT sql, DIALECT {dialect})")
    [script] = folder.glob("*.sql")
    return script.read_text(encoding="utf-8")


def scores(db: sqlml.Connection, model: str, table: str) -> list[list[float]]:
    """What PREDICT says of each row: the probabilities of classes in their order, and numbers."""
    columns = [name for name, *_ in db.execute(f"DESCRIBE FROM PREDICT(MODEL {model}, TABLE {table})").fetchall()]
    shares = [f'map_values("{name}")' for name in columns if name.endswith("_probabilities")]
    shares += [f'["{name}"::DOUBLE]' for name in columns if name == "predicted_amount"]
    answer = db.execute(f"SELECT flatten([{', '.join(shares)}]) FROM PREDICT(MODEL {model}, TABLE {table})")
    return [row for (row,) in answer.fetchall()]


def asked(query: str, table: str) -> str:
    """The scores alone, of a table's rows in their order."""
    names = ", ".join(re.findall(r"^-- (score\w+):", query, re.MULTILINE))
    return f"SELECT {names} FROM ({query.replace('rows_to_score', table)}) AS s ORDER BY row_"


@pytest.mark.parametrize("model", MODELS)
def test_postgres_predicts_the_same(database: Path, postgres: Postgres, model: str, tmp_path: Path) -> None:
    with sqlml.connect(database, read_only=True) as db:
        query = exported(db, model, "postgres", tmp_path / "out")
        for table in TABLES:
            found = postgres.rows(asked(query, table))
            assert found == [pytest.approx(row, rel=1e-9, abs=1e-12) for row in scores(db, model, table)]


@pytest.fixture(scope="module")
def spark(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what Spark answers to every model's query of every table."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("no Spark is installed here")
    folder = tmp_path_factory.mktemp("spark")
    with sqlml.connect(database, read_only=True) as db:
        for table in TABLES:
            rows = f"SELECT row_number() OVER () AS row_, * FROM {table}"
            db.execute(f"COPY ({rows}) TO '{folder / table}.parquet' (FORMAT parquet)")
        for model in SMALL:
            query = exported(db, model, "spark", folder / model)
            for table in TABLES:
                (folder / f"{model} {table}.sql").write_text(asked(query, table), encoding="utf-8")
    done = subprocess.run([sys.executable, BY_SPARK, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.mark.parametrize("model", SMALL)
def test_spark_predicts_the_same(database: Path, spark: Path, model: str) -> None:
    with sqlml.connect(database, read_only=True) as db:
        for table in TABLES:
            found = json.loads((spark / f"{model} {table}.json").read_text(encoding="utf-8"))
            assert found == [pytest.approx(row, rel=1e-9, abs=1e-12) for row in scores(db, model, table)]
