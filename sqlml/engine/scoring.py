"""The SQL that a prediction becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlml.plan import Model, Part, Score, ScoreRow
from sqlml.plan.catalog import FLAGGED
from sqlml.prep.limits import Limits, flags
from sqlml.prep.target import Target
from sqlml.quote import identifier, literal, word
from sqlml.schema import Column
from sqlml.score.formula import Formula

ROW, _SCORES, _FLAGS = '"__sqlml_row"', '"__sqlml_scores"', '"__sqlml_flags"'

Casts = tuple[tuple[str, str], ...]


class Way(Protocol):
    """How the SQL of a statement computes a model's scores and, from them, the prediction's columns."""

    def scores(self, casts: Casts) -> str:
        """SQL of the scores of the row `__sqlml_row`."""

    def outputs(self, threshold: float | None) -> str:
        """SQL of the prediction's columns, as a struct, from `__sqlml_scores`."""

    def flags(self, casts: Casts) -> str:
        """SQL of a VARCHAR[] that says in what the row `__sqlml_row` is unlike those of the training."""


@dataclass(frozen=True)
class Written:
    """By the parts' own expressions: quick to plan, however many there are.

    `limits` are those of the parts, where flags are asked for.
    """

    model: Model
    formulas: Sequence[Formula]
    limits: Sequence[Sequence[Limits]] = ()

    def scores(self, casts: Casts) -> str:
        return joined([_part_scores(*each, casts) for each in zip(self.model.parts, self.formulas, strict=True)])

    def outputs(self, threshold: float | None) -> str:
        return outputs(targets(self.model), _SCORES, None if threshold is None else _double(threshold))

    def flags(self, casts: Casts) -> str:
        learnt = [(formula.recipe, limits) for formula, limits in zip(self.formulas, self.limits, strict=True)]
        found = flags(learnt, "input" if casts else ROW)
        return f"list_transform([{_argument(self.model.inputs, casts)}], lambda input: {found})[1]" if casts else found


@dataclass(frozen=True)
class Stored:
    """By the macros that lie beside the model, for text that is kept: a view follows its model when it is replaced."""

    model: Model

    def scores(self, casts: Casts) -> str:
        return f"{macro(self.model)}({_argument(self.model.inputs, casts)})"

    def outputs(self, threshold: float | None) -> str:
        chosen = "" if threshold is None else f", threshold := {_double(threshold)}"
        return f"{macro(self.model, ' outputs')}({_SCORES}{chosen})"

    def flags(self, casts: Casts) -> str:
        return f"{macro(self.model, ' flags')}({_argument(self.model.inputs, casts)})"


def joined(scores: Sequence[str]) -> str:
    """SQL of the scores of all parts of a model in one value: those of its only part, or a list of each one's."""
    return scores[0] if len(scores) == 1 else f"[{', '.join(scores)}]"


def apart(scores: str, parts: int) -> list[str]:
    """SQL of each part's scores, from SQL of what `joined` makes of so many."""
    return [scores] if parts == 1 else [f"{scores}[{at}]" for at in range(1, parts + 1)]


def targets(model: Model) -> list[Target]:
    """The targets of a stored model's parts, as far as predicting them goes."""
    return [Target(part.target, part.task, part.classes, part.prior, 0) for part in model.parts]


def outputs(targets: Sequence[Target], scores: str, threshold: str | None = None) -> str:
    """SQL of the columns that predictions of the targets add, as one struct, from their joined scores.

    `threshold` is SQL of the probability that the positive class of the one target, a binary one, needs, or of NULL.
    """
    pairs = zip(targets, apart(scores, len(targets)), strict=True)
    structs = [target.outputs(own, threshold) for target, own in pairs]
    return structs[0] if len(structs) == 1 else f"struct_concat({', '.join(structs)})"


def output_types(target: str) -> tuple[str, str, str]:
    """The SQL types of a prediction, of its probability and of all probabilities, for a target of this type."""
    return target, "DOUBLE", f"MAP({target}, DOUBLE)"


def macro(model: Model, kind: str = "") -> str:
    """The qualified name of a macro of `model`, as the model is called: by its own name, a version or an alias."""
    return f"{home(model)}.{macro_name(model, kind)}"


def macro_name(model: Model, kind: str = "") -> str:
    """The name of a macro of `model` in the schema that holds it."""
    return identifier(f"{word(model.schema)}.{word(model.name)}{model.called}{kind}")


def home(model: Model) -> str:
    """The schema that holds the model's macros, named so that a view in the same database finds it again."""
    return f"{identifier(model.database)}.sqlml" if model.is_foreign else "sqlml"


def scored_sql(operator: Score, way: Way) -> tuple[str, str]:
    """What to write before and behind a query, so that its rows come with their predictions."""
    casts, asked = operator.adaptation.casts, operator.asked
    columns = way.outputs(asked.threshold)
    if not asked.flags:
        return (
            f"(SELECT * EXCLUDE ({_SCORES}), unnest({columns})"
            f" FROM (SELECT {ROW}.*, {way.scores(casts)} AS {_SCORES} FROM (",
            f"\n) AS {ROW}))",
        )
    return (
        f"(SELECT * EXCLUDE ({_SCORES}, {_FLAGS}), unnest({columns}), {_FLAGS} AS {identifier(FLAGGED)} FROM"
        f" (SELECT {ROW}.*, {way.scores(casts)} AS {_SCORES}, {way.flags(casts)} AS {_FLAGS} FROM (",
        f"\n) AS {ROW}))",
    )


def scored_row(operator: ScoreRow, way: Way) -> tuple[str, str]:
    """What to write before and behind an expression that is a row, so that it is a column of its prediction."""
    columns = way.outputs(operator.asked.threshold)
    # The row and its scores are computed once each, however often they are read.
    return (
        "list_transform([list_transform([",
        f"], lambda {ROW}: {way.scores(operator.adaptation.casts)})[1]],"
        f" lambda {_SCORES}: struct_extract({columns}, {literal(operator.output)}))[1]",
    )


def _double(number: float) -> str:
    return f"{number!r}::DOUBLE"


def _part_scores(part: Part, formula: Formula, casts: Casts) -> str:
    names = {column.name for column in part.inputs}
    own = tuple((name, cast) for name, cast in casts if name in names)
    if not own:
        return formula.scores(ROW)
    return f"list_transform([{_argument(part.inputs, own)}], lambda input: {formula.scores('input')})[1]"


def _argument(inputs: Sequence[Column], casts: Casts) -> str:
    """The row as the macro takes it: as it is, or as a struct with its casts made."""
    if not casts:
        return ROW
    made = dict(casts)
    names = [column.name for column in inputs]
    fields = [f"{identifier(name)} := {made.get(name, f'{ROW}.{identifier(name)}')}" for name in names]
    return f"struct_pack({', '.join(fields)})"
