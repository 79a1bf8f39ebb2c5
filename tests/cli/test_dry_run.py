"""`--dry-run`: every statement is checked as far as can be, and nothing is changed."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.process import CUSTOMERS, MODEL
from tests.cli.test_run import sqlml

SHOP = f"""
{CUSTOMERS}
CREATE TABLE old AS SELECT range AS x, range % 2 = 0 AS y FROM range(1000);
CREATE VIEW seen AS FROM old WHERE x > 10;
CREATE SEQUENCE numbers;
{MODEL}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dry") / "shop.duckdb"
    assert sqlml("run", "--db", str(path), "-c", SHOP).returncode == 0
    return path


def contents(path: Path) -> dict[str, Any]:
    """Everything in a database: what there is, and every row of it."""
    kinds = ("tables", "views", "sequences", "types", "functions", "schemas", "indexes", "constraints")
    with duckdb.connect(str(path)) as db:
        found: dict[str, Any] = {}
        for kind in kinds:
            columns = [name for name, *_ in db.execute(f"DESCRIBE FROM duckdb_{kind}()").fetchall()]
            kept = ", ".join(f'"{name}"' for name in columns if not name.endswith("_oid") and name != "estimated_size")
            found[kind] = sorted(map(str, db.execute(f"SELECT {kept} FROM duckdb_{kind}()").fetchall()))
        named = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()"
        for schema, table in db.execute(named).fetchall():
            found[f"{schema}.{table}"] = sorted(map(str, db.execute(f'FROM "{schema}"."{table}"').fetchall()))
        return found


def dry(path: Path | str, script: str, *options: str) -> tuple[int, list[dict[str, Any]], str]:
    run = sqlml("run", "--db", str(path), "--dry-run", "--format", "jsonl", *options, text=script)
    return run.returncode, [json.loads(line) for line in run.stdout.splitlines()], run.stderr


# Statements with what is known of each: how far it is checked, the rows to expect, and words of the note.
KNOWN = [
    ("SELECT * FROM old", "whole", 1000, None),
    ("FROM seen", "whole", 200, None),
    ("SELECT * FROM PREDICT(MODEL churn, TABLE customers)", "whole", 400, None),
    ("PREDICT churn FROM customers", "whole", None, None),
    ("EVALUATE churn FROM customers", "whole", None, None),
    ("CREATE MODEL other PREDICT y AS FROM old", "whole", 1000, None),
    ("CREATE MODEL IF NOT EXISTS churn PREDICT churned AS FROM customers", "whole", None, None),
    ("INSERT INTO old VALUES (1, true)", "whole", 1, None),
    ("DELETE FROM old WHERE x = $x::INT", "whole", None, None),
    ("UPDATE old SET y = false", "whole", 1000, None),
    ("EXPLAIN CREATE MODEL other2 PREDICT y AS FROM old", "whole", None, None),
    ("SHOW CREATE MODEL churn", "whole", None, None),
    ("CREATE INDEX i ON old (x)", "whole", None, None),
    ("COPY old TO '{folder}/never.csv'", "whole", 1000, None),
    ("CREATE TABLE copied AS FROM old", "whole", 1000, None),
    ("CREATE OR REPLACE TABLE copied AS FROM old WITH NO DATA", "whole", None, None),
    ("INSERT INTO copied FROM old", "whole", None, None),
    ("CREATE TEMP TABLE t (a INT, b INT DEFAULT 1)", "whole", None, None),
    ("CREATE MACRO twice(a) AS a * 2", "whole", None, None),
    ("SELECT twice(a) FROM t", "whole", None, None),
    ("CREATE SCHEMA s", "whole", None, None),
    ("CREATE VIEW s.v AS FROM copied", "whole", None, None),
    ("ALTER TABLE t ADD COLUMN c INT", "whole", None, None),
    ("SELECT c FROM t", "whole", None, None),
    ("SET threads = 1", "whole", None, None),
    ("SET VARIABLE a = 3", "whole", None, None),
    ("SELECT getvariable('a') + $x::INT", "whole", 1, None),
    ("BEGIN", "whole", None, None),
    ("SELECT nextval('numbers')", "whole", 1, None),
    ("COMMIT", "whole", None, None),
    ("ALTER MODEL churn SET ALIAS best TO VERSION 1", "whole", None, None),
    ("PREDICT churn@best FROM customers", "whole", None, None),
    ("CREATE TABLE scored AS FROM PREDICT(MODEL churn, TABLE customers)", "whole", 400, None),
    ("SELECT predicted_churned FROM scored", "whole", None, None),
    ("EXPLAIN SELECT 1", "whole", None, None),
    ("DROP TABLE old", "whole", None, None),
    ("SHOW MODELS", "whole", None, None),
    ("DESCRIBE MODEL churn", "whole", None, None),
    ("ROLLBACK", "in part", None, "not done"),
    (
        "CREATE MODEL late PREDICT y AS FROM copied",
        "in part",
        None,
        "it needs the rows of the table that line 16 makes",
    ),
    ("CREATE MODEL late2 PREDICT y AS FROM s.v", "in part", None, "the rows of the table that line 22 makes"),
    ("PREDICT late FROM copied", "in part", None, "it needs the model that line 40 makes"),
    ("CREATE TABLE p AS FROM PREDICT(MODEL late, TABLE copied)", "in part", None, "the model that line 40 makes"),
    ("SELECT predicted_y FROM p", "in part", None, "it needs what line 43 makes"),
    ("EXPORT MODEL churn TO '{folder}/never' (FORMAT sql)", "in part", None, "not done in a dry run"),
    ("FROM '{folder}/never.csv'", "in part", None, "it needs the file that line 14 writes"),
    ("ATTACH '{folder}/never.duckdb' AS n", "in part", None, "not done"),
    ("CREATE TABLE n.t AS SELECT 1", "in part", None, "it needs the database that line 47 attaches"),
    ("PIVOT copied ON y USING sum(x)", "in part", None, "not done"),
    ("EXPLAIN ANALYZE SELECT 1", "in part", None, "not done"),
    ("SET VARIABLE b = (SELECT max(x) FROM customers)", "in part", None, "not done"),
    ("EXPORT DATABASE '{folder}/never'", "in part", None, "not done"),
    ("PRAGMA enable_checkpoint_on_shutdown", "in part", None, "not done"),
    ("CHECKPOINT", "in part", None, "not done"),
    ("FROM what_a_pragma_may_make", "in part", None, "it may need what line 53 does"),
]


