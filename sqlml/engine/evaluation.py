"""The SQL that a measuring becomes."""

from sqlml.engine.curves import drawable
from sqlml.engine.measures import MEASURES, Measure
from sqlml.engine.scoring import ROW, apart, home
from sqlml.plan import Evaluate, Model, Part
from sqlml.prep.outputs import answered
from sqlml.prep.target import usable
from sqlml.quote import identifier, literal
from sqlml.schema import Column, Task

_SCORED = '"__sqlml_scored"'

# Standard errors to either side of a value within which that of as many other rows lies, 19 times of 20: both err.
AHEAD = 1.959963984540054 * 2**0.5


def kept(column: str) -> str:
    """SQL of the scores of a row that lie in a column of it."""
    return f"{ROW}.{column}"


def evaluation_sql(operator: Evaluate, scores: str, errors: float | None = None) -> tuple[str, str]:
    """What to write before and behind a query, so that the metrics of `scores`, SQL of a row's, come out.

    Each part is measured on the rows in which its own target is known. Intervals reach as many standard `errors` to
    either side; the macros' own number, None, makes them those of the metrics themselves.
    """
    model = operator.model
    if operator.query is None:
        return _stored(model), ""
    marks = _marks(model)
    measures = [
        (part, mark, measure) for part, mark in zip(model.parts, marks, strict=True) for measure in MEASURES[part.task]
    ]
    reach = "" if errors is None else f", errors := {errors!r}"
    measured = " UNION ALL ".join(_measured(model, *one, at, reach) for at, one in enumerate(measures))
    return _around(
        operator, scores, f"SELECT metric, value, lower, upper, baseline, rows FROM ({measured}) ORDER BY position"
    )


def curves_sql(operator: Evaluate, scores: str) -> tuple[str, str]:
    """The same for what can be drawn of a model of one part: rows (curve, position, x, y, actual, predicted, rows)."""
    (part,) = operator.model.parts
    return _around(operator, scores, drawable(part.task, _of("")))


def _around(operator: Evaluate, scores: str, select: str) -> tuple[str, str]:
    """What stands before and behind a query, so that `select` can read what each part is measured on."""
    parts, marks = operator.model.parts, _marks(operator.model)
    truths = [f"{ROW}.{identifier(part.target.name)} AS truth{mark}" for part, mark in zip(parts, marks, strict=True)]
    known = " OR ".join(usable(part.target, ROW) for part in parts)
    return (
        f"(WITH {_SCORED} AS MATERIALIZED (SELECT {', '.join(truths)}, {scores} AS scores FROM (",
        f"\n) AS {ROW} WHERE {known}), {_prepared(operator, marks)} {select})",
    )


def _stored(model: Model) -> str:
    """SQL of the metrics that were measured when the model was trained."""
    of_model = " OR ".join(f"artifact = {literal(part.artifact)}" for part in model.parts)
    return (
        f"(SELECT metric, value, lower, upper, baseline, rows FROM {home(model)}.metrics WHERE {of_model}"
        " ORDER BY position)"
    )


def _marks(model: Model) -> list[str]:
    """What tells the names of one part's columns and rows from another's."""
    return [""] if len(model.parts) == 1 else [f"_{at}" for at in range(1, len(model.parts) + 1)]


def _prepared(operator: Evaluate, marks: list[str]) -> str:
    """More common table expressions: what every metric of a part reads, under plain names."""
    model, expressions = operator.model, []
    for part, mark, scores in zip(model.parts, marks, apart("scores", len(marks)), strict=True):
        rows, truth = _SCORED, f"truth{mark}"
        if mark:
            known = usable(Column(truth, part.target.type), _SCORED)
            rows = f"(SELECT {truth} AS truth, {scores} AS scores FROM {_SCORED} WHERE {known})"
        if not part.prior:
            rows = f"(SELECT truth, {answered('scores')} AS scores, prior FROM {rows}, {_prior(part, rows)})"
        columns = ", ".join(_numbers(part) if part.task is Task.REGRESSION else _classes(part, operator.threshold))
        expressions.append(f"{_of(mark)} AS MATERIALIZED (SELECT {columns} FROM {rows})")
    return ", ".join(expressions)


def _of(mark: str) -> str:
    return identifier(f"__sqlml_measured{mark}")


def _numbers(part: Part) -> list[str]:
    mean = f"{part.prior[0]!r}::DOUBLE" if part.prior else "prior[1]"
    return ["truth::DOUBLE AS actual", "scores[1] AS predicted", f"{mean} AS baseline"]


def _classes(part: Part, threshold: float | None) -> list[str]:
    classes = f"[{', '.join(map(literal, part.classes))}]"
    shares = f"[{', '.join(f'{share!r}::DOUBLE' for share in part.prior)}]" if part.prior else "prior"
    predicted = "list_position(scores, list_max(scores))"
    if threshold is not None:
        predicted = f"CASE WHEN scores[2] >= {threshold!r}::DOUBLE THEN 2 ELSE 1 END"
    columns = [
        f"{_actual(part)} AS actual",
        f"{classes}[{predicted}] AS predicted",
        f"MAP({classes}, scores) AS probabilities",
        f"MAP({classes}, {shares}) AS shares",
        f"{classes}[list_position({shares}, list_max({shares}))] AS baseline",
    ]
    if part.task is Task.BINARY:
        positive = literal(part.classes[1])
        columns += [
            f"actual = {positive} AS positive",
            "scores[2] AS score",
            f"predicted = {positive} AS predicted_positive",
            f"{shares}[2] AS rate",
            f"baseline = {positive} AS baseline_positive",
        ]
    return columns


def _actual(part: Part) -> str:
    return f"coalesce(TRY_CAST(truth AS {part.target.type})::VARCHAR, truth::VARCHAR)"


def _prior(part: Part, rows: str) -> str:
    """A table of one `prior`, the share of each class in the rows or their mean, where none is known of a training."""
    if part.task is Task.REGRESSION:
        return f"(SELECT [avg(truth::DOUBLE)] AS prior FROM {rows})"
    shares = ", ".join(f"avg(({_actual(part)} = {literal(one)})::DOUBLE)" for one in part.classes)
    return f"(SELECT [{shares}] AS prior FROM {rows})"


def _measured(model: Model, part: Part, mark: str, measure: Measure, position: int, reach: str) -> str:
    call = f"{home(model)}.{identifier(measure.name)}({_of(mark)}, "
    name = literal(model.prefix(part) + measure.name)
    return (
        f"SELECT {position} AS position, {name} AS metric, m.value, m.lower, m.upper,"
        f" b.value AS baseline, m.rows FROM {call}{measure.arguments}{reach}) AS m, {call}{measure.baseline}) AS b"
    )
