-- pr_auc(tbl, actual, score, weight := 1, errors := 1.959963984540054)
-- Average precision: the precision at each score, averaged over the positive rows.
--
-- Example:
--     WITH visits(bought, p) AS (VALUES (true, 0.9), (true, 0.6), (false, 0.6), (false, 0.3), (false, 0.1))
--     FROM pr_auc(visits, bought, p);
-- Result:
--     value 0.8333, lower 0.2408, upper 0.9875, rows 5
--
-- Rows: counted where actual and score are not NULL and score is not NaN. Infinite scores rank first and last. actual
--   is BOOLEAN, or 0 and 1.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- NULL: where no row is positive.
-- Interval: Wilson's, at the sample size that the linearised variance is worth, at most the number of positive rows.
-- Source: Boyd, Eng & Page 2013, ECML PKDD, for the number of positive rows as the size; Deville 1999, Survey
--   Methodology 25, for linearisation; Korn & Graubard 1998, Survey Methodology 24, for Wilson's interval at an
--   effective sample size.
CREATE OR REPLACE MACRO pr_auc(tbl, actual, score, weight := 1, errors := 1.959963984540054) AS TABLE
WITH input(truth, points, mass) AS (
    SELECT CAST(actual AS BOOLEAN), CAST(score AS DOUBLE), CAST(weight AS DOUBLE) FROM query_table(tbl)
),
counted AS (
    SELECT truth, points, mass
    FROM input
    WHERE truth IS NOT NULL AND NOT isnan(points)
      AND CASE WHEN mass > 0 AND isfinite(mass) THEN true
               WHEN mass = 0 OR mass IS NULL THEN false
               ELSE error('a weight is a finite number that is not negative, and one is ' || mass) END
),
levels AS (
    SELECT
        points,
        count(*) AS members,
        sum(CASE WHEN truth THEN mass ELSE 0 END) AS positive,
        sum(CASE WHEN truth THEN 0 ELSE mass END) AS negative,
        sum(CASE WHEN truth THEN mass * mass ELSE 0 END) AS positive_squares,
        sum(CASE WHEN truth THEN 0 ELSE mass * mass END) AS negative_squares
    FROM counted
    GROUP BY points
),
ranked AS (
    SELECT *, sum(positive) OVER descending AS caught, sum(positive + negative) OVER descending AS chosen
    FROM levels
    WINDOW descending AS (ORDER BY points DESC ROWS UNBOUNDED PRECEDING)
),
-- `gain` and `loss`: what one more row at this level, positive or not, moves at every lower threshold.
felt AS (
    SELECT
        *,
        sum(positive / chosen) OVER ascending AS gain,
        sum(positive * caught / (chosen * chosen)) OVER ascending AS loss
    FROM ranked
    WINDOW ascending AS (ORDER BY points ROWS UNBOUNDED PRECEDING)
),
total AS (
    SELECT
        coalesce(sum(members), 0)::BIGINT AS rows,
        sum(positive) AS p,
        sum(positive_squares) AS pp,
        sum(positive * caught / chosen) AS area,
        sum(positive_squares * (caught / chosen + gain - loss)) AS p1,
        sum(positive_squares * (caught / chosen + gain - loss) * (caught / chosen + gain - loss)) AS p2,
        sum(negative_squares * loss * loss) AS n2
    FROM felt
),
spread AS (
    SELECT
        rows,
        p * p / nullif(pp, 0) AS p_size,
        area / nullif(greatest(area, p), 0) AS value,
        greatest(0, p2 - 2 * value * p1 + value * value * pp + n2) / (p * p) AS variance
    FROM total
),
estimate AS (
    SELECT
        rows,
        value,
        CASE WHEN value < 1 AND variance > 0 THEN least(p_size, value * (1 - value) / variance) ELSE p_size END AS size,
        errors::DOUBLE AS z
    FROM spread
)
SELECT
    value,
    size * value * value / (size * value + reach) AS lower,
    1 - size * (1 - value) * (1 - value) / (size * (1 - value) + reach) AS upper,
    rows
FROM (SELECT *, z * z / 2 + z * sqrt(size * value * (1 - value) + z * z / 4) AS reach FROM estimate);
