"""What the host database can refuse, in the words of the statement that asked."""

from collections.abc import Mapping, Sequence

from sqlml.diagnostics import Notice, Problem, Span, Warning
from sqlml.diagnostics.suggest import listed, near_names
from sqlml.quote import identifier


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


class ConnectionClosed(Problem):
    """The connection was closed.

    Why: a connection that was closed runs no more statements, and neither do its cursors.

    Example:

        SHOW MODELS    -- after db.close()

    What to do: connect again.
    """

    sqlstate = "08003"

    def __init__(self, _message: str) -> None:
        super().__init__("the connection is closed", hint="connect to the database again")


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

    Why: CREATE MODEL, ALTER MODEL and DROP MODEL write to the database that holds the model.

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

    def __init__(self, target: str) -> None:
        super().__init__(f"`{target}` is known in no row of the query, so every metric of it is NULL")


class ZeroTargets(Notice):
    """Rows with a target of zero were left out of mape.

    Why: a percentage of zero is not defined; the other metrics count these rows.

    Example:

        EVALUATE demand FROM sales

    What to do: nothing, or read mae instead.
    """

    sqlstate = "01000"

    def __init__(self, metric: str, rows: int) -> None:
        super().__init__(f"{metric} leaves out {rows} row{'s' * (rows != 1)} with a target of zero")


class MetricOfAnotherTask(Problem):
    """The metric to choose models by is none of the target's task.

    Why: a target of two values, of several classes and of numbers are measured in different ways, and the task follows
    from the target's type and values.

    Example:

        CREATE MODEL churn PREDICT churned WITH (metric = 'rmse') AS FROM customers

    What to do: take one of the metrics that the message lists, or leave the option out.
    """

    sqlstate = "22023"

    def __init__(self, metric: str, target: str, task: str, known: Sequence[str], span: Span | None) -> None:
        super().__init__(
            f"`{metric}` does not measure `{target}`, which is a {task} target",
            detail=f"its metrics are {listed(known, 'and')}",
            hint=near_names(metric, known) or "leave it out: what is not said is decided for you",
            span=span,
        )


class WeightsUnusable(Problem):
    """Rows have a weight that nothing can be counted with.

    Why: a row of weight 2 counts as much as two rows of weight 1, and one of weight 0 does not count; NULL, NaN,
    infinity and negative numbers have no such meaning, and no weight is ever filled in unseen.

    Example:

        CREATE MODEL churn PREDICT churned WITH (weight = amount) AS FROM customers

    What to do: let the query say what such a row counts, or leave those rows out.
    """

    sqlstate = "22003"

    def __init__(self, column: str, rows: Mapping[str, int]) -> None:
        name = identifier(column)
        parts = [f"{count} row{'s' * (count != 1)} in which it is {reason}" for reason, count in rows.items() if count]
        super().__init__(
            f"`{column}` cannot weigh the rows: {' and '.join(parts)}",
            hint=f"say what such a row counts: SELECT * REPLACE (greatest(coalesce({name}, 0), 0) AS {name}) FROM …"
            if not rows.get("NaN or infinite")
            else f"leave such rows out: WHERE isfinite(TRY_CAST({name} AS DOUBLE))",
        )


class WeightsZero(Problem):
    """No row counts, as every weight is zero.

    Why: a row of weight 0 teaches nothing.

    Example:

        CREATE MODEL churn PREDICT churned WITH (weight = nothing) AS SELECT *, 0 AS nothing FROM customers

    What to do: name another column, or leave the option out: without it all rows count the same.
    """

    sqlstate = "22003"

    def __init__(self, column: str) -> None:
        super().__init__(
            f"`{column}` cannot weigh the rows: it is zero in all of them",
            hint="name another column, or leave out `weight`: all rows count the same without it",
        )


class RowsBeyondTime(Notice):
    """The model learns from a part of the rows, as many as the time limit allows.

    Why: reading rows takes time as well, and more of them are not worth reading than a model can be fitted to within
    the limit. Which ones are chosen follows from their places in the query and the seed alone.

    Example:

        CREATE MODEL clicks PREDICT clicked WITH (max_runtime = '10 seconds') AS FROM a_hundred_million_events

    What to do: nothing, as a part chosen evenly teaches nearly as much; or a longer `max_runtime`.
    """

    sqlstate = "ML052"

    def __init__(self, rows: int, of: int) -> None:
        super().__init__(
            f"there is time for {rows:,} of the {of:,} rows: the model is made of an even choice of them",
            hint="a longer max_runtime lets it learn from more of them",
        )


class RowsBeyondMemory(Notice):
    """The model learns from a part of the rows, as many as memory can hold.

    Why: what is learnt from lies in memory, at a few bytes a number. How much that takes is reckoned before anything
    is trained, and compared with what the machine has free and with DuckDB's `memory_limit`.

    Example:

        CREATE MODEL clicks PREDICT clicked AS FROM a_billion_events

    What to do: nothing, as a part chosen evenly teaches nearly as much; or raise `SET memory_limit`, run the statement
    when more memory is free, or query fewer columns.
    """

    sqlstate = "ML036"

    def __init__(self, rows: int, of: int) -> None:
        super().__init__(
            f"memory holds {rows:,} of the {of:,} rows to learn from: the model is made of an even choice of them",
            hint="query fewer columns, or run it with more memory: SET memory_limit = '…'",
        )


class NoBetterThanBaseline(Warning):
    """On rows that it never saw, the model did no better than always predicting the same.

    Why: what it learnt held for the rows that it learnt from and not for others. They may be too few, or of another
    time or kind than those that measure it.

    Example:

        CREATE MODEL luck PREDICT winning_number AS FROM lottery

    What to do: add columns that may have to do with the target, or more rows; do not rely on the model until EVALUATE
    shows better.
    """

    sqlstate = "ML054"

    def __init__(self, target: str, metric: str, value: float, baseline: float) -> None:
        super().__init__(
            f"on rows that it never saw, the model is no better at `{target}` than always predicting the same",
            detail=f"{metric} is {value:.4g}, and {baseline:.4g} without a model",
            hint="add columns that may have to do with the target, or more rows",
        )


class FolderTaken(Problem):
    """The folder of an export holds other files.

    Why: an export takes the place of an earlier one as a whole; files that are none of its own would be lost.

    Example:

        EXPORT MODEL churn TO '.' (FORMAT sql)

    What to do: name a folder that is new, is empty, or holds an earlier export.
    """

    sqlstate = "58P02"

    def __init__(self, folder: str, span: Span) -> None:
        super().__init__(
            f"`{folder}` holds something that is no export",
            hint="name a folder that is new, is empty, or holds an earlier export",
            span=span,
        )


class FilesSeveral(Problem):
    """The name of a file means several.

    Why: `*`, `?` and brackets in a name stand for anything, as in DuckDB's own readers, and a model is one file.

    Example:

        IMPORT MODEL churn FROM 'models/*'

    What to do: name one of the files.
    """

    sqlstate = "22023"

    def __init__(self, name: str, files: Sequence[str]) -> None:
        super().__init__(
            f"`{name}` means {len(files)} files, and a model is in one",
            detail=f"among them {listed(files[:3], 'and')}",
            hint="name one of them",
        )
