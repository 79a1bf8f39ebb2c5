-- brier(tbl, actual, score, weight := 1, errors := 1.959963984540054)
-- The mean squared distance of the positive class's probability from what happened.
--
-- Example:
--     WITH visits(bought, p) AS (VALUES (true, 0.9), (true, 0.6), (false, 0.6), (false, 0.3), (false, 0.1))
--     FROM brier(visits, bought, p);
-- Result:
--     value 0.1260, lower 0.0230, upper 0.3349, rows 5
--
-- Rows: counted where actual and score are not NULL and score is not NaN. actual is BOOLEAN, or 0 and 1. Scores
--   outside 0 to 1 are taken as they are; a value above 1 has no interval.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- Interval: normal on the logit scale, from where it would begin without the worst row to where it would end with one
--   more that is as bad, or has a score of a half; where that of other rows begins, these may lack some of the worst;
--   NULL for one row.
-- Source: the delta method, as in Oehlert 1992, Am. Stat. 46; weights as in Kish 1965, Survey Sampling; a row more as
--   in Agresti and Coull 1998, Am. Stat. 52; rows that others lack as in Przyborowski and Wilenski 1940, Biometrika 31.
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
        errors::DOUBLE AS z,
        count(*) AS rows,
        sum(mass) AS whole,
        sum(mass * mass) AS squares,
        sum(mass * loss) AS losses,
        sum(mass * mass * loss) AS first,
        sum(mass * mass * loss * loss) AS second,
        max({'loss': loss, 'mass': mass}, 64) AS worst
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
        SELECT total.*, 1, {'loss': greatest(worst[1].loss, 0.25), 'mass': squares / whole} FROM total
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
             WHEN average IN (0, 1) THEN 0
             ELSE sqrt(greatest(0, second - 2 * average * first + average * average * squares)
                       / (whole * whole - squares)) / (average * (1 - average)) END AS spread
    FROM samples
)
SELECT
    any_value(average) FILTER (more = 0) AS value,
    min(average / (average + (1 - average) * exp(z * spread))) FILTER (more <= 0 AND average <= 1) AS lower,
    max(average / (average + (1 - average) * exp(-z * spread))) FILTER (more >= 0 AND average <= 1) AS upper,
    any_value(rows) AS rows
FROM spread;
