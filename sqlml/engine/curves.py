"""What of a measuring can be drawn: points of curves and counts of cases, few whatever the number of rows."""

from sqlml.schema import Task

# Points of the ROC curve and bars of the calibration, and points of the residuals.
_POINTS, _BARS, _RESIDUALS = 100, 10, 400
# Pairs of classes that are counted; of more nobody could see anything.
_PAIRS = 2_500

_ROC = f"""
SELECT 'roc' AS curve, bucket AS position, max(missed) AS x, max(found) AS y,
       NULL::VARCHAR AS actual, NULL::VARCHAR AS predicted, max(seen) AS rows
FROM (SELECT sum(good) OVER ranked / sum(good) OVER () AS found, sum(bad) OVER ranked / sum(bad) OVER () AS missed,
             sum(good + bad) OVER ranked AS seen, ceil({_POINTS} * seen / sum(good + bad) OVER ())::INTEGER AS bucket
      FROM (SELECT score, count_if(positive) AS good, count_if(NOT positive) AS bad FROM {{measured}} GROUP BY score)
      WINDOW ranked AS (ORDER BY score DESC))
GROUP BY bucket
"""
_CALIBRATION = f"""
SELECT 'calibration', least(floor(score * {_BARS}), {_BARS - 1})::INTEGER AS bar, avg(score), avg(positive::INTEGER),
       NULL, NULL, count(*)
FROM {{measured}} WHERE score BETWEEN 0 AND 1 GROUP BY bar
"""
_CONFUSION = f"""
SELECT 'confusion', row_number() OVER (ORDER BY count(*) DESC, actual, predicted)::INTEGER AS place, NULL, NULL,
       actual, predicted, count(*)
FROM {{measured}} GROUP BY actual, predicted QUALIFY place <= {_PAIRS}
"""
_DIFFERENCES = f"""
SELECT 'residuals' AS curve, place::INTEGER AS position, predicted AS x, actual - predicted AS y,
       NULL::VARCHAR AS actual, NULL::VARCHAR AS predicted, 1::BIGINT AS rows
FROM (SELECT actual, predicted, row_number() OVER (ORDER BY predicted, actual) AS place, count(*) OVER () AS total
      FROM {{measured}} WHERE isfinite(actual) AND isfinite(predicted))
WHERE place % greatest(1, total // {_RESIDUALS}) = 0
"""
_DRAWABLE = {
    Task.BINARY: (_ROC, _CALIBRATION, _CONFUSION),
    Task.MULTICLASS: (_CONFUSION,),
    Task.REGRESSION: (_DIFFERENCES,),
}


def drawable(task: Task, measured: str) -> str:
    """SQL of the rows (curve, position, x, y, actual, predicted, rows) of what `measured` holds, as metrics read it.

    The curves are `roc` (x: the share of negative rows that score as high, y: that of positive ones), `calibration`
    (x: the mean probability of a tenth, y: how many of it are positive), `confusion` (rows of each actual and predicted
    class) and `residuals` (x: predicted, y: actual less predicted, of rows evenly chosen).
    """
    return " UNION ALL ".join(f"({sql.format(measured=measured)})" for sql in _DRAWABLE[task])
