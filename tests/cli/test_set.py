"""What --set gives is data: whatever a value holds, no statement changes."""

import json

import pytest

from tests.cli.process import CUSTOMERS, MODEL
from tests.cli.test_run import sqlml

HOSTILE = {
    "a quote": "it's",
    "quotes": "''\"\"``",
    "the end of a statement": "1; DROP TABLE t; --",
    "the end of a string": "x'); DROP TABLE t; SELECT ('",
    "a comment": "/* -- ",
    "lines": "one\ntwo\r\nthree;\nDROP TABLE t;\n",
    "a variable": "$other $1 ? $name",
    "a dollar quote": "$$ $tag$ $$",
    "a statement of ours": "CREATE MODEL m PREDICT y AS FROM t",
    "a call of ours": "PREDICT(MODEL m, TABLE t)",
    "a backslash": "\\' \\n \\",
    "an emoji": "🐢 and ‮ᴅɴᴜᴏʀᴀ",
    "nothing": "",
    "white space": " \t\n ",
    "an equals sign": "a=b=c",
    "a megabyte, nearly": "x'; " * 25_000,
    "NULL": "NULL",
    "a number": "007",
}
SCRIPT = """
CREATE TABLE t AS SELECT 1 AS a;
CREATE TABLE kept AS SELECT $value AS v, getvariable('value') AS g;
INSERT INTO kept SELECT $value, getvariable('value') FROM t WHERE $value = getvariable('value');
DROP MODEL IF EXISTS m;
SELECT count(*) AS n, bool_and(v = $value AND g = $value) AS same, (SELECT count(*) FROM t) AS t,
       any_value(typeof(v)) AS type, (SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main') AS tables,
       any_value(v) AS value
FROM kept;
"""


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_value_changes_no_statement(value: str) -> None:
    run = sqlml("run", "--format", "jsonl", "--set", f"value={value}", text=SCRIPT)
    assert run.returncode == 0, run.stderr
    [answer] = map(json.loads, run.stdout.splitlines())
    assert answer == {"n": 2, "same": True, "t": 1, "type": "VARCHAR", "tables": 2, "value": value}


@pytest.mark.parametrize("name", ["x y", "1x", "a;b", "", "a'b", 'a"b', "a-b", "a.b"])
def test_a_name_is_one_word(name: str) -> None:
    assert sqlml("run", "--set", f"{name}=1", "-c", "SELECT 1").returncode == 2


def test_a_name_may_be_a_word_of_sql_s() -> None:
    run = sqlml(
        "run", "--format", "csv", "--set", "select=1", "--set", "größe=2", "-c", "SELECT $select || $größe AS a"
    )
    assert run.stdout == "a\n12\n"


def test_a_value_reaches_a_statement_of_ours() -> None:
    query = "PREDICT churn FROM customers WHERE plan = $plan AND id < $most::INT"
    job = ["run", "--format", "jsonl", "--set", "most=9", "-c", CUSTOMERS + MODEL + query]
    for plan, lines in (("pro", 4), ("pro' OR true --", 1)):
        run = sqlml(*job, "--set", f"plan={plan}")
        assert (run.returncode, len(run.stdout.splitlines())) == (0, lines)


def test_a_value_reaches_the_query_that_is_kept_with_a_model() -> None:
    learnt = "SELECT age, churned FROM customers WHERE plan = $plan"
    query = f"CREATE MODEL kept PREDICT churned WITH (max_trials = 1) AS {learnt}"
    job = ["run", "--format", "jsonl", "-c", f"{CUSTOMERS} {query}; REFRESH MODEL kept; FROM sqlml.versions"]
    run = sqlml(*job, "--set", "plan=pro", "--set", "other=1")
    assert run.returncode == 0, run.stderr
    *_, first, second = map(json.loads, run.stdout.splitlines())
    assert (first["version"], second["version"]) == (1, 2)
    assert first["rows"] == second["rows"] < 400
