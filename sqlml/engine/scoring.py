"""The SQL that a prediction and a measuring become.

Both call two macros that lie beside the model: one computes the model's scores from a row, the other makes
the prediction's columns from the scores. A view over PREDICT holds these calls, so it follows the model
when it is replaced, and works wherever the function `sqlml_score` is there.
"""

from sqlml.engine.measures import MEASURES, Measure
from sqlml.plan import Evaluate, Model, Score
from sqlml.quote import identifier, literal
from sqlml.schema import Task

_ROW, _SCORES, _SCORED = '"__sqlml_row"', '"__sqlml_scores"', '"__sqlml_scored"'


def macro(model: Model, suffix: str = "") -> str:
    """The qualified name of a macro of `model`; its default version's has the model's own name."""
    version = "" if model.is_default else f" VERSION {model.version}"
    return f"{home(model)}.{identifier(f'{model.schema}.{model.name}{version}{suffix}')}"


def home(model: Model) -> str:
    """The schema that holds the model's macros, named so that a view in the same database finds it again."""
    return f"{identifier(model.database)}.sqlml" if model.is_foreign else "sqlml"


def scored_sql(operator: Score) -> tuple[str, str]:
    """What to write before and behind a query, so that its rows come with their predictions."""
    model = operator.model
    outputs = f"unnest({macro(model, ' outputs')}({_SCORES}))"
    scores = f"{macro(model)}({_argument(model, operator.adaptation.casts)})"
    return (
        f"(SELECT * EXCLUDE ({_SCORES}), {outputs} FROM (SELECT {_ROW}.*, {scores} AS {_SCORES} FROM (",
        f"\n) AS {_ROW}))",
    )


def evaluation_sql(operator: Evaluate) -> tuple[str, str]:
    """What to write before and behind a query, so that the model's metrics on its rows come out."""
    model = operator.model
    if operator.query is None:
        stored = f"{home(model)}.metrics"
        return (
            f"(SELECT metric, value, lower, upper, baseline, rows FROM {stored} WHERE artifact ="
            f" {literal(model.artifact)} ORDER BY position)",
            "",
        )
    scores = f"{macro(model)}({_argument(model, operator.adaptation.casts)})"
    target = f"{_ROW}.{identifier(model.target.name)}"
    measured = " UNION ALL ".join(_measured(model, measure, at) for at, measure in enumerate(MEASURES[model.task]))
    return (
        f"(WITH {_SCORED} AS MATERIALIZED (SELECT {target} AS truth, {scores} AS scores FROM (",
        f"\n) AS {_ROW} WHERE {labelled(model.task, target)}), {_prepared(model)}"
        f" SELECT metric, value, lower, upper, baseline, rows FROM ({measured}) ORDER BY position)",
    )


def labelled(task: Task, target: str) -> str:
    """Whether a row has a target to compare with."""
    return f"{target} IS NOT NULL" if task.classifies else f"isfinite({target}::DOUBLE)"


def _argument(model: Model, casts: tuple[tuple[str, str], ...]) -> str:
    """The row as the macro takes it: as it is, or as a struct with its casts made."""
    if not casts:
        return _ROW
    made = dict(casts)
    names = [column.name for column in model.inputs]
    fields = [f"{identifier(name)} := {made.get(name, f'{_ROW}.{identifier(name)}')}" for name in names]
    return f"struct_pack({', '.join(fields)})"


def _prepared(model: Model) -> str:
    """A second common table expression: what every metric reads, under plain names."""
    if model.task is Task.REGRESSION:
        values = f"truth::DOUBLE AS actual, scores[1] AS predicted, {model.prior[0]!r}::DOUBLE AS baseline"
        return f'"__sqlml_measured" AS MATERIALIZED (SELECT {values} FROM {_SCORED})'
    classes = f"[{', '.join(map(literal, model.classes))}]"
    prior = f"MAP({classes}, [{', '.join(f'{share!r}::DOUBLE' for share in model.prior)}])"
    commonest = literal(model.classes[model.prior.index(max(model.prior))])
    columns = [
        f"coalesce(TRY_CAST(truth AS {model.target.type})::VARCHAR, truth::VARCHAR) AS actual",
        f"{classes}[list_position(scores, list_max(scores))] AS predicted",
        f"MAP({classes}, scores) AS probabilities",
        f"{prior} AS prior",
        f"{commonest} AS baseline",
    ]
    if model.task is Task.BINARY:
        positive = literal(model.classes[1])
        columns += [
            f"actual = {positive} AS positive",
            "scores[2] AS score",
            f"predicted = {positive} AS predicted_positive",
            f"{model.prior[1]!r}::DOUBLE AS rate",
            f"{commonest} = {positive} AS baseline_positive",
        ]
    return f'"__sqlml_measured" AS MATERIALIZED (SELECT {", ".join(columns)} FROM {_SCORED})'


def _measured(model: Model, measure: Measure, position: int) -> str:
    call = f'{home(model)}.{identifier(measure.name)}("__sqlml_measured", '
    return (
        f"SELECT {position} AS position, {literal(measure.name)} AS metric, m.value, m.lower, m.upper,"
        f" b.value AS baseline, m.rows FROM {call}{measure.arguments}) AS m, {call}{measure.baseline}) AS b"
    )
