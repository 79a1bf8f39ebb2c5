-- r2(tbl, actual, predicted, weight := 1, errors := 1.959963984540054)
-- The share of the target's variance that the predictions explain: 1 at best, 0 for the mean, below 0 when worse.
--
-- Example:
--     WITH flights(delay, forecast) AS (VALUES (10, 12), (-5, 0), (30, 22), (0, 1), (60, 45))
--     FROM r2(flights, delay, forecast);
-- Result:
--     value 0.8869, lower 0.7993, upper 0.9363, rows 5
--
-- Rows: counted where actual and predicted are neither NULL nor NaN. An infinite prediction makes the value minus
--   infinity.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- NULL: where actual is constant or infinite.
-- Interval: normal on the scale of log(1 - r2), by the delta method.
-- Source: the delta method, as in Oehlert 1992, Am. Stat. 46; weights as in Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO r2(tbl, actual, predicted, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, guess, mass) AS (
    SELECT CAST(actual AS DOUBLE), CAST(predicted AS DOUBLE), CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS MATERIALIZED (
    SELECT truth, guess, mass
    FROM input
    WHERE NOT isnan(truth) AND NOT isnan(guess)
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
centre AS (
    SELECT CASE WHEN min(truth) < max(truth) THEN sum(mass * truth) / sum(mass) END AS middle FROM counted
),
squared AS (
    SELECT (truth - guess) * (truth - guess) AS error, (truth - middle) * (truth - middle) AS around, mass
    FROM counted, centre
),
total AS (
    SELECT
        count(*) AS rows,
        sum(mass) AS whole,
        sum(mass * mass) AS squares,
        sum(mass * around) AS around,
        sum(mass * error) / sum(mass * around) AS ratio,
        sum(mass * mass * error * error) AS ee,
        sum(mass * mass * error * around) AS ea,
        sum(mass * mass * around * around) AS aa
    FROM squared
),
spread AS (
    SELECT
        *,
        CASE WHEN ratio = 0 THEN 0
             ELSE sqrt(greatest(0, ee - 2 * ratio * ea + ratio * ratio * aa) * whole * whole
                       / (whole * whole - squares))
                  / (ratio * around) END AS spread,
        errors::DOUBLE AS z
    FROM total
)
SELECT
    nullif(1 - ratio, 'nan'::DOUBLE) AS value,
    nullif(1 - ratio * exp(z * spread), 'nan'::DOUBLE) AS lower,
    nullif(1 - ratio * exp(-z * spread), 'nan'::DOUBLE) AS upper,
    rows
FROM spread;
