"""What ASSERT MODEL can find."""

from collections.abc import Sequence

from sqlml.diagnostics import Problem, Span
from sqlml.diagnostics.suggest import listed, near_names
from sqlml.plan.operators import Requirement
from sqlml.quote import word


class MetricMissing(Problem):
    """The model is not measured by a metric of that name.

    Why: a target of two values, of several classes and of numbers are measured in different ways. Where a model has
    several targets, a metric's name begins with its target's.

    Example:

        ASSERT MODEL churn HAS rmse <= 0.8

    What to do: take one of the metrics that EVALUATE gives for the model.
    """

    sqlstate = "42703"

    def __init__(self, model: str, metric: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"model `{model}` is not measured by `{metric}`",
            detail=f"its metrics are {listed(known, 'and')}",
            hint=near_names(metric, known) or f"EVALUATE {word(model)} shows them",
            span=span,
        )


class AssertionFailed(Problem):
    """The model is not as good as it must be.

    Why: a metric, on the rows held out in training or on those of the query, is not within the bound. Where the bound
    lies in the metric's 95 % interval, other rows like these could have given the other answer.

    Example:

        ASSERT MODEL churn HAS roc_auc >= 0.99

    What to do: train the model anew, with more rows or columns, or let another of its versions be the default; EVALUATE
    shows every metric. A model to whom the bound is not owed needs another bound.
    """

    sqlstate = "ML060"

    def __init__(self, model: str, requirement: Requirement, figures: str, broken: int, hint: str) -> None:
        more = f"; {broken - 1} more of the requirements fail" if broken > 1 else ""
        super().__init__(
            f"model `{model}` does not have {requirement.metric} {requirement}{more}",
            detail=figures,
            hint=hint,
            span=requirement.place,
        )
