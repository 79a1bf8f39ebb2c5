-- precision(tbl, actual, predicted, weight := 1, errors := 1.959963984540054)
-- Of the rows predicted positive, the share that is; 0 where none is predicted positive.
--
-- Example:
--     WITH mail(spam, flagged) AS (
--         VALUES (true, true), (true, true), (true, false), (false, true), (false, false), (false, false)
--     )
--     FROM "precision"(mail, spam, flagged);
-- Result:
--     value 0.6667, lower 0.2077, upper 0.9385, rows 6
--
-- Name: PRECISION is a word of SQL's own, so write the name in double quotes.
-- Rows: counted where actual and predicted are not NULL. Both are BOOLEAN, or 0 and 1.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: Wilson's, for a proportion of the rows predicted positive.
-- Source: Wilson 1927, J. Am. Stat. Assoc. 22; effective sample size (sum w)^2 / sum w^2: Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO precision(tbl, actual, predicted, weight := 1, errors := 1.959963984540054) AS TABLE
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
        sum(CASE WHEN guess AND NOT truth THEN mass ELSE 0 END) AS misses,
        sum(CASE WHEN guess THEN mass * mass ELSE 0 END) AS squares
    FROM counted
),
estimate AS (
    SELECT
        rows,
        CASE WHEN rows > 0 THEN coalesce(hits / nullif(hits + misses, 0), 0) END AS value,
        coalesce((hits + misses) * (hits + misses) / nullif(squares, 0), 0) AS size,
        errors::DOUBLE AS z
    FROM total
)
SELECT
    value,
    size * value * value / (size * value + reach) AS lower,
    1 - size * (1 - value) * (1 - value) / (size * (1 - value) + reach) AS upper,
    rows
FROM (SELECT *, z * z / 2 + z * sqrt(size * value * (1 - value) + z * z / 4) AS reach FROM estimate);
