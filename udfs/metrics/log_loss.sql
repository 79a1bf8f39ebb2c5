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
--     value 0.4594, lower 0.0796, upper 1.2772, rows 3
--
-- Rows: counted where actual and probabilities are not NULL and the probability is not NaN. A class that the map
--   lacks has probability 0. Probabilities are clipped to between 2^-52 and 1 - 2^-52, as scikit-learn does.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: normal on the log scale, from where it would begin without the worst row to where it would end with one
--   more that is as bad, or has equal probabilities of all classes of the longest map; where that of other rows begins,
--   these may lack some of the worst; NULL for one row.
-- Source: the delta method, as in Oehlert 1992, Am. Stat. 46; weights as in Kish 1965, Survey Sampling; a row more
--   as in Agresti and Coull 1998, Am. Stat. 52; rows that others lack as in Przyborowski and Wilenski 1940,
--   Biometrika 31.
CREATE OR REPLACE MACRO log_loss(tbl, actual, probabilities, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, chances, mass) AS (
    SELECT actual, probabilities, CAST(weight AS DOUBLE) FROM query_table(tbl)
),
looked_up AS (
    SELECT CAST(coalesce(chances[truth], 0) AS DOUBLE) AS chance, cardinality(chances) AS classes, mass
    FROM input
    WHERE truth IS NOT NULL AND chances IS NOT NULL
),
counted AS (
    SELECT -ln(greatest(2.220446049250313e-16, least(1 - 2.220446049250313e-16, chance))) AS loss, classes, mass
    FROM looked_up
    WHERE NOT isnan(chance)
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
total AS (
    SELECT
        errors::DOUBLE AS z,
        count(*) AS rows,
        sum(mass) AS whole,
        sum(mass * mass) AS squares,
        sum(mass * loss) AS losses,
        sum(mass * mass * loss) AS first,
        sum(mass * mass * loss * loss) AS second,
        max({'loss': loss, 'mass': mass}, 64) AS worst,
        ln(greatest(2, max(classes))) AS unknown
    FROM counted
),
-- Of as many other rows as `errors` is for, none is as bad as the k worst with a chance of (1 - (1.96 / errors)^2)^k:
-- the most for which that is 2.5 % or more, of 64.
absent AS (
    SELECT list_sum([one.mass * one.loss for one in these]) AS lost, list_sum([one.mass for one in these]) AS mass
    FROM (SELECT worst[:floor(ln(0.025) / ln(1 - 3.841458820694124 / (errors * errors)))::INTEGER] AS these FROM total)
    WHERE errors > 1.96
),
samples AS (
    SELECT
        more,
        z,
        rows,
        rows + least(more, 0) AS size,
        whole + more * one.mass AS whole,
        squares + more * one.mass * one.mass AS squares,
        greatest(0, losses + more * one.mass * one.loss) / (whole + more * one.mass) AS average,
        first + more * one.mass * one.mass * one.loss AS first,
        second + more * one.mass * one.mass * one.loss * one.loss AS second
    FROM (
        SELECT total.*, 0 AS more, {'loss': 0.0, 'mass': 0.0} AS one FROM total
        UNION ALL
        SELECT total.*, 1, {'loss': greatest(worst[1].loss, unknown), 'mass': squares / whole} FROM total
        UNION ALL
        SELECT total.*, -1, worst[1] FROM total
        UNION ALL
        SELECT total.* REPLACE (0.0 AS z), -1, {'loss': lost / mass, 'mass': mass} FROM total, absent
    )
),
spread AS (
    SELECT
        *,
        CASE WHEN size < 2 THEN NULL
             WHEN average = 0 THEN 0
             ELSE sqrt(greatest(0, second - 2 * average * first + average * average * squares)
                       / (whole * whole - squares)) / average END AS spread
    FROM samples
)
SELECT
    nullif(any_value(average) FILTER (more = 0), 'nan'::DOUBLE) AS value,
    nullif(min(average * exp(-z * spread)) FILTER (more <= 0), 'nan'::DOUBLE) AS lower,
    nullif(max(average * exp(z * spread)) FILTER (more >= 0), 'nan'::DOUBLE) AS upper,
    any_value(rows) AS rows
FROM spread;
