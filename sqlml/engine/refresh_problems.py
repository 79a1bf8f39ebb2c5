"""What REFRESH MODEL can find and decide."""

from collections.abc import Sequence

from sqlml.diagnostics import Notice, Problem, Span, Warning
from sqlml.diagnostics.suggest import listed
from sqlml.prep.shift import Shift
from sqlml.quote import word

# Of a statement that is kept, so much is shown.
_SHOWN = 300


class KeptStatementWrong(Problem):
    """The statement that is kept with a model no longer holds.

    Why: a table or a column that its query reads is gone, has another name, or was there for one session only, as a
    temporary table is. Names in it mean what they mean where REFRESH is run.

    Example:

        ALTER TABLE customers RENAME TO clients; REFRESH MODEL churn

    What to do: make what is missing, a view under the old name for instance; or train the model by another query:
    CREATE OR REPLACE MODEL makes the next version of it.
    """

    sqlstate = "42000"

    def __init__(self, model: str, problem: Problem, text: str) -> None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        super().__init__(
            f"what model `{model}` was trained by no longer holds: {problem.message}",
            detail=f"{problem.detail}; {shown}" if problem.detail else shown,
            hint=f"CREATE OR REPLACE MODEL {word(model)} … by a query that runs today makes its next version",
        )


class VersionMadeMeanwhile(Problem):
    """Another statement made the version of a model that this one was going to make.

    Why: versions are numbered in their order, and two statements that train a model of one name at the same time would
    make the same one. The first that is done makes it.

    Example:

        CREATE OR REPLACE MODEL churn PREDICT churned AS FROM customers    -- in two sessions at once

    What to do: run the statement again, if the version that is there now is not what was wanted.
    """

    sqlstate = "40001"
    retryable = True

    def __init__(self, model: str, version: int) -> None:
        super().__init__(
            f"version {version} of model `{model}` was made by another statement meanwhile",
            hint=f"DESCRIBE MODEL {word(model)} tells of it; run the statement again to make the next version",
        )


class ParametersNotKept(Problem):
    """The query that a model was trained by has parameters.

    Why: a model keeps the text of its query, not the values that its parameters had.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers WHERE since > $day; REFRESH MODEL churn

    What to do: give the values with the statement, as CREATE MODEL was given them; or write them into the query, once
    and for all: CREATE OR REPLACE MODEL.
    """

    sqlstate = "42P02"

    def __init__(self, model: str, names: Sequence[str]) -> None:
        super().__init__(
            f"the query of model `{model}` has parameters whose values are not kept:"
            f" {listed([f'${name}' for name in names], 'and')}",
            hint=f"CREATE OR REPLACE MODEL {word(model)} … with the values in the query",
        )


class AgeNotInterval(Problem):
    """What stands behind OLDER THAN is no interval.

    Why: a model is as old as the time that has passed since it was trained.

    Example:

        REFRESH MODEL churn IF OLDER THAN 7

    What to do: write how long, as in INTERVAL 7 DAY or INTERVAL '12 hours'.
    """

    sqlstate = "22023"

    def __init__(self, text: str, span: Span) -> None:
        super().__init__(f"`{text}` is no interval", hint="write how long, as in INTERVAL 7 DAY", span=span)


class StillYoung(Notice):
    """The model is not as old as it would have to be, and stays as it is.

    Why: REFRESH MODEL … IF OLDER THAN trains only where more time has passed since the default version was made.

    Example:

        REFRESH MODEL churn IF OLDER THAN INTERVAL 7 DAY

    What to do: nothing; without the condition, REFRESH MODEL trains at once.
    """

    sqlstate = "00000"

    def __init__(self, model: str, version: int, age: str) -> None:
        super().__init__(f"model `{model}` is not refreshed: its version {version} is {age} old")


class NotDrifted(Notice):
    """The rows of today are like those that the model has learnt from, and it stays as it is.

    Why: no column is spread otherwise than in the training, by more than chance and by much: each has a population
    stability index, which has to be above 0.2 for that, and above what chance brings about in so many rows.

    Example:

        REFRESH MODEL churn IF DRIFTED

    What to do: nothing; `FROM sqlml.drift` has the figures of every column, of this check and of those before.
    """

    sqlstate = "00000"

    def __init__(self, model: str, version: int, largest: Shift) -> None:
        super().__init__(
            f"model `{model}` is not refreshed: today's rows are like those that its version {version} learnt from",
            detail=f"the largest shift is that of `{largest.column}`, {_told(largest)}, on {largest.rows:,} rows",
        )


