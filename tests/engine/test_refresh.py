"""Which version a refreshed model's name means, and when rows have drifted: what SQL alone does not show."""

import numpy as np
import pytest

import sqlml
from sqlml.engine.comparison import difference
from sqlml.prep.histograms import Histogram
from sqlml.prep.shift import shifts


def rows(count: int, seed: int, y: str = "a + b * b + 0.6 * noise > 1.2") -> str:
    """SQL of rows whose target `y` follows from `a`, `b` and noise; `day` rises."""
    numbers = ", ".join(f"hash(r.range, {seed}, {at}) % 100000 / 1e5 AS {name}" for at, name in enumerate("abc"))
    noise = f"hash(r.range, {seed}, 9) % 100000 / 1e5 AS noise"
    inner = f"SELECT DATE '2020-01-01' + r.range::INT AS day, {numbers}, {noise} FROM range({count}) r"
    return f"SELECT *, {y} AS y FROM ({inner})"


def learnt(table: str, query: str, options: str = "max_trials = 3, max_runtime = '20 seconds'") -> sqlml.Connection:
    db = sqlml.connect()
    db.execute(f"CREATE TABLE t AS {table}")
    db.execute(f"CREATE MODEL m PREDICT y WITH ({options}) AS {query}")
    return db


def default(db: sqlml.Connection) -> int:
    return int(db.execute("SELECT default_version FROM sqlml.models").fetchall()[0][0])


def told(db: sqlml.Connection) -> list[str]:
    return [notice.condition for notice in db.notices]


def test_a_worse_version_stays_beside_the_default() -> None:
    db = learnt(rows(2000, 1), "SELECT day, a, b, c, y FROM t")
    # All labels but those of the last days are shuffled: the new version learns nothing, and is measured on these.
    db.execute("UPDATE t SET y = hash(day) % 2 = 0 WHERE day < DATE '2020-01-01' + 1600")
    db.execute("REFRESH MODEL m")
    assert "new_version_worse" in told(db)
    assert default(db) == 1
    [warning] = [notice for notice in db.notices if notice.condition == "new_version_worse"]
    assert "worse by" in (warning.detail or "")
    assert warning.hint == "ALTER MODEL m SET DEFAULT VERSION 2 takes the new one all the same"
    db.execute(str(warning.hint).partition(" takes")[0])
    assert default(db) == 2


def test_a_better_version_becomes_the_default() -> None:
    db = learnt(rows(2000, 2, "hash(day) % 2 = 0"), "SELECT a, b, c, y FROM t")
    db.execute(f"CREATE OR REPLACE TABLE t AS {rows(2000, 3)}")
    db.execute("REFRESH MODEL m")
    assert "new_version_leads" in told(db)
    assert default(db) == 2


def test_the_same_rows_again_make_no_difference() -> None:
    db = learnt(rows(500, 4), "SELECT a, b, c, y FROM t", "max_trials = 1")
    db.execute("REFRESH MODEL m")
    [notice] = [notice for notice in db.notices if notice.condition == "new_version_leads"]
    assert "on 100 rows that neither has learnt from: no difference" in (notice.detail or "")


def test_some_more_rows_of_the_same_kind_do_not_keep_a_new_version_back() -> None:
    for seed in range(10, 13):
        db = learnt(rows(1000, seed), "SELECT a, b, c, y FROM t")
        db.execute(f"INSERT INTO t {rows(300, seed + 100)}")
        db.execute("REFRESH MODEL m")
        assert "new_version_leads" in told(db)


def test_nor_do_they_where_many_rows_are_alike() -> None:
    for seed in range(20, 23):
        alike = "SELECT (a * 8)::INT AS a, (b * 8)::INT AS b, (c * 4)::INT AS c, y FROM t"
        db = learnt(rows(1000, seed), alike)
        db.execute(f"INSERT INTO t {rows(300, seed + 100)}")
        db.execute("REFRESH MODEL m")
        assert "new_version_leads" in told(db)


def test_too_few_rows_to_compare_on_are_told_of() -> None:
    db = learnt(rows(60, 5), "SELECT a, b, c, y FROM t", "max_trials = 1")
    db.execute("DELETE FROM t WHERE noise < 0.2")
    db.execute("REFRESH MODEL m")
    assert "versions_not_compared" in told(db)
    assert default(db) == 2


def test_a_version_that_cannot_read_the_rows_of_today_gives_way() -> None:
    db = learnt(rows(300, 6), "SELECT * EXCLUDE (day, noise) FROM t", "max_trials = 1")
    db.execute("ALTER TABLE t DROP COLUMN c")
    db.execute("REFRESH MODEL m IF DRIFTED")
    assert {"drift_unknown", "versions_not_compared"} <= set(told(db))
    assert default(db) == 2


def test_a_number_is_compared_by_its_own_metric_and_by_group() -> None:
    options = "max_trials = 2, metric = 'mae', group = c"
    table = rows(600, 7, "a * 3 + noise").replace("% 100000 / 1e5 AS c", "% 90 AS c")
    db = learnt(table, "SELECT a, b, c, y FROM t", options)
    db.execute("REFRESH MODEL m")
    [notice] = [notice for notice in db.notices if notice.condition == "new_version_leads"]
    assert (notice.detail or "").startswith("mae is ")


