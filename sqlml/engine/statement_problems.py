"""Texts that hold more or less than the one statement that is asked for."""

from sqlml.diagnostics import Problem


class StatementMissing(Problem):
    """The text holds no statement.

    Why: it is empty, or holds nothing but comments and semicolons.

    Example:

        -- SELECT 1

    What to do: write a statement.
    """

    sqlstate = "42601"

    def __init__(self) -> None:
        super().__init__("there is no statement in the text", hint="write one, such as SHOW MODELS")


class StatementsSeveral(Problem):
    """The text holds several statements where one is asked for.

    Why: what is prepared or sent to a server is one statement, so that it has one result and one right to be run.

    Example:

        SELECT 1; SELECT 2

    What to do: send them one by one.
    """

    sqlstate = "42601"

    def __init__(self, count: int) -> None:
        super().__init__(f"the text holds {count} statements, and one is asked for", hint="send them one by one")