class RowsDrifted(Notice):
    """The rows of today are unlike those that the model has learnt from, so it is trained again.

    Why: columns, or the target, are spread otherwise than in the training: their population stability index is above
    0.2, and above what chance brings about in so many rows.

    Example:

        REFRESH MODEL churn IF DRIFTED

    What to do: nothing; `FROM sqlml.drift` has the figures of every column. A column that is another each day, such as
    a date, is best left out of the query, or made an age.
    """

    sqlstate = "01000"

    def __init__(self, model: str, version: int, drifted: Sequence[Shift]) -> None:
        names = listed([shift.column for shift in drifted[:5]], "and")
        more = f" and {len(drifted) - 5} more" if len(drifted) > 5 else ""
        figures = "; ".join(f"`{shift.column}` by {_told(shift)}" for shift in drifted[:5])
        super().__init__(
            f"today's rows are unlike those that version {version} of model `{model}` learnt from, in {names}{more}",
            detail=f"shifted are {figures}, on {drifted[0].rows:,} rows",
        )


class DriftUnknown(Notice):
    """Whether rows have drifted cannot be told, so the model is trained again.

    Why: an older release trained the version and kept nothing to compare with; or the query lacks a column that the
    version reads, or returns another type from which the old one cannot be had.

    Example:

        REFRESH MODEL churn IF DRIFTED

    What to do: nothing: what the new version learns from is kept.
    """

    sqlstate = "01000"

    def __init__(self, model: str, version: int, reason: str) -> None:
        super().__init__(f"version {version} of model `{model}` is taken as drifted: {reason}")


class NewVersionLeads(Notice):
    """The new version of a model is what its name means from now on.

    Why: on rows that it did not learn from, it is not worse than the version before it, or not by more than chance.

    Example:

        REFRESH MODEL churn

    What to do: nothing; ALTER MODEL … SET DEFAULT VERSION goes back.
    """

    sqlstate = "00000"

    def __init__(self, model: str, version: int, figures: Sequence[str]) -> None:
        super().__init__(f"version {version} of model `{model}` is its default now", detail="; ".join(figures))


class NewVersionWorse(Warning):
    """The new version of a model is worse than the one before it, which stays the default.

    Why: on the same rows, which the new version did not learn from, its metric is worse by more than chance. The rows
    of today may be fewer, or some of them wrong.

    Example:

        REFRESH MODEL churn

    What to do: look at what the query returns today; EVALUATE compares versions on rows of your own, and ALTER MODEL …
    SET DEFAULT VERSION takes the new one all the same.
    """

    sqlstate = "ML061"

    def __init__(self, model: str, old: int, new: int, figures: Sequence[str]) -> None:
        super().__init__(
            f"version {new} of model `{model}` is worse than version {old}, which stays the default",
            detail="; ".join(figures),
            hint=f"ALTER MODEL {word(model)} SET DEFAULT VERSION {new} takes the new one all the same",
        )


class VersionsNotCompared(Warning):
    """The new version of a model is its default now, and could not be compared with the one before it.

    Why: a version can only be measured on rows that it has not learnt from, and of the rows held out there were too few
    that are new since the version before or were held out from that too; or the version before cannot predict the rows
    of today, as they lack a column that it reads, or the target has another type or is of another kind.

    Example:

        REFRESH MODEL churn    -- after ALTER TABLE customers DROP COLUMN plan

    What to do: look at EVALUATE; ALTER MODEL … SET DEFAULT VERSION goes back.
    """

    sqlstate = "ML062"

    def __init__(self, model: str, old: int, new: int, reason: str) -> None:
        super().__init__(
            f"version {new} of model `{model}` is its default now, without a comparison: {reason}",
            hint=f"ALTER MODEL {word(model)} SET DEFAULT VERSION {old} goes back",
        )


def _told(shift: Shift) -> str:
    return f"{shift.index:.3g} (drifted from {shift.bound:.3g})"