def test_each_target_is_compared() -> None:
    db = sqlml.connect()
    db.execute(f"CREATE TABLE t AS {rows(400, 12)}")
    db.execute("CREATE MODEL m PREDICT y, z WITH (max_trials = 1) AS SELECT a, b, y, a + 2 * c AS z FROM t")
    db.execute("REFRESH MODEL m")
    [notice] = [notice for notice in db.notices if notice.condition == "new_version_leads"]
    figures = (notice.detail or "").split("; ")
    assert [figure.partition(" ")[0] for figure in figures] == ["y.roc_auc", "z.rmse"]
    assert all("on 80 rows that neither has learnt from: no difference" in figure for figure in figures)


def test_explain_says_what_the_conditions_come_to() -> None:
    db = learnt(rows(300, 13), "SELECT a, b, c, y FROM t", "max_trials = 1")
    plan = db.execute("EXPLAIN REFRESH MODEL m WITH (max_runtime = '7 seconds') IF DRIFTED").fetchall()
    assert plan[0][:2] == ("refresh", "m VERSION 1")
    assert plan[1] == ("if", "drifted", "no: nothing would be done")
    assert {name for step, name, _ in plan if step == "drift"} == {"a", "b", "c", "y"}
    assert [name for step, name, _ in plan if step == "feature"] == ["a", "b", "c"]
    assert [detail[:17] for step, name, detail in plan if (step, name) == ("limit", "time")] == ["at most 7 seconds"]
    assert [detail for step, _, detail in plan if step == "store"] == ["version 2"]
    db.execute("UPDATE t SET a = a + 0.5")
    assert ("if", "drifted", "yes") in db.execute("EXPLAIN REFRESH MODEL m IF DRIFTED").fetchall()
    assert ("if", "older than INTERVAL 1 HOUR", "no: nothing would be done") in db.execute(
        "EXPLAIN REFRESH MODEL m IF OLDER THAN INTERVAL 1 HOUR"
    ).fetchall()
    assert db.execute("SELECT count(*) FROM sqlml.drift").fetchone() == (0,)


def test_parameters_are_given_again() -> None:
    db = sqlml.connect()
    db.execute(f"CREATE TABLE t AS {rows(300, 8)}")
    create = "CREATE MODEL m PREDICT y WITH (max_trials = 1) AS SELECT a, b, y FROM t WHERE c > $least"
    db.execute(create, {"least": 0.1})
    with pytest.raises(sqlml.Diagnosed) as caught:
        db.execute("REFRESH MODEL m")
    assert caught.value.diagnostic.condition == "parameters_not_kept"
    assert "`$least`" in str(caught.value)
    db.execute("REFRESH MODEL m IF DRIFTED", {"least": 0.2})
    assert told(db) == ["not_drifted"]
    db.execute("REFRESH MODEL m", {"least": 0.2})
    assert default(db) == 2


def test_chance_alone_is_hardly_ever_called_worse() -> None:
    chance, worse, tries = np.random.default_rng(5), 0, 200
    for _ in range(tries):
        label = chance.integers(0, 2, 150).astype(float)
        signal = label + chance.normal(size=150)
        versions = [np.stack([-one, one], axis=1) for one in (signal + chance.normal(size=150) / 3 for _ in range(2))]
        _, _, (_, upper) = difference("roc_auc", label, versions, np.ones(150), np.arange(150.0), 0.005)
        worse += upper < 0
    print(f"worse by chance alone: {worse} of {tries}")
    assert worse / tries < 0.03


def test_rows_of_the_same_kind_hardly_ever_drift() -> None:
    chance, tries = np.random.default_rng(6), 200
    kinds = [np.full(11, 1 / 11), np.array([0.7, 0.2, 0.05, 0.04, 0.01]), np.array([0.99, 0.01, 0.0])]
    for before, after in ((100, 50), (400, 100), (5000, 5000), (100_000, 1000)):
        found = 0
        for _ in range(tries):
            then, now = (
                [_histogram(chance.multinomial(count, kind)) for kind in kinds * 5] for count in (before, after)
            )
            found += any(shift.has_drifted for shift in shifts(then, now))
        print(f"false alarms, {before} rows then and {after} now, in 15 columns: {found} of {tries}")
        assert found <= 0.03 * tries


def test_rows_of_another_kind_drift() -> None:
    chance = np.random.default_rng(7)
    then = [_histogram(chance.multinomial(1000, [0.1] * 10)) for _ in range(20)]
    now = [_histogram(chance.multinomial(1000, [0.1] * 10)) for _ in range(19)]
    moved = _histogram(chance.multinomial(1000, [0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.12, 0.14, 0.16, 0.18]))
    assert [shift.has_drifted for shift in shifts(then, [*now, moved])] == [True] + [False] * 19


@pytest.mark.slow
def test_other_rows_of_the_same_kind_hardly_ever_drift_in_sql() -> None:
    kind = "SELECT a, b * b AS b, CASE WHEN c > 0.1 THEN c END AS c, ['x', 'y', 'z'][1 + (noise * 9)::INT % 3] AS d, y"
    found, tries = 0, 200
    db = learnt(rows(400, 1000), f"{kind} FROM t", "max_trials = 1")
    for seed in range(tries):
        db.execute(f"CREATE OR REPLACE TABLE t AS {rows(250, seed)}")
        db.execute("REFRESH MODEL m IF DRIFTED")
        found += "rows_drifted" in told(db)
    print(f"false alarms, 320 rows then and 250 now, in 5 columns: {found} of {tries}")
    assert found <= 0.03 * tries


def _histogram(counts: "np.typing.NDArray[np.int64]") -> Histogram:
    return Histogram("x", counts=tuple(map(int, counts)))
