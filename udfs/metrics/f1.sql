-- f1(tbl, actual, predicted, weight := 1, errors := 1.959963984540054)
-- The harmonic mean of precision and recall; 0 where no row is positive or predicted so.
--
-- Example:
--     WITH mail(spam, flagged) AS (
--         VALUES (true, true), (true, true), (true, false), (false, true), (false, false), (false, false)
--     )
--     FROM f1(mail, spam, flagged);
-- Result:
--     value 0.6667, lower 0.2609, upper 0.9189, rows 6
--
-- Rows: counted where actual and predicted are not NULL. Both are BOOLEAN, or 0 and 1.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: Wilson's, for the share s of hits among the rows that are positive or predicted so, carried over by f1 =
--   2s / (1 + s).
-- Source: Hand, Christen & Kirielle 2021, Machine Learning 110, for the share; Wilson 1927, J. Am. Stat. Assoc. 22;
--   effective sample size (sum w)^2 / sum w^2: Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO f1(tbl, actual, predicted, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, guess, mass) AS (
    SELECT CAST(actual AS BOOLEAN), CAST(predicted AS BOOLEAN), CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS (
    SELECT truth, guess, mass
    FROM input
    WHERE truth IS NOT NULL AND guess IS NOT NULL
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
total AS (
    SELECT
        count(*) AS rows,
        sum(CASE WHEN truth AND guess THEN mass ELSE 0 END) AS hits,
        sum(CASE WHEN truth <> guess THEN mass ELSE 0 END) AS misses,
        sum(CASE WHEN truth OR guess THEN mass * mass ELSE 0 END) AS squares
    FROM counted
),
estimate AS (
    SELECT
        rows,
        CASE WHEN rows > 0 THEN coalesce(hits / nullif(hits + misses, 0), 0) END AS share,
        coalesce((hits + misses) * (hits + misses) / nullif(squares, 0), 0) AS size,
        errors::DOUBLE AS z
    FROM total
),
bounded AS (
    SELECT
        *,
        size * share * share / (size * share + reach) AS low,
        1 - size * (1 - share) * (1 - share) / (size * (1 - share) + reach) AS high
    FROM (SELECT *, z * z / 2 + z * sqrt(size * share * (1 - share) + z * z / 4) AS reach FROM estimate)
)
SELECT 2 * share / (1 + share) AS value, 2 * low / (1 + low) AS lower, 2 * high / (1 + high) AS upper, rows
FROM bounded;
