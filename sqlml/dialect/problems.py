"""What can be wrong with the text of a statement."""

from sqlml.diagnostics import Problem, Span
from sqlml.diagnostics.suggest import listed


class SyntaxError(Problem):
    """A statement of sqlml does not go on the way its grammar asks.

    Why: the statement began as one of ours (CREATE MODEL, PREDICT, EVALUATE, …), and at the marked place
    another word was needed. Nothing was run.

    Example:

        CREATE MODEL churn PREDCT churned AS FROM customers

    What to do: put one of the expected words at the marked place. `grammar/` lists every statement.
    """

    sqlstate = "42601"

    def __init__(self, found: str | None, expected: list[str], span: Span, *, near: list[str]) -> None:
        place = f"at `{_shortened(found)}`" if found is not None else "at the end of the statement"
        super().__init__(
            f"syntax error {place}: expected {_listed([_shown(one) for one in expected])}",
            hint=f"did you mean {listed(near)}?" if near else None,
            span=span,
        )


class ReplaceAndKeep(Problem):
    """OR REPLACE and IF NOT EXISTS stand in one statement.

    Why: OR REPLACE trains whether or not the model exists, IF NOT EXISTS leaves an existing model alone; both
    at once ask for opposite things.

    Example:

        CREATE OR REPLACE MODEL IF NOT EXISTS churn PREDICT churned AS FROM customers

    What to do: keep one of the two.
    """

    sqlstate = "42601"

    def __init__(self, span: Span) -> None:
        super().__init__(
            "OR REPLACE and IF NOT EXISTS cannot stand in one statement",
            hint="keep OR REPLACE to train anew, or IF NOT EXISTS to keep a model that is there",
            span=span,
        )


def _shown(expected: str) -> str:
    return f"`{expected}`" if not expected[0].isalnum() else expected


def _listed(expected: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(expected[:-1]), expected[-1]]))


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
