"""Real data sets, from their raw files: every one gives a recipe, and says the sensible things."""

import json
from pathlib import Path

import pytest

from sqlml.prep.fit import fit
from sqlml.prep.partition import HELD_OUT, parts
from sqlml.prep.target import examine
from sqlml.quote import literal
from sqlml.schema import Column
from tests.prep.bench import Bench

MANIFEST = Path(__file__).parents[2] / "../shared/data/MANIFEST.json"
TASKS = ("binary", "multiclass", "regression")
SETS = (
    [entry for entry in json.loads(MANIFEST.read_text())["datasets"] if entry["task"] in TASKS]
    if MANIFEST.is_file()
    else []
)

ID = "a different value in every row, like an id"
CONSTANT = "the same value in every row"
SAID = {
    "titanic": [f"`PassengerId` was left out: {ID}"],
    "telco_churn": [f"`customerID` was left out: {ID}", "`TotalCharges` is text and was read as numbers"],
    "disability_perm_fr": [f"`PolicyID` was left out: {ID}"],
    "hypothyroid": [
        "class `secondary_hypothyroid` of `Class` has fewer than 10 rows: little can be learnt there",
        "`TBG` was left out: no value in any row",
        f"`TBG measured` was left out: {CONSTANT}",
    ],
    "kddcup10": [
        "classes `loadmodule`, `ftp_write`, `multihop`, `phf`, `perl` and `spy` of `label` have fewer than 10 rows:"
        " little can be learnt there",
        f"`num_outbound_cmds` and `is_host_login` were left out: {CONSTANT}",
    ],
    "nursery": ["class `recommend` of `class` has fewer than 10 rows: little can be learnt there"],
    "mpls_stops": [f"`idNum` was left out: {ID}"],
    "be_mtpl97": [
        f"`id` was left out: {ID}",
        "`nclaims`, `amount` and `average` alone each tell `claim` of nearly every row",
    ],
    "bike_sharing": [f"`instant` was left out: {ID}"],
}
QUIET = ["adult", "credit_g", "spambase", "letter", "penguins", "california_housing", "diamonds", "concrete"]


@pytest.mark.skipif(not SETS, reason="needs ../shared/data, which is not part of the repository")
@pytest.mark.parametrize("entry", SETS, ids=lambda entry: entry["name"])
def test_a_real_set_is_prepared_from_its_raw_file(entry: dict[str, object], bench: Bench) -> None:
    name, files = str(entry["name"]), entry["files"]
    assert isinstance(files, list)
    bench.run(f"CREATE TABLE q AS FROM {literal(str(MANIFEST.parent / files[0]))}")
    columns = [Column(row[0], row[1]) for row in bench.rows("DESCRIBE q")]
    column = next(column for column in columns if column.name == entry["target"])
    target, notices = examine(bench.ask, "q", column, None)
    assert target.task == entry["task"]
    bench.run(f"CREATE TABLE p AS {parts('q', target, 1, folds=5)}")
    bench.run(f"CREATE TABLE k AS SELECT q.* FROM q JOIN p ON q.rowid = p.row WHERE part < {HELD_OUT} ORDER BY q.rowid")
    recipe, more = fit(bench.ask, "k", columns, target)
    found = [notice.message for notice in (*notices, *more)]
    assert found == SAID.get(name, found)
    assert found == [] or name not in QUIET
    expected = [f"count(f{at}) = count(*)" for at in range(len(recipe.features))]
    encoded = ", ".join(f"{sql} AS f{at}" for at, sql in enumerate(recipe.expressions("q")))
    assert bench.rows(f"SELECT {' AND '.join(expected)} FROM (SELECT {encoded} FROM q)") == [(True,)]
