-- accuracy(tbl, actual, predicted, weight := 1, errors := 1.959963984540054)
-- The share of rows whose prediction is right.
--
-- Example:
--     WITH pets(species, guess) AS (
--         VALUES ('cat', 'cat'), ('cat', 'cat'), ('cat', 'dog'), ('dog', 'dog'), ('dog', 'cat'), ('bird', 'bird')
--     )
--     FROM accuracy(pets, species, guess);
-- Result:
--     value 0.6667, lower 0.3000, upper 0.9032, rows 6
--
-- Rows: counted where actual and predicted are not NULL. Both may be of any type; NaN is a class equal to itself.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: Wilson's, for a proportion.
-- Source: Wilson 1927, J. Am. Stat. Assoc. 22; effective sample size (sum w)^2 / sum w^2: Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO accuracy(tbl, actual, predicted, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, guess, mass) AS (
    SELECT actual, predicted, CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS (
    SELECT truth = guess AS hit, mass
    FROM input
    WHERE truth IS NOT NULL AND guess IS NOT NULL
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
total AS (
    SELECT
        count(*) AS rows,
        sum(CASE WHEN hit THEN mass ELSE 0 END) AS hits,
        sum(CASE WHEN hit THEN 0 ELSE mass END) AS misses,
        sum(mass * mass) AS squares
    FROM counted
),
estimate AS (
    SELECT
        rows,
        hits / (hits + misses) AS value,
        (hits + misses) * (hits + misses) / squares AS size,
        errors::DOUBLE AS z
    FROM total
)
SELECT
    value,
    size * value * value / (size * value + reach) AS lower,
    1 - size * (1 - value) * (1 - value) / (size * (1 - value) + reach) AS upper,
    rows
FROM (SELECT *, z * z / 2 + z * sqrt(size * value * (1 - value) + z * z / 4) AS reach FROM estimate);
