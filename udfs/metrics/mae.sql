-- mae(tbl, actual, predicted, weight := 1, errors := 1.959963984540054)
-- The mean absolute error, in the target's own unit.
--
-- Example:
--     WITH flights(delay, forecast) AS (VALUES (10, 12), (-5, 0), (30, 22), (0, 1), (60, 45))
--     FROM mae(flights, delay, forecast);
-- Result:
--     value 6.2000, lower 2.7971, upper 13.7430, rows 5
--
-- Rows: counted where actual and predicted are neither NULL nor NaN. An infinite error makes the value infinite.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: normal on the log scale; NULL for one row.
-- Source: the delta method, as in Oehlert 1992, Am. Stat. 46; weights as in Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO mae(tbl, actual, predicted, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, guess, mass) AS (
    SELECT CAST(actual AS DOUBLE), CAST(predicted AS DOUBLE), CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS (
    SELECT abs(truth - guess) AS loss, mass
    FROM input
    WHERE NOT isnan(truth) AND NOT isnan(guess)
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
             WHEN average = 0 THEN 0
             ELSE sqrt(greatest(0, second - 2 * average * first + average * average * squares)
                       / (whole * whole - squares)) / average END AS spread,
        errors::DOUBLE AS z
    FROM total
)
SELECT
    nullif(average, 'nan'::DOUBLE) AS value,
    nullif(average * exp(-z * spread), 'nan'::DOUBLE) AS lower,
    nullif(average * exp(z * spread), 'nan'::DOUBLE) AS upper,
    rows
FROM spread;
