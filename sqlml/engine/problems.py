"""What the host database can refuse, in the words of the statement that asked."""

from typing import Self

from sqlml.diagnostics import Notice, Problem


class QueryWrong(Problem):
    """DuckDB does not accept the query in the statement.

    Why: the query is DuckDB's own SQL and was refused before anything was run: a word out of place, a column
    or table that is not there, or types that do not go together. The message is DuckDB's.

    Example:

        CREATE MODEL churn PREDICT churned AS SELECT nope FROM customers

    What to do: correct the query at the marked place; it must run by itself.
    """

    sqlstate = "42000"


class QueryFailed(Problem):
    """The query in the statement failed on the data.

    Why: DuckDB accepted the query and met a value that it could not go on with, such as a text that is no
    number. The message is DuckDB's.

    Example:

        CREATE MODEL churn PREDICT churned AS SELECT *, note::INTEGER AS n FROM customers

    What to do: correct the query so that it runs by itself; TRY_CAST makes NULL of what cannot be cast.
    """

    sqlstate = "22000"


class QueryCanceled(Problem):
    """The statement was stopped before its end.

    Why: somebody asked for it: Ctrl-C, or the connection's interrupt. Nothing of the statement was kept.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: run it again; WITH (max_runtime = '30 seconds') bounds what it may take.
    """

    sqlstate = "57014"
    retryable = True

    def __init__(self) -> None:
        super().__init__("the statement was stopped; nothing of it was kept", hint="run it again when it suits")


class InsufficientMemory(Problem):
    """The statement needs more memory than it may use.

    Why: the rows, or what is computed of them, do not fit.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM a_very_large_table

    What to do: select fewer columns or rows (USING SAMPLE 20%), or raise memory_limit.
    """

    sqlstate = "53200"
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "the statement needs more memory than it may use",
            hint="select fewer columns or rows, for instance with USING SAMPLE 20%, or SET memory_limit higher",
        )


class FileTrouble(Problem):
    """A file could not be read or written.

    Why: the disk is full, a path does not exist, or another process holds the database.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM 'missing.parquet'

    What to do: see what DuckDB says of the file, free space, or try again when the other process is done.
    """

    sqlstate = "58030"
    retryable = True


class TransactionAborted(Problem):
    """The transaction cannot go on.

    Why: an earlier statement of it failed, or another transaction changed the same model first.

    Example:

        BEGIN; SELECT nope FROM customers; CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: ROLLBACK, then run the transaction again.
    """

    sqlstate = "40001"
    retryable = True

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="ROLLBACK, then run the transaction again")


class PermissionDenied(Problem):
    """The connection's settings forbid what the statement needs.

    Why: the database was opened with limits, such as no access to files.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM 'customers.csv'

    What to do: ask for the data as a table, or for a connection that may do it.
    """

    sqlstate = "42501"


class ReadOnlyDatabase(Problem):
    """The model's database can only be read.

    Why: CREATE MODEL and DROP MODEL write to the database that holds the model.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: open the database for writing, or name a model of another one: CREATE MODEL memory.churn ….
    """

    sqlstate = "25006"

    def __init__(self, database: str) -> None:
        super().__init__(
            f"database `{database}` was opened for reading only",
            hint="open it for writing, or put the model in a database that is: CREATE MODEL other.main.churn …",
        )


class DatabaseUnknown(Problem):
    """The name before the model's is no attached database or schema.

    Why: a model lives in a schema of an attached database, as a table does.

    Example:

        CREATE MODEL elsewhere.main.churn PREDICT churned AS FROM customers

    What to do: ATTACH the database, or CREATE SCHEMA.
    """

    sqlstate = "3F000"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no database or schema `{name}`", hint="ATTACH it or CREATE SCHEMA it first")


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


class ReadAsBigquery(Notice):
    """A query was read as BigQuery's.

    Why: the statement is spelled in BigQuery's way, and DuckDB did not accept its query as it stands; translated
    from BigQuery's SQL, it did.

    Example:

        CREATE MODEL m OPTIONS (input_label_cols = ['y']) AS SELECT * EXCEPT (id) FROM customers

    What to do: nothing, or write the query in DuckDB's SQL.
    """

    sqlstate = "01000"

    def __init__(self) -> None:
        super().__init__("the query was read in BigQuery's SQL")


class RowsWithoutTarget(Notice):
    """Rows without the target were left out of the measuring.

    Why: a prediction can only be compared with a truth that is known.

    Example:

        EVALUATE churn FROM customers

    What to do: nothing, or add WHERE churned IS NOT NULL to the query.
    """

    sqlstate = "01000"

    def __init__(self, target: str, rows: int) -> None:
        super().__init__(f"{rows} row{'s' * (rows != 1)} without `{target}` left out")


class NoRowsToMeasure(Notice):
    """There was no row to measure the model on.

    Why: the query returned none, or none with the target.

    Example:

        EVALUATE churn FROM (FROM customers WHERE false)

    What to do: evaluate on rows that have the target.
    """

    sqlstate = "02000"

    def __init__(self) -> None:
        super().__init__("the query has no row with the target, so every metric is NULL")


class ZeroTargets(Notice):
    """Rows with a target of zero were left out of mape.

    Why: a percentage of zero is not defined; the other metrics count these rows.

    Example:

        EVALUATE demand FROM sales

    What to do: nothing, or read mae instead.
    """

    sqlstate = "01000"

    def __init__(self, rows: int) -> None:
        super().__init__(f"mape leaves out {rows} row{'s' * (rows != 1)} with a target of zero")
