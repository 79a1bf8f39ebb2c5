"""What keeps a model from being exported."""

from sqlml.diagnostics import Problem


class SqlTooLong(Problem):
    """A model is too large for SQL that an engine can plan.

    Why: every split of every tree, and every weight of a network, is text; beyond some megabytes an engine takes longer
    to read the text than to run it, or refuses it.

    Example:

        EXPORT MODEL churn TO 'churn' (FORMAT sql)    -- a model trained WITH (effort = 'best')

    What to do: train a smaller model, WITH (effort = 'fast'), or export in another format.
    """

    sqlstate = "54000"

    def __init__(self, name: str, size: int, most: int) -> None:
        super().__init__(
            f"`{name}` would be {size / 1e6:,.1f} million characters of SQL; {most / 1e6:g} million are the most",
            hint="train a smaller model with WITH (effort = 'fast'), or export in another format",
        )


class NoSqlForm(Problem):
    """A part of the model cannot be written as SQL.

    Why: the model was made elsewhere and computes something that has no counterpart in SQL.

    Example:

        EXPORT MODEL theirs TO 'theirs' (FORMAT sql)

    What to do: export it in another format.
    """

    sqlstate = "0A000"

    def __init__(self) -> None:
        super().__init__("a part of the model has no form in SQL", hint="export it in another format, such as native")
