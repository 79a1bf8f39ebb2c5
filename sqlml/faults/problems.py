"""What the machine, its devices and the installation can refuse, in the words of the statement that met it."""

from typing import Self

from sqlml.diagnostics import Problem


class QueryCanceled(Problem):
    """The statement was stopped before its end.

    Why: somebody asked for it: Ctrl-C, or the connection's interrupt. Nothing of the statement was kept: a model of the
    same name is what it was before.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers    -- and Ctrl-C

    What to do: run it again; WITH (max_runtime = '30 seconds') bounds what it may take.
    """

    sqlstate = "57014"
    retryable = True

    def __init__(self) -> None:
        super().__init__("the statement was stopped; nothing of it was kept", hint="run it again when it suits")


class TimedOut(Problem):
    """A part of the statement did not answer in time.

    Why: what the statement waited for, another process or another machine, took longer than it is given.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM 'https://example.org/customers.parquet'

    What to do: run the statement again, when less is running beside it.
    """

    sqlstate = "57014"
    retryable = True

    def __init__(self) -> None:
        super().__init__("a part of the statement did not answer in time", hint="run the statement again")


class InsufficientMemory(Problem):
    """The statement needs more memory than there is for it.

    Why: the rows, or what is computed of them, do not fit into what DuckDB's `memory_limit` allows, or what other
    programs leave free. Training is watched, so that it ends before the machine has none left. The session and its
    database are unharmed, and nothing was stored.

    Example:

        CREATE MODEL clicks PREDICT clicked AS FROM every_event_of_ten_years

    What to do: select fewer columns or rows (`FROM events USING SAMPLE 1000000`), raise `memory_limit` where it is the
    lower one, or run the statement when less is running on the machine.
    """

    sqlstate = "53200"
    retryable = True

    def __init__(self, needed: int | None = None, available: int | None = None) -> None:
        figures = f" ({_gigabytes(available)} GB)" if available else ""
        taken = f"it had taken {_gigabytes(needed)} GB when it was ended; " if needed else ""
        super().__init__(
            f"the statement needs more memory than there is for it{figures}",
            detail=f"{taken}the session and its database are unharmed; nothing was stored",
            hint="select fewer columns or rows, for instance with USING SAMPLE 20%, or SET memory_limit higher",
        )


class DiskFull(Problem):
    """The disk that the statement writes to is full.

    Why: the database, or rows that do not fit into memory and are put aside in DuckDB's `temp_directory`, found no more
    space, or more than a quota or `max_temp_directory_size` allows. The database is what it was before the statement.

    Example:

        CREATE MODEL clicks PREDICT clicked AS FROM every_event_of_ten_years

    What to do: free space, or SET temp_directory to a disk that has some; or select fewer rows.
    """

    sqlstate = "53100"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "the disk that the statement writes to is full",
            hint="free space, SET temp_directory to a disk that has some, or select fewer rows",
        )


class IoError(Problem):
    """A file could not be read or written.

    Why: a path does not exist or may not be used, a file is not what its name says, or another process holds the
    database. Where DuckDB met it, the message is DuckDB's.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM 'missing.parquet'

    What to do: see what is said of the file, or try again when the other process is done.
    """

    sqlstate = "58030"
    retryable = True

    def __init__(self, message: str = "a file could not be read or written") -> None:
        super().__init__(message, hint="see that the file exists, is whole, and is not held by another process")


class WorkerLost(Problem):
    """Training ended suddenly on this machine.

    Why: models are trained apart from the session, so that nothing that happens there can harm it. That part has
    ended without an answer: the machine stopped it, or a fault of the machine or of sqlml did.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: run the statement again.
    """

    sqlstate = "58000"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "training ended suddenly on this machine",
            detail="the session and its database are unharmed; no model was stored",
            hint="run the statement again",
        )


class InternalError(Problem):
    """Something went wrong that is nobody's mistake but sqlml's.

    Why: a condition arose that the project did not foresee.

    Example:

        EVALUATE churn

    What to do: report it with the reference; the statement had no effect.
    """

    sqlstate = "XX000"

    def __init__(self) -> None:
        super().__init__("something went wrong inside sqlml; the statement had no effect")
        self.hint = f"please report it with the reference {self.reference}"

    @classmethod
    def caused(cls, cause: BaseException) -> Self:
        """The problem for a cause that is kept for the report, and never shown."""
        problem = cls()
        problem.__cause__ = cause
        return problem


class GpuUnavailable(Problem):
    """No GPU can be used.

    Why: the machine has none, or it is not shown to this program, or what drives it is not installed. Where a GPU is
    demanded, training does not go on without.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: leave `device` out, so that the CPU is used where there is no GPU.
    """

    sqlstate = "58G01"
    retryable = True

    def __init__(self, reason: str | None = None) -> None:
        super().__init__("no GPU can be used here", detail=reason, hint="leave device out: a GPU is used where it pays")


