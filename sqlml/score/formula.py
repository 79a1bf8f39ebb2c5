"""How SQL computes the scores of a row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.prep.recipe import Recipe
from sqlml.quote import literal

if TYPE_CHECKING:
    from sqlml.model.form import Linear

# A macro looks up each field of its argument among all of them, unless a lambda has them looked up once. Measured at
# 500 features: 0.9 s to plan without, 0.1 s with; below this many the lambda costs more per row than it saves.
_MANY = 200


@dataclass(frozen=True)
class Formula:
    """What predicts one target: the features of a row, and the artifact that scores them or a linear model of them."""

    artifact: str
    recipe: Recipe
    linear: "Linear | None"

    def scores(self, row: str) -> str:
        """SQL: DOUBLE[], the scores of a row, a table alias or a macro's parameter."""
        if self.linear:
            from sqlml.score import linear_sql

            return linear_sql.scores(self.linear, self.recipe, row)
        if unheld := self.recipe.unheld_array(row):
            return f"sqlml_score_unheld({literal(self.artifact)}, {unheld})"
        return f"sqlml_score({literal(self.artifact)}, {self.recipe.array(row)})"

    def scores_in_macro(self, row: str) -> str:
        """The same for the body of a macro of which `row` is the parameter."""
        if len(self.recipe.features) <= _MANY:
            return self.scores(row)
        # Under a name of its own: a macro's parameter is not found in a lambda within one that has taken its name.
        return f"list_transform([{row}], lambda one: {self.scores('one')})[1]"
