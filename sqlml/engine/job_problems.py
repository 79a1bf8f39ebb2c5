"""What can be wrong with trainings in the background, and with what is asked of them."""

from sqlml.diagnostics import Notice, Problem, Span


class BackgroundInTransaction(Problem):
    """A training in the background cannot begin within a transaction.

    Why: it runs on a connection of its own, which sees nothing of a transaction that is open, and its model would be
    there though the transaction were rolled back.

    Example:

        BEGIN; CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers

    What to do: COMMIT first, or leave out `background`: the model is then part of the transaction.
    """

    sqlstate = "25001"

    def __init__(self) -> None:
        super().__init__(
            "a training in the background cannot begin within a transaction",
            hint="COMMIT first, or leave out `background`",
        )


class SeenHereAlone(Problem):
    """The query reads something that only this connection sees.

    Why: a training in the background runs on a connection of its own. Temporary tables, views and macros, and rows that
    a program has put beside the database, belong to the connection that has them.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM a_temporary_table

    What to do: CREATE TABLE … AS keeps the rows for every connection; or leave out `background`.
    """

    sqlstate = "0A000"

    def __init__(self, name: str | None, detail: str | None = None) -> None:
        what = f"`{name}` is temporary" if name else "the query reads what only this connection sees"
        super().__init__(
            f"{what}, and a training in the background runs on a connection of its own",
            detail=detail,
            hint="CREATE TABLE … AS keeps the rows for every connection; or leave out `background`",
        )


class ModelInTheMaking(Problem):
    """A job makes a model of this name already.

    Why: the model is not there yet, but a statement before this one has begun to train it in the background. Trained a
    second time, it could not be stored.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers    -- twice

    What to do: CREATE OR REPLACE MODEL makes another version when the job has ended; CANCEL JOB ends it now.
    """

    sqlstate = "42710"

    def __init__(self, model: str, job: int, span: Span) -> None:
        super().__init__(
            f"job {job} makes model `{model}` already",
            hint=f"CREATE OR REPLACE MODEL makes another version of it; CANCEL JOB {job} ends it",
            span=span,
        )


class JobsWaiting(Problem):
    """As many jobs wait for their turn as may.

    Why: trainings in the background run one after the other, each with all threads of the machine.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers    -- behind a hundred others

    What to do: wait until some have ended, or CANCEL JOB those that are not needed.
    """

    sqlstate = "53400"
    retryable = True

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} jobs wait for their turn already", hint="SHOW JOBS lists them; CANCEL JOB ends one")


class JobEndsWithConnection(Notice):
    """A training in the background goes on for as long as the database is open here.

    Why: it runs in this program, which no server is. Where the program, or its connection to the database, ends first,
    so does the job, and nothing of it is kept.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers

    What to do: keep the connection open until SHOW JOBS says that the job is done; over `sqlml serve` a job goes on
    without the client that began it.
    """

    sqlstate = "01000"

    def __init__(self, job: int) -> None:
        super().__init__(
            f"job {job} goes on for as long as this program has the database open",
            hint=f"SHOW JOBS tells how it goes, CANCEL JOB {job} ends it",
        )


class JobUnknown(Problem):
    """There is no job of that number.

    Why: jobs are numbered from 1 as they begin; of very many, the latest ten thousand are kept.

    Example:

        CANCEL JOB 99

    What to do: SHOW JOBS lists those that there are.
    """

    sqlstate = "42704"

    def __init__(self, job: int, span: Span) -> None:
        super().__init__(f"there is no job {job}", hint="SHOW JOBS lists those that there are", span=span)


class JobOver(Notice):
    """The job to cancel had ended before.

    Why: it was done, had failed or was cancelled already; what it made stays.

    Example:

        CANCEL JOB 1    -- some time after it was done

    What to do: nothing; DROP MODEL removes a model that is not wanted.
    """

    sqlstate = "01000"

    def __init__(self, job: int, state: str) -> None:
        super().__init__(f"job {job} is {state} already: nothing to cancel")


class JobOfAnother(Problem):
    """The job was begun by another user.

    Why: on a server, who may train may cancel what they have begun themselves, and an admin whatever runs.

    Example:

        CANCEL JOB 3    -- which somebody else has begun

    What to do: ask its user, whom SHOW JOBS names, or an admin.
    """

    sqlstate = "42501"

    def __init__(self, job: int, user: str | None, span: Span) -> None:
        whose = f"`{user}`" if user else "whoever keeps the server"
        super().__init__(f"job {job} was begun by {whose}", hint="an admin can cancel any job", span=span)


class JobLeft(Problem):
    """The job ended with the connection that had begun it.

    Why: without a server, a training in the background goes on for as long as the program has the database open.
    Nothing of it was kept.

    Example:

        CREATE MODEL churn PREDICT churned WITH (background = true) AS FROM customers    -- and the program ends

    What to do: train it again, without `background` or with the connection kept open until SHOW JOBS says it is done.
    """

    sqlstate = "57P01"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "the connection that began the job was closed before its end; nothing of it was kept",
            hint="run it again, and keep the connection open until it is done",
        )


class JobLost(Problem):
    """The process that had the job has ended before it could say how the job went.

    Why: it was killed, or the machine went down. A model that it had not stored yet is not there.

    Example:

        SHOW JOBS    -- after a server was killed

    What to do: run the job's statement again.
    """

    sqlstate = "57P02"
    retryable = True

    def __init__(self) -> None:
        super().__init__("the process that had the job has ended before it", hint="run the statement again")


class RunningNotKept(Problem):
    """What runs now cannot be part of what is kept.

    Why: `sqlml.running` is no table: what it shows is put into the statement that asks for it, and a view or a macro
    would show that for ever.

    Example:

        CREATE VIEW busy AS FROM sqlml.running

    What to do: ask `FROM sqlml.running` whenever it is to be known.
    """

    sqlstate = "0A000"

    def __init__(self, span: Span) -> None:
        super().__init__(
            "`sqlml.running` is what runs now, and cannot be part of a view or a macro",
            hint="ask FROM sqlml.running whenever it is to be known",
            span=span,
        )
