"""What can be wrong with the prediction of one row, as a value."""

from collections.abc import Sequence

from sqlml.diagnostics import Problem, Span
from sqlml.diagnostics.suggest import listed
from sqlml.quote import word
from sqlml.schema import Column


class SeveralPredictions(Problem):
    """A model of several targets was asked for one value.

    Why: predict(MODEL m, row) is one value, of the target's type; a model of several targets predicts several.

    Example:

        SELECT predict(MODEL both, c) FROM customers c

    What to do: let the predictions be columns: FROM PREDICT(MODEL both, TABLE customers).
    """

    sqlstate = "42804"

    def __init__(self, model: str, targets: Sequence[str], span: Span) -> None:
        super().__init__(
            f"model `{model}` predicts {listed(targets, 'and')}, which is not one value",
            hint=f"let them be columns: FROM PREDICT(MODEL {model}, TABLE …)",
            span=span,
        )


class NoProbability(Problem):
    """A model that predicts numbers was asked for a probability.

    Why: a class has a probability; a number is predicted as it is.

    Example:

        SELECT predict_probability(MODEL spent, c) FROM customers c

    What to do: ask for the number, predict(MODEL spent, c); EVALUATE tells how far off it is.
    """

    sqlstate = "42804"

    def __init__(self, model: str, target: Column, span: Span) -> None:
        super().__init__(
            f"model `{model}` predicts numbers, `{target.name}`, which have no probability",
            hint=f"predict(MODEL {word(model)}, …) gives the number",
            span=span,
        )


class NotARow(Problem):
    """What stands where a row is needed is a single value.

    Why: a model reads columns by their names, so it needs a row that has them: a table's name or alias, or a struct.

    Example:

        SELECT predict(MODEL churn, 42)

    What to do: name the table, or write the row: {'age': 42, 'plan': 'pro'}.
    """

    sqlstate = "42804"

    def __init__(self, span: Span) -> None:
        super().__init__(
            "a row is needed here, and this is a single value",
            hint="name the table of the query, or write a row: {'column': value, …}",
            span=span,
        )
