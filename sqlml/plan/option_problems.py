"""What can be wrong with the options of a training."""

from collections.abc import Sequence

from sqlml.diagnostics import Problem, Span
from sqlml.diagnostics.suggest import listed, near_names
from sqlml.plan.problems import returned
from sqlml.quote import identifier, word
from sqlml.schema import Column


class OptionUnknown(Problem):
    """There is no option of that name.

    Why: an option that means nothing is never ignored.

    Example:

        CREATE MODEL churn PREDICT churned WITH (max_runtme = '1 minute') AS FROM customers

    What to do: use one of the options that the message lists, or none: every option has a default.
    """

    sqlstate = "22023"

    def __init__(self, name: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"there is no option `{name}`",
            detail=f"the options are {listed(known, 'and')}",
            hint=near_names(name, known) or "leave it out: what is not said is decided for you",
            span=span,
        )


class OptionType(Problem):
    """An option was given a value of the wrong kind.

    Why: the option takes another kind of value, which the message names with an example.

    Example:

        CREATE MODEL churn PREDICT churned WITH (max_runtime = 'soon') AS FROM customers

    What to do: write the value as the hint shows.
    """

    sqlstate = "22023"

    def __init__(self, name: str, takes: str, example: str, span: Span) -> None:
        super().__init__(f"option `{name}` takes {takes}", hint=f"for instance {name} = {example}", span=span)


class OptionGivenTwice(Problem):
    """An option stands twice in one statement.

    Why: which of the two is meant cannot be known.

    Example:

        CREATE MODEL churn PREDICT churned WITH (seed = 1, seed = 2) AS FROM customers

    What to do: keep one of the two.
    """

    sqlstate = "42601"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(f"option `{name}` is given twice", hint="keep one of the two", span=span)


class OptionValueUnknown(Problem):
    """An option was given a word that it does not know.

    Why: the option takes one of a few words, which the message lists.

    Example:

        CREATE MODEL churn PREDICT churned WITH (metric = 'auc') AS FROM customers

    What to do: use one of the words, or leave the option out: what is not said is decided for you.
    """

    sqlstate = "22023"

    def __init__(self, name: str, value: str, choices: Sequence[str], span: Span) -> None:
        super().__init__(
            f"option `{name}` cannot be `{value}`",
            detail=f"it can be {listed(choices)}",
            hint=near_names(value, choices) or "leave it out: what is not said is decided for you",
            span=span,
        )


class OptionColumnMissing(Problem):
    """An option names a column that the query does not have.

    Why: `weight` and `group` are columns of the rows to learn from, so the query must return them.

    Example:

        CREATE MODEL churn PREDICT churned WITH (weight = amuont) AS FROM customers

    What to do: name a column that the query returns, or add the column to the query.
    """

    sqlstate = "42703"

    def __init__(self, name: str, columns: Sequence[Column], span: Span) -> None:
        names = [column.name for column in columns]
        super().__init__(
            f"`{name}` is not a column of this query",
            detail=f"the query returns {returned(names)}",
            hint=near_names(name, names) or "name a column that the query returns, or add it to the query",
            span=span,
        )


class OptionColumnType(Problem):
    """The column that says how much each row counts is no number.

    Why: a row of weight 2 counts as much as two rows of weight 1, so a weight is a number.

    Example:

        CREATE MODEL churn PREDICT churned WITH (weight = plan) AS FROM customers

    What to do: name a column of numbers, or make the column one in the query; TRY_CAST reads numbers out of text.
    """

    sqlstate = "42804"

    def __init__(self, name: str, column: Column, span: Span) -> None:
        quoted = identifier(column.name)
        super().__init__(
            f"option `{name}` takes a column of numbers, and `{column.name}` is {column.type}",
            hint=f"SELECT * REPLACE (TRY_CAST({quoted} AS DOUBLE) AS {quoted}) FROM …",
            span=span,
        )


class OptionIsTarget(Problem):
    """An option names the column to predict.

    Why: the weight and the group of a row say something of the row, not of the answer; the target is the answer.

    Example:

        CREATE MODEL churn PREDICT churned WITH (group = churned) AS FROM customers

    What to do: name another column, or leave the option out.
    """

    sqlstate = "42701"

    def __init__(self, name: str, column: str, span: Span) -> None:
        super().__init__(
            f"`{column}` is to be predicted, so it cannot be the {name} too",
            hint="name another column",
            span=span,
        )


class ThresholdWithoutPositive(Problem):
    """A threshold was given to a model that has no positive class.

    Why: a threshold is the probability from which on the positive one of two classes is predicted. A number, one of
    several classes and several columns at once have no such class.

    Example:

        PREDICT spent WITH (threshold = 0.3) FROM customers

    What to do: leave the option out; for one of several classes compare with its entry in the column of probabilities.
    """

    sqlstate = "22023"

    def __init__(self, model: str, predicts: str, span: Span) -> None:
        super().__init__(
            f"model `{model}` predicts {predicts}, so a threshold means nothing",
            hint="leave it out: a threshold chooses between two classes",
            span=span,
        )


class ThresholdWithoutRows(Problem):
    """A threshold was given to EVALUATE without rows to measure on.

    Why: what was measured in training on the rows held out is kept, and those rows' predictions are not; with another
    threshold they would have to be predicted again.

    Example:

        EVALUATE churn WITH (threshold = 0.3)

    What to do: name labelled rows to measure on.
    """

    sqlstate = "22023"

    def __init__(self, model: str, span: Span) -> None:
        super().__init__(
            "a threshold needs rows to measure on",
            hint=f"EVALUATE {word(model)} WITH (threshold = …) FROM …",
            span=span,
        )
