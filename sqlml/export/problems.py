"""What can be wrong with taking a model away, and what was decided in it."""

from collections.abc import Mapping, Sequence

from sqlml.diagnostics import Notice, Problem, Warning
from sqlml.prep.problems import listed
from sqlml.quote import identifier


class ColumnsNotPortable(Problem):
    """The format has no way to compute what the model makes of some columns.

    Why: what cannot be said in the format to the last digit is not written, as predictions would differ from those in
    SQL without a word. A graph has room for whole numbers of 64 bits and for DECIMALs of 15 digits, and needs the texts
    of rare levels, which are not kept where they are very long.

    Example:

        EXPORT MODEL churn TO 'there' (FORMAT …)    -- where churn was learnt from numbers of thirty digits

    What to do: export the model as SQL, `EXPORT MODEL churn TO 'there' (FORMAT sql)`, or train one without the columns:
    `SELECT * EXCLUDE (account)`.
    """

    sqlstate = "0A000"

    def __init__(self, reasons: Mapping[str, str]) -> None:
        names = list(reasons)
        super().__init__(
            f"{listed(names)} cannot be part of a model in this format",
            detail="; ".join(f"`{name}`: {reason}" for name, reason in reasons.items()),
            hint=f"use (FORMAT sql), or train a model without: SELECT * EXCLUDE ({', '.join(map(identifier, names))})",
        )


class PartsEnter(Notice):
    """What the exported model is given is not a column as it is, but what is read out of it.

    Why: the format knows no dates that are spelt as text, and no nested values. So each part that the model uses, such
    as a key of a JSON document, is an input of its own; the file README.md beside the model has the SQL that gives it.

    Example:

        EXPORT MODEL m TO 'there' (FORMAT …)    -- where m was learnt from documents in JSON

    What to do: give the parts to the exported model, or use FORMAT sql, which takes the columns as they are.
    """

    sqlstate = "ML070"

    def __init__(self, parts: Mapping[str, Sequence[str]]) -> None:
        names = [name for of_column in parts.values() for name in of_column]
        verb = "enters" if len(names) == 1 else "enter"
        super().__init__(
            f"{listed(names)} {verb} the exported model already read out of {listed(list(parts))}",
            detail="README.md beside it has the SQL for each",
        )


class NotRepeatable(Problem):
    """How the model was trained cannot be written down as a script.

    Why: the settings of its last fits are not known, as an older release trained it, or it was trained by a learner
    that another package brings.

    Example:

        EXPORT MODEL churn TO 'there' (FORMAT …)    -- where an older release trained churn

    What to do: train it again with CREATE OR REPLACE MODEL, or use FORMAT native.
    """

    sqlstate = "0A000"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"how `{name}` was trained cannot be written as a script",
            hint="train it again with CREATE OR REPLACE MODEL, or use (FORMAT native)",
        )


class NothingCompared(Notice):
    """It could not be tried whether the exported model predicts what PREDICT does.

    Why: its predictions are compared on rows of the training, which are read by the query that the model was trained
    on. That query no longer runs: a table that it names may be gone, or of other columns.

    Example:

        DROP TABLE customers; EXPORT MODEL churn TO 'there' (FORMAT …)

    What to do: nothing, or put the tables back and export the model again.
    """

    sqlstate = "ML071"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no predictions were compared, as the query that `{name}` was trained on no longer runs",
            hint="put back the tables that it reads, and export the model again",
        )


class PredictionsDiffer(Warning):
    """For some rows the exported model does not predict exactly what PREDICT does.

    Why: values of some columns do not fit in the exported model's types: whole numbers of more than 64 bits, or
    DECIMALs of more than 15 digits. The file README.md beside it has how each column enters.

    Example:

        EXPORT MODEL m TO 'there' (FORMAT …)    -- where m was learnt from a UHUGEINT

    What to do: cast such columns in the query of the training, `id::DOUBLE AS id`, or use FORMAT sql.
    """

    sqlstate = "ML072"

    def __init__(self, target: str, rows: int, same: int | None, difference: float) -> None:
        others = "" if same is None else f"another value for {rows - same:,} of {rows:,} rows, and "
        super().__init__(
            f"the exported model does not predict `{target}` exactly as PREDICT does",
            detail=f"{others}numbers that differ by up to {difference:.2g} of themselves",
            hint="cast columns of very many digits to DOUBLE in the query of the training, or use (FORMAT sql)",
        )


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

    What to do: take the file that it was imported from, which DESCRIBE MODEL theirs names.
    """

    sqlstate = "0A000"

    def __init__(self) -> None:
        super().__init__(
            "a part of the model has no form in SQL", hint="DESCRIBE MODEL names the file that it came from"
        )


class ColumnsNotInDialect(Problem):
    """The features of some columns cannot be written in another engine's SQL.

    Why: nearly everything that a model reads has words in every dialect: numbers, truth values, categories, free text,
    tags, dates and times, also such as text spells, and what is in records, lists, maps and documents of JSON. A few
    things have none: the members of a UNION; points in time with a zone, intervals, and the least and the greatest of
    texts or dates, where they stand in JSON; intervals in `snowflake`; and in some dialects keys with quotation marks.

    Example:

        EXPORT MODEL m TO 'm' (FORMAT sql, DIALECT postgres)    -- a model that reads a column of type UNION

    What to do: compute what the column is to tell in the query that the model learns from, as a number or a category,
    or export in another format.
    """

    sqlstate = "0A000"

    def __init__(self, columns: Sequence[str], dialect: str) -> None:
        super().__init__(
            f"in the dialect `{dialect}` there are no words for what the model reads out of {listed(columns)}",
            hint="compute it in the query that the model learns from, as a number or a category, or leave DIALECT out",
        )
