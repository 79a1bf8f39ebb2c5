-- balanced_accuracy(tbl, actual, predicted, weight := 1, errors := 1.959963984540054)
-- The plain average of each class's recall, over the classes that occur in actual.
--
-- Example:
--     WITH pets(species, guess) AS (
--         VALUES ('cat', 'cat'), ('cat', 'cat'), ('cat', 'dog'), ('dog', 'dog'), ('dog', 'cat'), ('bird', 'bird')
--     )
--     FROM balanced_accuracy(pets, species, guess);
-- Result:
--     value 0.7222, lower 0.3881, upper 0.8849, rows 6
--
-- Rows: counted where actual and predicted are not NULL. Both may be of any type.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: the classes' own Wilson intervals joined by MOVER.
-- Source: Zou & Donner 2008, Statistics in Medicine 27, for MOVER; Wilson 1927, J. Am. Stat. Assoc. 22; effective
--   sample size (sum w)^2 / sum w^2: Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO balanced_accuracy(tbl, actual, predicted, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, guess, mass) AS (
    SELECT actual, predicted, CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS (
    SELECT truth, truth = guess AS hit, mass
    FROM input
    WHERE truth IS NOT NULL AND guess IS NOT NULL
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
totals AS (
    SELECT
        count(*) AS members,
        sum(CASE WHEN hit THEN mass ELSE 0 END) AS hits,
        sum(CASE WHEN hit THEN 0 ELSE mass END) AS misses,
        sum(mass * mass) AS squares
    FROM counted
    GROUP BY truth
),
classes AS (
    SELECT
        members,
        hits / (hits + misses) AS share,
        (hits + misses) * (hits + misses) / squares AS size,
        errors::DOUBLE AS z
    FROM totals
),
bounded AS (
    SELECT
        *,
        size * share * share / (size * share + reach) AS low,
        1 - size * (1 - share) * (1 - share) / (size * (1 - share) + reach) AS high
    FROM (SELECT *, z * z / 2 + z * sqrt(size * share * (1 - share) + z * z / 4) AS reach FROM classes)
)
SELECT
    value,
    CASE WHEN classes > 0 THEN greatest(0, value - sqrt(down) / classes) END AS lower,
    CASE WHEN classes > 0 THEN least(1, value + sqrt(up) / classes) END AS upper,
    rows
FROM (
    SELECT
        avg(share) AS value,
        sum((share - low) * (share - low)) AS down,
        sum((high - share) * (high - share)) AS up,
        count(*) AS classes,
        coalesce(sum(members), 0)::BIGINT AS rows
    FROM bounded
);
