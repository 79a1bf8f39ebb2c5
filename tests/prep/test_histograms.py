"""How values were spread is counted the same whichever way it is asked for."""

from sqlml.prep.ask import texts
from sqlml.prep.fit import fit
from sqlml.prep.histograms import counted, counters, from_json, learn, to_json
from tests.prep.bench import REGRESSION, Bench

ROWS = """
    SELECT
        i * 7919 % 400 // 4 AS whole,
        CASE WHEN i % 7 = 0 THEN NULL WHEN i % 5 = 0 THEN 'nan'::DOUBLE WHEN i = 1 THEN '-inf'::DOUBLE
             WHEN i % 3 = 0 THEN '-0.0'::DOUBLE WHEN i % 2 = 0 THEN 0 ELSE sin(i) END AS real,
        (i % 40 / 7)::DECIMAL(30, 12) AS decimal,
        DATE '2020-01-01' + (i * 37 % 400)::INTEGER AS day,
        TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_hours(i * 31 % 9000) AS moment,
        CASE WHEN i % 2 = 0 THEN INTERVAL 1 MONTH ELSE to_days((i * 7 % 60)::INTEGER) END AS span,
        TIME '00:00:00' + to_seconds(i * 131 % 80000) AS clock,
        CASE i % 5 WHEN 0 THEN NULL ELSE ['it''s', '', 'ä', 'Z', '{a=1}'][i % 5 + 1] END AS text,
        i % 3 = 0 AS truth,
        cos(i) AS y
    FROM range(400) AS numbers(i)
"""


def test_counters_count_in_new_rows_what_was_learnt_of_the_same_rows(bench: Bench) -> None:
    recipe, _ = fit(bench.ask, "t", bench.table(ROWS), REGRESSION)
    learnt = learn(bench.ask, "t", recipe, REGRESSION, "rowid")
    assert {one.column for one in learnt} >= {
        "whole",
        "real",
        "decimal",
        "day",
        "moment",
        "span",
        "clock",
        "text",
        "truth",
        "y",
    }
    assert counted(learnt, texts(bench.ask, counters(recipe, REGRESSION, learnt), "t AS r")) == learnt
    assert from_json(to_json(learnt)) == learnt


def test_every_row_is_in_one_bin_and_no_edge_stands_twice(bench: Bench) -> None:
    recipe, _ = fit(bench.ask, "t", bench.table(ROWS), REGRESSION)
    found = {one.column: one for one in learn(bench.ask, "t", recipe, REGRESSION, "rowid")}
    assert {sum(one.counts) for one in found.values()} == {400}
    assert all(len(one.counts) == one.bins for one in found.values())
    (zeros,) = [edge for edge in found["real"].edges if float(edge) == 0]
    assert found["real"].counts[-1] == len([i for i in range(400) if i % 7 == 0 or i % 5 == 0])
    assert found["text"].counts[found["text"].levels.index("")] == 80
    assert found["whole"].counts[:9] == (40,) * 9
    assert zeros in {"0.0", "-0.0"}


def test_rows_unlike_those_learnt_from_are_beyond_the_last_edge_or_without_a_value(bench: Bench) -> None:
    recipe, _ = fit(bench.ask, "t", bench.table(ROWS), REGRESSION)
    learnt = learn(bench.ask, "t", recipe, REGRESSION, "rowid")
    later = "(SELECT * REPLACE (INTERVAL 1 YEAR AS span, whole + 1000 AS whole) FROM t) AS r"
    now = {one.column: one for one in counted(learnt, texts(bench.ask, counters(recipe, REGRESSION, learnt), later))}
    assert now["span"].counts[-2:] == now["whole"].counts[-2:] == (400, 0)
    nothing = "(SELECT * REPLACE (NULL::BIGINT AS whole, NULL::VARCHAR AS text) FROM t) AS r"
    now = {one.column: one for one in counted(learnt, texts(bench.ask, counters(recipe, REGRESSION, learnt), nothing))}
    assert now["whole"].counts == (0,) * 10 + (400,)
    assert now["text"].counts == (0,) * 5 + (400,)
