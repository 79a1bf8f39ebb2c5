"""The SQL that a prediction becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlml.plan import Model, Part, Score
from sqlml.prep.target import Target
from sqlml.quote import identifier, word
from sqlml.schema import Column
from sqlml.score.formula import Formula

ROW, _SCORES = '"__sqlml_row"', '"__sqlml_scores"'

Casts = tuple[tuple[str, str], ...]


class Way(Protocol):
    """How the SQL of a statement computes a model's scores and, from them, the prediction's columns."""

    def scores(self, casts: Casts) -> str:
        """SQL of the scores of the row `__sqlml_row`."""

    def outputs(self) -> str:
        """SQL of the prediction's columns, as a struct, from `__sqlml_scores`."""


@dataclass(frozen=True)
class Written:
    """By the parts' own expressions: quick to plan, however many there are."""

    model: Model
    formulas: Sequence[Formula]

    def scores(self, casts: Casts) -> str:
        return joined([_part_scores(*each, casts) for each in zip(self.model.parts, self.formulas, strict=True)])

    def outputs(self) -> str:
        return outputs(targets(self.model), _SCORES)


@dataclass(frozen=True)
class Stored:
    """By two macros that lie beside the model, for text that is kept: a view follows its model when it is replaced."""

    model: Model

    def scores(self, casts: Casts) -> str:
        return f"{macro(self.model)}({_argument(self.model.inputs, casts)})"

    def outputs(self) -> str:
        return f"{macro(self.model, ' outputs')}({_SCORES})"


def joined(scores: Sequence[str]) -> str:
    """SQL of the scores of all parts of a model in one value: those of its only part, or a list of each one's."""
    return scores[0] if len(scores) == 1 else f"[{', '.join(scores)}]"


def apart(scores: str, parts: int) -> list[str]:
    """SQL of each part's scores, from SQL of what `joined` makes of so many."""
    return [scores] if parts == 1 else [f"{scores}[{at}]" for at in range(1, parts + 1)]


def targets(model: Model) -> list[Target]:
    """The targets of a stored model's parts, as far as predicting them goes."""
    return [Target(part.target, part.task, part.classes, part.prior, 0) for part in model.parts]


def outputs(targets: Sequence[Target], scores: str) -> str:
    """SQL of the columns that predictions of the targets add, as one struct, from their joined scores."""
    structs = [target.outputs(own) for target, own in zip(targets, apart(scores, len(targets)), strict=True)]
    return structs[0] if len(structs) == 1 else f"struct_concat({', '.join(structs)})"


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
    scores, columns = way.scores(operator.adaptation.casts), way.outputs()
    return (
        f"(SELECT * EXCLUDE ({_SCORES}), unnest({columns}) FROM (SELECT {ROW}.*, {scores} AS {_SCORES} FROM (",
        f"\n) AS {ROW}))",
    )


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
