"""The SQL that a prediction and a measuring become."""

from dataclasses import dataclass
from typing import Protocol

from sqlml.engine.measures import MEASURES, Measure
from sqlml.plan import Evaluate, Model, Score
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target, usable
from sqlml.quote import identifier, literal
from sqlml.schema import Task

_ROW, _SCORES, _SCORED = '"__sqlml_row"', '"__sqlml_scores"', '"__sqlml_scored"'

Casts = tuple[tuple[str, str], ...]


class Way(Protocol):
    """How the SQL of a statement computes a model's scores and, from them, the prediction's columns."""

    def scores(self, casts: Casts) -> str:
        """SQL of the scores of the row `__sqlml_row`."""

    def outputs(self) -> str:
        """SQL of the prediction's columns, as a struct, from `__sqlml_scores`."""


@dataclass(frozen=True)
class Written:
    """By the recipe's own expressions: quick to plan, however many there are."""

    model: Model
    recipe: Recipe

    def scores(self, casts: Casts) -> str:
        row = "input" if casts else _ROW
        features = self.recipe.array(row)
        if casts:
            features = f"list_transform([{_argument(self.model, casts)}], lambda input: {features})[1]"
        return score_call(self.model.artifact, features)

    def outputs(self) -> str:
        model = self.model
        return Target(model.target, model.task, model.classes, model.prior, 0).outputs(_SCORES)


@dataclass(frozen=True)
class Stored:
    """By two macros that lie beside the model, for text that is kept: a view follows its model when it is replaced."""

    model: Model

    def scores(self, casts: Casts) -> str:
        return f"{macro(self.model)}({_argument(self.model, casts)})"

    def outputs(self) -> str:
        return f"{macro(self.model, ' outputs')}({_SCORES})"


def score_call(artifact: str, features: str) -> str:
    """SQL of the scores that a model gives to a FLOAT[] of features."""
    return f"sqlml_score({literal(artifact)}, {features})"


def macro(model: Model, suffix: str = "") -> str:
    """The qualified name of a macro of `model`; its default version's has the model's own name."""
    version = "" if model.is_default else f" VERSION {model.version}"
    return f"{home(model)}.{identifier(f'{model.schema}.{model.name}{version}{suffix}')}"


def home(model: Model) -> str:
    """The schema that holds the model's macros, named so that a view in the same database finds it again."""
    return f"{identifier(model.database)}.sqlml" if model.is_foreign else "sqlml"


def scored_sql(operator: Score, way: Way) -> tuple[str, str]:
    """What to write before and behind a query, so that its rows come with their predictions."""
    scores, outputs = way.scores(operator.adaptation.casts), way.outputs()
    return (
        f"(SELECT * EXCLUDE ({_SCORES}), unnest({outputs}) FROM (SELECT {_ROW}.*, {scores} AS {_SCORES} FROM (",
        f"\n) AS {_ROW}))",
    )


def evaluation_sql(operator: Evaluate, way: Way) -> tuple[str, str]:
    """What to write before and behind a query, so that the model's metrics on its rows come out."""
    model = operator.model
    if operator.query is None:
        stored = f"{home(model)}.metrics"
        return (
            f"(SELECT metric, value, lower, upper, baseline, rows FROM {stored} WHERE artifact ="
            f" {literal(model.artifact)} ORDER BY position)",
            "",
        )
    scores = way.scores(operator.adaptation.casts)
    target = f"{_ROW}.{identifier(model.target.name)}"
    measured = " UNION ALL ".join(_measured(model, measure, at) for at, measure in enumerate(MEASURES[model.task]))
    return (
        f"(WITH {_SCORED} AS MATERIALIZED (SELECT {target} AS truth, {scores} AS scores FROM (",
        f"\n) AS {_ROW} WHERE {usable(model.target, _ROW)}), {_prepared(model)}"
        f" SELECT metric, value, lower, upper, baseline, rows FROM ({measured}) ORDER BY position)",
    )


def _argument(model: Model, casts: Casts) -> str:
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
