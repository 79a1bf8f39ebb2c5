-- log_loss(tbl, actual, probabilities, weight := 1, errors := 1.959963984540054)
-- The mean of minus the natural logarithm of the probability given to the class that happened.
--
-- Example:
--     WITH pets(species, chances) AS (
--         VALUES
--             ('cat', MAP {'cat': 0.7, 'dog': 0.3}),
--             ('dog', MAP {'cat': 0.6, 'dog': 0.4}),
--             ('bird', MAP {'bird': 0.9, 'cat': 0.1})
--     )
--     FROM log_loss(pets, species, chances);
-- Result:
--     value 0.4594, lower 0.1653, upper 1.2772, rows 3
--
-- Rows: counted where actual and probabilities are not NULL and the probability is not NaN. A class that the map
--   lacks has probability 0. Probabilities are clipped to between 2^-52 and 1 - 2^-52, as scikit-learn does.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: normal on the log scale; NULL for one row.
-- Source: the delta method, as in Oehlert 1992, Am. Stat. 46; weights as in Kish 1965, Survey Sampling.
CREATE OR REPLACE MACRO log_loss(tbl, actual, probabilities, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, chances, mass) AS (
    SELECT actual, probabilities, CAST(weight AS DOUBLE) FROM query_table(tbl)
),
looked_up AS (
    SELECT CAST(coalesce(chances[truth], 0) AS DOUBLE) AS chance, mass
    FROM input
    WHERE truth IS NOT NULL AND chances IS NOT NULL
),
counted AS (
    SELECT -ln(greatest(2.220446049250313e-16, least(1 - 2.220446049250313e-16, chance))) AS loss, mass
    FROM looked_up
    WHERE NOT isnan(chance)
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
