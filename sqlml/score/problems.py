"""What can go wrong when rows are handed to a model."""

from sqlml.diagnostics import Problem


class ModelGone(Problem):
    """A view or query calls a model that is in none of the open databases.

    Why: the model was dropped, or the database that holds it is not attached in this session.

    Example:

        FROM likely_to_leave    -- a view over PREDICT(MODEL churn, …), after DROP MODEL churn

    What to do: ATTACH the database that holds the model, or train it again and create the view anew.
    """

    sqlstate = "42704"

    def __init__(self) -> None:
        super().__init__(
            "the model of this prediction is in none of the open databases",
            hint="ATTACH the database that holds it, or train it again and create the view anew",
        )
