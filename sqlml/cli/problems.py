"""What can keep a job from running or from ending, in the words of whoever reads its log."""

from collections.abc import Sequence

from sqlml.diagnostics import Notice, Problem, Warning
from sqlml.engine.job_rows import Facts
from sqlml.quote import word


class DatabaseHeld(Problem):
    """Another process has the database open for writing.

    Why: a database file is written by one process at a time. A shell, a notebook or another job has it open.

    Example:

        sqlml run --db shop.duckdb -c 'CREATE MODEL churn PREDICT churned AS FROM customers'

    What to do: run the job again later, let it wait with --lock-wait 5m, or end the other process.
    """

    sqlstate = "55006"
    retryable = True

    def __init__(self, database: str, process: str | None) -> None:
        super().__init__(
            f"database `{database}` is held by another process",
            detail=f"it is process {process}" if process else None,
            hint="run the job again later, or let it wait: --lock-wait 5m",
        )


class JobRunning(Problem):
    """A job of the same name is still running.

    Why: a job that has a name never overlaps itself: an earlier start of it has not ended yet.

    Example:

        sqlml run --job retrain --db shop.duckdb retrain.sql    -- FROM sqlml.runs tells of each start

    What to do: run the job again later, let it wait with --lock-wait 5m, or start it less often.
    """

    sqlstate = "55006"
    retryable = True

    def __init__(self, job: str, process: str | None) -> None:
        super().__init__(
            f"job {word(job)} is still running",
            detail=f"it is process {process}" if process else None,
            hint="run the job again later, or let it wait: --lock-wait 5m",
        )


class LockAwaited(Notice):
    """The job waits for another process to end.

    Why: the database is held, or a job of the same name is running, and --lock-wait says how long to wait for that.

    Example:

        sqlml run --lock-wait 5m --db shop.duckdb -c 'SHOW MODELS'

    What to do: nothing; if it takes too long, the job ends with the exit status 75.
    """

    sqlstate = "00000"

    def __init__(self, reason: Problem, seconds: float) -> None:
        super().__init__(f"{reason.message}: waiting for at most {seconds:g} seconds", detail=reason.detail)


class JobTimedOut(Problem):
    """The job took longer than it was given.

    Why: --timeout bounds the whole job, its waiting included. The statement that ran then was stopped, and nothing of
    it was kept; those before it have done what they do.

    Example:

        sqlml run --timeout 10m -c 'CREATE MODEL churn PREDICT churned AS FROM customers'

    What to do: run it again when less is running on the machine, give it more time, or bound its trainings: WITH
    (max_runtime = '2 minutes').
    """

    sqlstate = "57014"
    retryable = True

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the job took longer than the {seconds:g} seconds that it was given, and its statement was stopped",
            hint="run it again, give it more time, or bound a training: WITH (max_runtime = '2 minutes')",
        )


class TransactionLeftOpen(Warning):
    """The script ended inside a transaction, and what was done in it is undone.

    Why: what BEGIN begins, only COMMIT keeps.

    Example:

        BEGIN; INSERT INTO customers VALUES (1)

    What to do: end the script with COMMIT, or leave BEGIN out: then each statement stands by itself.
    """

    sqlstate = "01000"

    def __init__(self) -> None:
        super().__init__(
            "the script ended inside a transaction, and what was done in it is undone",
            hint="end it with COMMIT, or leave BEGIN out",
        )


class RunNotRecorded(Notice):
    """The run has no row in `sqlml.runs`.

    Why: a run is told of in its database, in the table `sqlml.runs`. In memory nothing lasts, and a database that
    cannot be written to, or has a table of that name for something else, keeps nothing.

    Example:

        sqlml run --job nightly -c 'SELECT 1'

    What to do: nothing, or give the job a database with --db.
    """

    sqlstate = "01000"

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(
            "the run is told of in no table",
            detail=reason or "its database is in memory, and is gone when the job ends",
            hint="give the job a database file: --db shop.duckdb",
        )


class NotChecked(Notice):
    """A dry run did not look at all of a statement.

    Why: --dry-run changes nothing and pays for nothing. What a statement makes of rows or models that only come to be
    when the script is run, and what it does beyond the database, cannot be known before.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers; PREDICT churn FROM customers

    What to do: nothing; run the script on a copy of the database to see the rest.
    """

    sqlstate = "01000"

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line} was {reason}")


class BackgroundAwaited(Notice):
    """The run waits for its trainings in the background.

    Why: without the run they would end, and keep nothing; so its last statement is not its end.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers

    What to do: nothing; --timeout bounds the whole run. Over `sqlml serve` such a training needs nobody who waits.
    """

    sqlstate = "00000"

    def __init__(self, jobs: Sequence[int]) -> None:
        named = ", ".join(map(str, jobs))
        super().__init__(f"waiting for job{'s' * (len(jobs) > 1)} {named}, in the background")


class BackgroundDone(Notice):
    """A training in the background is done.

    Why: it was begun by an earlier statement, and nobody has waited for it.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers

    What to do: nothing; SHOW JOBS has what is known of it, SHOW MODELS the model.
    """

    sqlstate = "00000"

    def __init__(self, facts: Facts) -> None:
        version = f" VERSION {facts.version}" if facts.version else ""
        super().__init__(f"job {facts.job} is done: model `{facts.model}`{version}", detail=facts.message)


class BackgroundEnded(Warning):
    """A training in the background ended with the command that had begun it.

    Why: without a server, a training in the background goes on for as long as the command runs. Nothing of it was kept.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers    -- and Ctrl-D

    What to do: leave when SHOW JOBS says that it is done, or train without `background`.
    """

    sqlstate = "01000"

    def __init__(self, job: int, model: str) -> None:
        super().__init__(
            f"job {job} ended before its model `{model}` was made",
            hint="leave when SHOW JOBS says that it is done",
        )