class GpuBusy(Problem):
    """Another program has the GPU to itself.

    Why: a GPU can be set to serve one program at a time, and another one is using it now.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: run it on the CPU, or again when the other program is done.
    """

    sqlstate = "58G02"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "another program has the GPU to itself", hint="WITH (device = 'cpu'), or run it again when that is done"
        )


class GpuFailed(Problem):
    """The GPU broke down in the middle of its work.

    Why: the device reported a fault of its own, or that a computation on it went wrong. What was computed on it since
    cannot be trusted, and the machine may have to be restarted before it can be used again.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: run the statement on the CPU, and have the device looked at if this happens again.
    """

    sqlstate = "58G03"
    retryable = True

    def __init__(self) -> None:
        super().__init__("the GPU failed while it was computing", hint="WITH (device = 'cpu')")


class InsufficientGpuMemory(Problem):
    """The GPU has less memory free than the statement needs on it.

    Why: the rows that are computed at once do not fit, or another program holds most of the memory.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: run it on the CPU, select fewer columns, or wait until the GPU is free.
    """

    sqlstate = "53200"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "the GPU has too little memory free",
            hint="WITH (device = 'cpu'), fewer columns, or run it again when the GPU is free",
        )


class GpuDriverMismatch(Problem):
    """The GPU's driver and what is installed to use it are of different versions.

    Why: one of the two was upgraded and the other was not, or the machine was not restarted since.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: run it on the CPU; whoever looks after the machine restarts it, or upgrades the driver.
    """

    sqlstate = "58G04"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "the GPU's driver does not fit what is installed to use it",
            hint="WITH (device = 'cpu') until the machine was restarted or its driver upgraded",
        )


class HardwareUnsupported(Problem):
    """This machine's hardware cannot run what is installed.

    Why: the GPU is of a kind, or the processor of an age, that the installed parts were not built for.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: run it on the CPU; where that is what is too old, sqlml needs another machine.
    """

    sqlstate = "58G05"

    def __init__(self) -> None:
        super().__init__("this machine's hardware cannot run what is installed", hint="WITH (device = 'cpu')")


class PartMissing(Problem):
    """A part that sqlml needs on this machine is not installed, or was made without what is asked of it.

    Why: an installation is incomplete, or is one for the CPU alone.

    Example:

        CREATE MODEL churn PREDICT churned WITH (device = 'gpu') AS FROM customers

    What to do: run it on the CPU, or install what is missing: `pip install 'sqlml[gpu]'` brings what a GPU needs.
    """

    sqlstate = "58G06"

    def __init__(self) -> None:
        super().__init__(
            "a part that is needed for this is not installed on this machine", hint="WITH (device = 'cpu')"
        )


class SizeUnsuitable(Problem):
    """The rows have a shape or a size that cannot be computed with.

    Why: there are more columns, levels or characters than can be handled at once, or not as many as a model expects.

    Example:

        PREDICT churn FROM (SELECT age FROM customers)

    What to do: select fewer rows or columns, or shorter texts; for a model that exists, the columns that it was
    trained on, which DESCRIBE MODEL churn lists.
    """

    sqlstate = "54000"

    def __init__(self) -> None:
        super().__init__(
            "the rows have a size that cannot be computed with", hint="select fewer rows or columns, or shorter texts"
        )


class TypeUnsuitable(Problem):
    """A column has a type that cannot be computed with.

    Why: its values cannot be read as the numbers, texts or dates that are needed.

    Example:

        PREDICT churn FROM (SELECT 'abc' AS age FROM customers)

    What to do: cast the column in the query; TRY_CAST(age AS DOUBLE) makes NULL of what is no number.
    """

    sqlstate = "42804"

    def __init__(self) -> None:
        super().__init__("a column has a type that cannot be computed with", hint="CAST or TRY_CAST it in the query")


class ValueUnsuitable(Problem):
    """A value is outside of what can be computed with.

    Why: it is too large, too small, missing where it must not be, or not one of those that were expected.

    Example:

        CREATE MODEL cost PREDICT amount AS SELECT *, amount * 1e308 AS amount FROM invoices

    What to do: leave such rows out with WHERE, or make NULL of such values.
    """

    sqlstate = "22003"

    def __init__(self) -> None:
        super().__init__(
            "a value is outside of what can be computed with", hint="leave such rows out with WHERE, or make it NULL"
        )


class NumbersDiverged(Problem):
    """The numbers grew out of all bounds while a model was trained.

    Why: columns or a target of extreme values can do this to some ways to learn.

    Example:

        CREATE MODEL cost PREDICT amount AS FROM invoices

    What to do: leave rows of extreme values out with WHERE, or learn the logarithm: PREDICT ln_amount AS SELECT *,
    ln(amount) AS ln_amount FROM invoices.
    """

    sqlstate = "22003"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "the numbers grew out of all bounds while a model was trained",
            hint="leave rows of extreme values out with WHERE",
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.2g}" if size < 1e10 else f"{size / 1e9:.0f}"
