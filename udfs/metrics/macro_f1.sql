-- macro_f1(tbl, actual, predicted, weight := 1, errors := 1.959963984540054)
-- The plain average of each class's F1, over all classes that occur in actual or predicted.
--
-- Example:
--     WITH pets(species, guess) AS (
--         VALUES ('cat', 'cat'), ('cat', 'cat'), ('cat', 'dog'), ('dog', 'dog'), ('dog', 'cat'), ('bird', 'bird')
--     )
--     FROM macro_f1(pets, species, guess);
-- Result:
--     value 0.7222, lower 0.4110, upper 0.9018, rows 6
--
-- Rows: counted where actual and predicted are not NULL. Both may be of any type.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: the classes' own intervals, as in f1, joined by MOVER with the correlations that the delta method gives.
-- Source: Zou 2007, Psychological Methods 12, for MOVER with correlation; Takahashi et al. 2022, Applied Intelligence
--   52, for the delta method.
CREATE OR REPLACE MACRO macro_f1(tbl, actual, predicted, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, guess, mass) AS (
    SELECT actual, predicted, CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS (
    SELECT truth, guess, mass
    FROM input
    WHERE truth IS NOT NULL AND guess IS NOT NULL
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
cells AS MATERIALIZED (
    SELECT truth, guess, truth = guess AS hit, count(*) AS members, sum(mass) AS mass, sum(mass * mass) AS squares
    FROM counted
    GROUP BY truth, guess
),
totals AS (
    SELECT
        class,
        sum(CASE WHEN hit THEN mass ELSE 0 END) AS hits,
        sum(CASE WHEN hit THEN 0 ELSE mass END) AS misses,
        sum(CASE WHEN hit THEN squares ELSE 0 END) AS hit_squares,
        sum(CASE WHEN hit THEN 0 ELSE squares END) AS miss_squares
    FROM (
        SELECT truth AS class, hit, mass, squares FROM cells
        UNION ALL
        SELECT guess, hit, mass, squares FROM cells WHERE NOT hit
    )
    GROUP BY class
),
classes AS (
    SELECT
        *,
        hits / (hits + misses) AS share,
        (hits + misses) * (hits + misses) / (hit_squares + miss_squares) AS size,
        errors::DOUBLE AS z
    FROM totals
),
bounded AS (
    SELECT
        *,
        2 * share / (1 + share) AS f1,
        size * share * share / (size * share + reach) AS low,
        1 - size * (1 - share) * (1 - share) / (size * (1 - share) + reach) AS high
    FROM (SELECT *, z * z / 2 + z * sqrt(size * share * (1 - share) + z * z / 4) AS reach FROM classes)
),
-- What a miss of weight 1 takes from a class's F1, in standard errors of that F1.
scored AS MATERIALIZED (
    SELECT
        class,
        f1,
        f1 - 2 * low / (1 + low) AS down,
        2 * high / (1 + high) - f1 AS up,
        CASE WHEN share > 0 AND share < 1
             THEN f1 / sqrt(4 * (1 - f1) * (1 - f1) * hit_squares + f1 * f1 * miss_squares) ELSE 0 END AS pull
    FROM bounded
),
shared AS (
    SELECT
        coalesce(sum(squares * a.pull * a.down * p.pull * p.down), 0) AS down,
        coalesce(sum(squares * a.pull * a.up * p.pull * p.up), 0) AS up
    FROM cells JOIN scored a ON a.class = truth JOIN scored p ON p.class = guess
    WHERE NOT hit
),
estimate AS (
    SELECT avg(f1) AS value, sum(down * down) AS down, sum(up * up) AS up, count(*) AS classes FROM scored
)
SELECT
    value,
    CASE WHEN classes > 0 THEN greatest(0, value - sqrt(estimate.down + 2 * shared.down) / classes) END AS lower,
    CASE WHEN classes > 0 THEN least(1, value + sqrt(estimate.up + 2 * shared.up) / classes) END AS upper,
    (SELECT coalesce(sum(members), 0)::BIGINT FROM cells) AS rows
FROM estimate, shared;
