-- brier(tbl, actual, score, weight := 1, errors := 1.959963984540054)
-- The mean squared distance of the positive class's probability from what happened.
--
-- Example:
--     WITH visits(bought, p) AS (VALUES (true, 0.9), (true, 0.6), (false, 0.6), (false, 0.3), (false, 0.1))
--     FROM brier(visits, bought, p);
-- Result:
--     value 0.1260, lower 0.0435, upper 0.3138, rows 5
--
-- Rows: counted where actual and score are not NULL and score is not NaN. actual is BOOLEAN, or 0 and 1. Scores
--   outside 0 to 1 are taken as they are; a value above 1 has no interval.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: normal on the logit scale; NULL for one row.
-- Source: the delta method, as in Oehlert 1992, Am. Stat. 46; weights as in Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO brier(tbl, actual, score, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, points, mass) AS (
    SELECT CAST(actual AS BOOLEAN), CAST(score AS DOUBLE), CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS (
    SELECT (points - truth::DOUBLE) * (points - truth::DOUBLE) AS loss, mass
    FROM input
    WHERE truth IS NOT NULL AND NOT isnan(points)
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
total AS (
    SELECT
        count(*) AS rows,
        sum(mass) AS whole,
        sum(mass * mass) AS squares,
        sum(mass * loss) / sum(mass) AS average,
        sum(mass * mass * loss) AS first,
        sum(mass * mass * loss * loss) AS second
    FROM counted
),
spread AS (
    SELECT
        *,
        CASE WHEN rows < 2 THEN NULL
             WHEN average IN (0, 1) THEN 0
             ELSE sqrt(greatest(0, second - 2 * average * first + average * average * squares)
                       / (whole * whole - squares)) / (average * (1 - average)) END AS spread,
        errors::DOUBLE AS z
    FROM total
)
SELECT
    average AS value,
    CASE WHEN average <= 1 THEN average / (average + (1 - average) * exp(z * spread)) END AS lower,
    CASE WHEN average <= 1 THEN average / (average + (1 - average) * exp(-z * spread)) END AS upper,
    rows
FROM spread;
