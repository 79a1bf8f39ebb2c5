"""An exported graph predicts what PREDICT does, for whoever has the columns and no sqlml."""

import json
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

import sqlml

STRANGER = Path(__file__).parent / "stranger.py"

ROWS = """
CREATE TABLE orders AS SELECT
    'c' || (hash(i) % 150)::VARCHAR AS city, i % 70 AS "select", ['gold', 'silver', NULL][1 + i % 3] AS "pl""an 😀",
    i % 5 = 0 AS is_missing, DATE '1968-01-01' + (i % 4000)::INTEGER AS ordered, (i % 997 / 7)::DECIMAL(9, 2) AS price,
    TIMESTAMPTZ '2020-01-01 00:00:00+00' + INTERVAL (i * 77 % 10007) HOUR AS paid,
    TIME '00:00:00' + INTERVAL (i * 7 % 86400) SECOND AS at,
    CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 'inf'::DOUBLE ELSE sin(i) * 1e6 END AS score,
    ['red;blue', 'blue', ' green ; red', ''][1 + i % 4] AS colours, [i % 3, i % 7] AS pair,
    {'k': i % 11, 'v': ['x', 'y'][1 + i % 2]} AS nested, '{"age": ' || (i % 60)::VARCHAR || '}' AS document,
    strftime(DATE '2001-01-01' + (i % 900)::INTEGER, '%d.%m.%Y') AS spelt, (1700000000 + i % 50)::BIGINT AS narrow,
    array_to_string(list_transform(range(9), lambda k: 'w' || hash(i, k) % 60), ' ') || [' ÜBER', '!', ''][1 + i % 3] ||
    CASE WHEN i % 70 < 35 THEN ' now' ELSE ' later 1234' END AS note,
    (hash(i) % 150 < 70) <> (i % 13 = 0) AS late, ['b', 'a', 'é😀'][1 + (i % 70) // 25] AS "cla's|s",
    (i % 70) * 3 AS amount, (i % 70 / 3)::DECIMAL(8, 3) AS share, sin(i % 70) AS wave
FROM range(1500) t(i)
"""
ODD = """
CREATE TABLE odd AS FROM orders WITH NO DATA;
INSERT INTO odd BY NAME SELECT late FROM orders LIMIT 2;
INSERT INTO odd SELECT * REPLACE (
    'never seen' AS city, 'é😀' AS "pl""an 😀", 'infinity' AS ordered, '-infinity' AS paid, '-inf' AS score,
    9223372036854775807 AS "select", -9223372036854775808 AS narrow, 9999999.99 AS price, ';;red;' AS colours,
    'not a date' AS spelt, '[]' AS document, 'Über 12345 汉字กั! NOW İ' || chr(0) AS note) FROM orders LIMIT 20;
INSERT INTO odd SELECT * REPLACE (
    '' AS city, '0044-03-15 (BC)' AS ordered, '0044-03-15 (BC) 12:00:00+00' AS paid, 5e-324 AS score,
    9007199254740993 AS "select", 1700000025 AS narrow, NULL AS document) FROM orders LIMIT 20;
"""
TARGETS = {"one": "late", "several": '"cla\'s|s", late', "whole": "amount", "exact": "share", "real": "wave"}
# Where nothing is NULL it need not be said.
KNOWN = """
CREATE TABLE known AS FROM orders WHERE COLUMNS(*) IS NOT NULL AND isfinite(score)
"""
TABLES = ("orders", "odd", "known")


@dataclass
class House:
    """A database with models, and the folder of each one's export."""

    database: Path
    db: sqlml.Connection

    def folder(self, model: str) -> Path:
        return self.database.parent / model

    def predicted(self, model: str) -> list[dict[str, list]]:
        """What a process without sqlml predicts for each of the tables."""
        self.db.close()
        arguments = [STRANGER, self.folder(model) / "model.onnx", self.database, *TABLES]
        done = subprocess.run([sys.executable, "-I", *arguments], capture_output=True, text=True, check=False)
        self.db = sqlml.connect(self.database)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    database = tmp_path_factory.mktemp("house") / "house.duckdb"
    house = House(database, sqlml.connect(database))
    for statement in (ROWS, ODD, KNOWN):
        house.db.execute(statement)
    for name, targets in TARGETS.items():
        house.db.execute(f"CREATE MODEL {name} PREDICT {targets} WITH (max_trials = 2, seed = 1) AS FROM orders")
        house.db.execute(f"EXPORT MODEL {name} TO '{house.folder(name)}' (FORMAT onnx)")
    return house


def plain(value: object) -> object:
    if isinstance(value, dict):
        return list(value.values())
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("name", TARGETS)
def test_every_row_gets_the_prediction_that_it_gets_in_sql(name: str, house: House) -> None:
    for table, found in zip(TABLES, house.predicted(name), strict=True):
        for output, values in found.items():
            sql = f'SELECT "{output}" FROM PREDICT(MODEL {name}, TABLE {table})'
            expected = [plain(value) for (value,) in house.db.execute(sql).fetchall()]
            if isinstance(expected[0], float | list):
                assert values == [pytest.approx(value, rel=1e-12, abs=1e-12) for value in expected]
            else:
                assert values == expected


@pytest.mark.parametrize("name", TARGETS)
def test_the_report_says_that_nothing_differs(name: str, house: House) -> None:
    for one in json.loads((house.folder(name) / "parity.json").read_text(encoding="utf-8")):
        assert one["rows"] == 1500
        assert one["same_class"] in (1500, None)
        assert one["largest_difference"] < 1e-12


def test_what_to_read_has_every_input_and_its_sql(house: House) -> None:
    text = (house.folder("one") / "README.md").read_text(encoding="utf-8")
    assert "| `is_missing` | BOOL | true or false |" in text
    assert "| `is_missing_` | BOOL | which of the others is NULL" in text
    assert "try_strptime(input.\"spelt\", ['%d.%m.%Y'" in text
    assert "| `predicted_late_probabilities` | DOUBLE |" in text