def test_every_statement_is_checked_and_nothing_is_changed(shop: Path) -> None:
    before, folder = contents(shop), shop.parent
    script = ";\n".join(statement.format(folder=folder) for statement, *_ in KNOWN)
    status, rows, told = dry(shop, script, "--set", "x=1")
    assert status == 0, told
    found = [(row["checked"], row["rows"]) for row in rows]
    for number, (row, (statement, checked, expected, note)) in enumerate(zip(rows, KNOWN, strict=True), 1):
        assert (row["line"], row["statement"]) == (number, statement.format(folder=folder))
        assert row["checked"] == checked, row
        assert expected is None or row["rows"] == expected, row
        assert (note or "") in (row["note"] or ""), row
        assert (row["note"] is None) == (checked == "whole"), row
    assert len(found) == len(KNOWN)
    assert told.count("NOTICE: line") == sum(checked == "in part" for _, checked, *_ in KNOWN)
    [training] = [row["takes"] for row in rows if row["statement"].startswith("CREATE MODEL other")]
    assert "seconds of training" in training
    assert "MB" in training
    assert contents(shop) == before
    assert [entry.name for entry in folder.iterdir()] == ["shop.duckdb"]


WRONG = [
    ("SELECT nope FROM old", "LINE 1: SELECT nope FROM old\n               ^^^^"),
    ("CREATE MODLE m PREDICT y AS FROM old", "LINE 3: CREATE MODLE m"),
    ("PREDICT churn\nFROM (SELECT age FROM customers)", "LINE 4: FROM (SELECT age"),
    ("PREDICT nothing FROM old", "there is no model `nothing`"),
    ("CREATE MODEL m PREDICT nope AS FROM old", "`nope` is not a column"),
    ("CREATE MODEL m PREDICT y WITH (effort = 9) AS FROM old", "effort"),
    ("SELEC 1", "SELEC"),
    ("DROP TABLE nope", "nope"),
    ("INSERT INTO old VALUES ('a', true)", "Could not convert string 'a'"),
    ("EXPORT MODEL nothing TO 'x' (FORMAT sql)", "there is no model `nothing`"),
    ("ALTER MODEL nothing RENAME TO n", "there is no model `nothing`"),
    ("ATTACH", "syntax error"),
    ("SELECT predicted_nope FROM PREDICT(MODEL churn, TABLE customers)", "predicted_nope"),
]


@pytest.mark.parametrize(("statement", "told"), WRONG, ids=[statement.split("\n")[0] for statement, _ in WRONG])
def test_a_mistake_is_told_at_its_place_and_the_rest_is_checked(statement: str, told: str, shop: Path) -> None:
    before = contents(shop)
    status, rows, log = dry(shop, f"CREATE TABLE made (a INT);\n\n{statement};\nSELECT a FROM made")
    assert status == 1
    assert told in log
    assert [row["checked"] for row in rows] == ["whole", "wrong", "whole"]
    assert contents(shop) == before


def test_a_dry_run_reads_no_table_to_make_another(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    script = "CREATE TABLE t AS SELECT a.range AS x FROM range(10_000_000) a, range(10_000_000) b; SELECT sum(x) FROM t"
    status, rows, _ = dry(path, script, "--timeout", "1m")
    assert (status, [row["checked"] for row in rows]) == (0, ["whole", "whole"])


def test_a_dry_run_of_a_new_database_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a shop.duckdb"
    named = 'CREATE TABLE "a shop".main.t AS SELECT current_database() AS x; FROM t;'
    status, rows, told = dry(path, CUSTOMERS + MODEL + "SHOW MODELS;" + named, "--job", "nightly")
    assert status == 0, told
    assert [row["checked"] for row in rows][-2:] == ["whole", "whole"]
    assert list(tmp_path.iterdir()) == []


def test_a_script_that_passes_says_what_running_it_finds(shop: Path, tmp_path: Path) -> None:
    """What is checked as a whole runs; the plan's words about rows hold where they are exact."""
    script = "CREATE TABLE t AS FROM old; SELECT count(*) AS n FROM t; DROP TABLE t;"
    status, rows, _ = dry(shop, script)
    assert (status, {row["checked"] for row in rows}) == (0, {"whole"})
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(shop.read_bytes())
    assert sqlml("run", "--db", str(copy), "-c", script).returncode == 0
