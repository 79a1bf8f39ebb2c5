"""An exported graph predicts what PREDICT does, for whoever has the columns and no sqlml."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

import sqlml
from sqlml.export.onnx import Part, portable
from sqlml.export.parity import compared, report
from sqlml.export.problems import ColumnsNotPortable
from sqlml.export.rows import fed, listed
from sqlml.model.runtime import Portable
from sqlml.prep.entry import is_missing
from sqlml.prep.recipe import Recipe
from sqlml.schema import Column, Task

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
    'not a date' AS spelt, '[]' AS document) FROM orders LIMIT 20;
INSERT INTO odd SELECT * REPLACE (
    '' AS city, '0044-03-15 (BC)' AS ordered, '0044-03-15 (BC) 12:00:00+00' AS paid, 5e-324 AS score,
    9007199254740993 AS "select", 1700000025 AS narrow, NULL AS document) FROM orders LIMIT 20;
"""
TARGETS = {"one": "late", "several": '"cla\'s|s", late', "whole": "amount", "exact": "share", "real": "wave"}


class House:
    """A database with models, and what the bridge would hand over of them."""

    def __init__(self) -> None:
        self.db = sqlml.connect()
        self.db.execute(ROWS)
        self.db.execute(ODD)
        for name, targets in TARGETS.items():
            self.db.execute(f"CREATE MODEL {name} PREDICT {targets} WITH (max_trials = 2, seed = 1) AS FROM orders")

    def ask(self, sql: str) -> pa.Table:
        return self.db.sql(sql).to_arrow_table()

    def parts(self, name: str) -> list[Part]:
        rows = self.db.execute(
            "SELECT artifact, task, target, target_type, classes, recipe FROM sqlml.targets WHERE model_name = ?"
            " ORDER BY position",
            [name],
        ).fetchall()
        return [self._part(*row) for row in rows]

    def _part(self, artifact: str, task: str, target: str, type_: str, classes: Sequence[str], recipe: str) -> Part:
        chunks = self.db.execute("SELECT bytes FROM sqlml.artifacts WHERE id = ? ORDER BY part", [artifact]).fetchall()
        graph = b"".join(bytes(chunk) for (chunk,) in chunks)
        return Part(Column(target, type_), Task(task), tuple(classes), Recipe.from_json(recipe), graph)

    def predicted(self, name: str, rows: str) -> str:
        """A table of the rows with what PREDICT says of them."""
        self.db.execute(f"CREATE OR REPLACE TABLE predicted AS FROM PREDICT(MODEL {name}, (FROM {rows}))")
        return "predicted"


@pytest.fixture(scope="module")
def house() -> House:
    return House()


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("rows", ["orders", "odd"])
def test_every_row_gets_the_prediction_that_it_gets_in_sql(name: str, rows: str, house: House) -> None:
    parts = house.parts(name)
    found = compared(house.ask, portable(name, parts), parts, house.predicted(name, rows))
    assert [one.target for one in found] == [part.target.name for part in parts]
    for one, part in zip(found, parts, strict=True):
        assert one.same_class == (one.rows if part.task.classifies else None)
        assert one.largest_difference < 1e-12
    assert [one["rows"] for one in json.loads(report(found))] == [found[0].rows] * len(parts)


def test_it_predicts_where_there_is_no_sqlml(house: House, tmp_path: Path) -> None:
    parts = house.parts("several")
    exported = portable("several", parts)
    table = house.ask(f"SELECT {listed(exported.entries, 'r')} FROM orders AS r LIMIT 200")
    given = fed(table, exported.entries)
    (tmp_path / "model.onnx").write_bytes(exported.content)
    written = json.dumps({name: values.tolist() for name, values in given.items()})
    (tmp_path / "rows.json").write_text(written, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", STRANGER, tmp_path], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    house.predicted("several", "(FROM orders LIMIT 200)")
    for name in ("predicted_late", "predicted_cla's|s"):
        expected = house.db.execute(f'SELECT "{name}" FROM predicted').fetchall()
        assert [(value,) for value in found[name]] == expected


def test_what_is_not_null_may_be_left_unsaid(house: House) -> None:
    parts = house.parts("whole")
    exported = portable("whole", parts)
    rows = "(FROM orders WHERE COLUMNS(*) IS NOT NULL AND isfinite(score))"
    given = fed(house.ask(f"SELECT {listed(exported.entries, 'r')} FROM {rows} AS r"), exported.entries)
    graph = Portable(exported.content)
    (told,) = graph.run(given, ["predicted_amount"])
    del given[is_missing(exported.entries)]
    (untold,) = graph.run(given, ["predicted_amount"])
    assert len(told) > 100
    assert untold.tolist() == told.tolist()


def test_what_is_read_out_of_a_column_is_told_with_its_sql(house: House) -> None:
    exported = portable("one", house.parts("one"))
    (notice,) = exported.notices
    assert "`spelt`" in notice.message
    assert "strptime(input.\"spelt\", ['%d.%m.%Y'" in exported.readme
    assert "| `is_missing_` | BOOL |" in exported.readme


def test_free_text_is_refused_by_the_name_of_its_column(house: House) -> None:
    words = "array_to_string([chr(97 + (hash(i, k) % 26)::INTEGER) || hash(i, k, 1) % 40 FOR k IN range(12)], ' ')"
    house.db.execute(f'CREATE TABLE mails AS SELECT {words} AS "no te", i % 2 = 0 AS spam FROM range(1500) t(i)')
    house.db.execute("CREATE MODEL spam PREDICT spam WITH (max_trials = 1) AS FROM mails")
    with pytest.raises(ColumnsNotPortable) as refused:
        portable("spam", house.parts("spam"))
    assert refused.value.message == "`no te` cannot be part of a model in this format"
    assert 'SELECT * EXCLUDE ("no te")' in (refused.value.hint or "")
