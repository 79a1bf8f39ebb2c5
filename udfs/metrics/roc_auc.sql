-- roc_auc(tbl, actual, score, weight := 1, errors := 1.959963984540054)
-- The chance that a positive row scores higher than a negative one, a tie counting half.
--
-- Example:
--     WITH visits(bought, p) AS (VALUES (true, 0.9), (true, 0.6), (false, 0.6), (false, 0.3), (false, 0.1))
--     FROM roc_auc(visits, bought, p);
-- Result:
--     value 0.9167, lower 0.4702, upper 0.9927, rows 5
--
-- Rows: counted where actual and score are not NULL and score is not NaN. Infinite scores rank first and last. actual
--   is BOOLEAN, or 0 and 1.
-- Weight: a weight of 0 or NULL leaves its row out; one that is negative, NaN or infinite is an error.
-- NULL: where only one class occurs.
-- Interval: Wilson's, at the sample size that DeLong's variance is worth, which is kept between min(m, n) and 4mn /
--   (m + n) for m positive and n negative rows.
-- Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44; Korn & Graubard 1998, Survey Methodology 24, for
--   Wilson's interval at an effective sample size. The least size is Birnbaum & Klose's 1957 (Ann. Math. Stat. 28)
--   bound, the greatest what Hanley & McNeil's 1982 (Radiology 143) variance tends to as the area nears 1 with m = n,
--   which gives an area of 1 an interval too.
CREATE OR REPLACE MACRO roc_auc(tbl, actual, score, weight := 1, errors := 1.959963984540054) AS TABLE
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
        count(*) FILTER (WHERE truth) AS positives,
        count(*) FILTER (WHERE NOT truth) AS negatives,
        sum(CASE WHEN truth THEN mass ELSE 0 END) AS positive,
        sum(CASE WHEN truth THEN 0 ELSE mass END) AS negative,
        sum(CASE WHEN truth THEN mass * mass ELSE 0 END) AS positive_squares,
        sum(CASE WHEN truth THEN 0 ELSE mass * mass END) AS negative_squares
    FROM counted
    GROUP BY points
),
placed AS (
    SELECT
        *,
        sum(positive) OVER ascending - positive / 2 AS positive_below,
        sum(negative) OVER ascending - negative / 2 AS negative_below
    FROM levels
    WINDOW ascending AS (ORDER BY points ROWS UNBOUNDED PRECEDING)
),
total AS (
    SELECT
        coalesce(sum(positives), 0)::BIGINT AS positives,
        coalesce(sum(negatives), 0)::BIGINT AS negatives,
        sum(positive) AS p,
        sum(negative) AS n,
        sum(positive_squares) AS pp,
        sum(negative_squares) AS nn,
        sum(positive * negative_below) AS wins,
        sum(negative * positive_below) AS losses,
        sum(positive_squares * negative_below) AS p1,
        sum(positive_squares * negative_below * negative_below) AS p2,
        sum(negative_squares * positive_below) AS n1,
        sum(negative_squares * positive_below * positive_below) AS n2
    FROM placed
),
spread AS (
    SELECT
        positives,
        negatives,
        p * p / pp AS p_size,
        n * n / nn AS n_size,
        wins / nullif(wins + losses, 0) AS value,
        1 - value AS rest,
        greatest(0, p2 / (n * n) - 2 * value * p1 / n + value * value * pp) / (p * p - pp)
        + greatest(0, n2 / (p * p) - 2 * rest * n1 / p + rest * rest * nn) / (n * n - nn) AS variance
    FROM total
),
estimate AS (
    SELECT
        positives + negatives AS rows,
        value,
        CASE WHEN positives < 2 OR negatives < 2 THEN least(p_size, n_size)
             WHEN variance > 0 THEN greatest(least(p_size, n_size), least(ceiling, value * (1 - value) / variance))
             ELSE ceiling END AS size,
        errors::DOUBLE AS z
    FROM (SELECT *, 4 * p_size * n_size / (p_size + n_size) AS ceiling FROM spread)
)
SELECT
    value,
    size * value * value / (size * value + reach) AS lower,
    1 - size * (1 - value) * (1 - value) / (size * (1 - value) + reach) AS upper,
    rows
FROM (SELECT *, z * z / 2 + z * sqrt(size * value * (1 - value) + z * z / 4) AS reach FROM estimate);
