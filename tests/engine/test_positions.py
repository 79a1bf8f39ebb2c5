"""Whatever is said of a statement says where: line and column of the whole script, and the place with a caret below."""

from typing import Any

import pytest

import sqlml

# Each script with what is marked in it: the place is that of the mark's last occurrence.
SCRIPTS = {
    "alone": ("PREDICT chrun FROM customers", "chrun"),
    "behind other statements": ("SELECT 1; SELECT ';' AS x;\n-- a; comment\nPREDICT chrun FROM customers", "chrun"),
    "lines that end in CR LF": ("SELECT 1;\r\n\r\n/* one\r\ntwo */ PREDICT\r\n  chrun FROM customers", "chrun"),
    "lines that end in CR": ("SELECT 1;\r\rPREDICT\rchrun FROM customers", "chrun"),
    "tabs": ("\t\tPREDICT\t\tchrun\tFROM customers", "chrun"),
    "wide characters before it": ("SELECT '日本語' AS \"列\"; PREDICT chrun FROM customers", "chrun"),
    "emoji before it on its line": ("/* 🐧🛒 */ PREDICT chrun FROM customers", "chrun"),
    "letters made of two characters": ("/* e\u0301a\u0308 */ PREDICT chrun FROM customers", "chrun"),
    "an option": (
        "CREATE MODEL m PREDICT churned\n  WITH (max_trials = 1,\n        max_rumtime = 3) AS FROM customers",
        "max_rumtime",
    ),
    "an option's value": ("CREATE MODEL m PREDICT churned WITH (effort = 'huge') AS FROM customers", "'huge'"),
    "a target": ("CREATE MODEL m\nPREDICT chruned AS FROM customers", "chruned"),
    "a word out of place": ("CREATE MODEL m PREDICT churned FROM customers", "FROM"),
    "the end": ("CREATE MODEL m PREDICT churned AS", ""),
    "a column within the query": (
        "CREATE MODEL m PREDICT churned AS\n  SELECT age, nope, churned\n  FROM customers",
        "nope",
    ),
    "the same behind wide characters": (
        "CREATE MODEL m PREDICT churned AS SELECT '日本' AS a, nope FROM customers",
        "nope",
    ),
    "the same far to the right": (
        f"CREATE MODEL m PREDICT churned AS SELECT {'1 + ' * 200} nope AS x FROM customers",
        "nope",
    ),
    "a table within the query": ("EVALUATE churn FROM (\n\tSELECT *\n\tFROM custommers)", "custommers"),
    "a call within a query": (
        "SELECT *\nFROM customers c\nJOIN PREDICT(MODEL chrun, TABLE customers) p USING (id)",
        "chrun",
    ),
    "a query within a call": ("SELECT * FROM PREDICT(MODEL churn, (\nSELECT nope FROM customers))", "nope"),
    "a call within a call": (
        "SELECT * FROM PREDICT(MODEL churn, (SELECT id, age, plan FROM PREDICT(MODEL chrun, TABLE customers)))",
        "chrun",
    ),
    "a common table expression": (
        "WITH a AS (FROM PREDICT(MODEL churn,\n (SELECT nope FROM customers))) FROM a",
        "nope",
    ),
    "a view": ("CREATE VIEW v AS\nSELECT * FROM PREDICT(MODEL chrun, TABLE customers)", "chrun"),
    "an insertion": ("INSERT INTO customers SELECT * FROM PREDICT(MODEL chrun, TABLE customers)", "chrun"),
    "what is explained": ("EXPLAIN\nPREDICT chrun FROM customers", "chrun"),
    "BigQuery's spelling": ("SELECT * FROM ML.PREDICT(MODEL `chrun`, TABLE customers)", "`chrun`"),
    "parameters": ("CREATE MODEL m PREDICT churned AS SELECT nope, churned FROM customers WHERE age > ?", "nope", [3]),
    "named parameters": ("SELECT 1;\nEVALUATE chrun FROM (FROM customers WHERE age > $a)", "chrun", {"a": 3}),
    "a model's version": ("DROP MODEL churn VERSION 9", "churn VERSION 9"),
    "the model that is described": ("DESCRIBE MODEL\n\n  chrun", "chrun"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_place_of_what_is_wrong(name: str, db: sqlml.Connection) -> None:
    script, mark, *given = SCRIPTS[name]
    place = error(db, script, *given).diagnostic.place
    assert place is not None
    before = script[: script.rindex(mark)] if mark else script
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert (place.line, place.column) == (len(lines), len(lines[-1]) + 1)
    shown, carets = place.excerpt.split("\n")
    assert mark.split("\n")[0] in shown
    assert carets.strip("^").strip() == ""
    assert f"LINE {place.line}: {shown}" in str(error(db, script, *given))


@pytest.mark.parametrize("name", [name for name, script in SCRIPTS.items() if script[0].isascii()])
def test_the_carets_stand_below_it(name: str, db: sqlml.Connection) -> None:
    script, mark, *given = SCRIPTS[name]
    shown, carets = error(db, script, *given).diagnostic.place.excerpt.split("\n")
    start = len(carets) - len(carets.lstrip())
    assert shown[start : len(carets)].strip() == mark


def error(db: sqlml.Connection, script: str, given: Any = None) -> sqlml.Diagnosed:
    with pytest.raises(sqlml.Diagnosed) as caught:
        db.execute(script, given)
    return caught.value
