"""What can be wrong with a query that is given to a model."""

from collections.abc import Mapping, Sequence

from sqlml.diagnostics import Notice, Problem, Span, nearest
from sqlml.diagnostics.suggest import listed, near_names
from sqlml.quote import identifier, word
from sqlml.schema import Column


class TargetNotInQuery(Problem):
    """EVALUATE was given rows without the column that the model predicts.

    Why: a model is measured by comparing what it predicts with what happened, so every row needs the truth.

    Example:

        EVALUATE churn FROM (SELECT * EXCLUDE (churned) FROM customers)

    What to do: evaluate on labelled rows: let the query return the target.
    """

    sqlstate = "42703"

    def __init__(self, model: str, target: str, columns: Sequence[Column], span: Span) -> None:
        names = [column.name for column in columns]
        super().__init__(
            f"the query lacks `{target}`, the target of model `{model}`",
            hint=near_names(target, names) or f"add {identifier(target)} to the query, or PREDICT its rows instead",
            span=span,
        )


class NothingHeldOut(Problem):
    """An imported model was to be measured on rows held out in its training.

    Why: EVALUATE without a query measures a model on rows that its training here never saw. A model that was made
    elsewhere has none of them here.

    Example:

        IMPORT MODEL churn FROM 'churn.txt'; EVALUATE churn

    What to do: give rows in which the target is known: EVALUATE churn FROM customers.
    """

    sqlstate = "55000"

    def __init__(self, name: str, targets: Sequence[str], span: Span) -> None:
        super().__init__(
            f"model `{name}` was imported, so there are no rows held out to measure it on",
            hint=f"name rows in which {listed(targets, 'and')} is known: EVALUATE … FROM customers",
            span=span,
        )


class InputMissing(Problem):
    """The query lacks columns that the model needs.

    Why: the model learnt from these columns, and no value is ever filled in unseen.

    Example:

        PREDICT churn FROM (SELECT id FROM customers)

    What to do: let the query return the columns, under the names they had in training; NULL is allowed.
    """

    sqlstate = "42703"

    def __init__(self, model: str, missing: Sequence[str], columns: Sequence[str], span: Span) -> None:
        close = [(name, nearest(name, columns, limit=1)) for name in missing]
        renames = [f"{identifier(near[0])} AS {identifier(name)}" for name, near in close if near]
        super().__init__(
            f"the query lacks {listed(missing[:5], 'and')}"
            + (f" and {len(missing) - 5} more columns" if len(missing) > 5 else "")
            + f", which model `{model}` needs",
            detail=f"all that are missing: {', '.join(missing)}" if len(missing) > 5 else None,
            hint=f"rename near columns: {', '.join(renames)}" if renames else "add the columns to the query",
            span=span,
        )


class InputTwice(Problem):
    """The query returns two columns of one name.

    Why: which of the two the model should learn from, or see, cannot be known.

    Example:

        PREDICT churn FROM (SELECT a.*, b.age FROM a JOIN b USING (id))

    What to do: leave one of the two out, or rename it.
    """

    sqlstate = "42701"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"the query returns column `{name}` more than once",
            hint=f"leave one out with EXCLUDE, or rename it: {identifier(name)} AS {identifier(name + '_2')}",
            span=span,
        )


class InputType(Problem):
    """A column has a type from which the one in training cannot be had safely.

    Why: a cast that may fail or lose information is the user's to make, never done unseen. A model that was imported
    says in its file what it takes.

    Example:

        PREDICT churn FROM (SELECT * REPLACE (age::VARCHAR AS age) FROM customers)

    What to do: cast the column in the query; TRY_CAST makes NULL of what cannot be read.
    """

    sqlstate = "42804"

    def __init__(self, column: Column, wanted: str, span: Span, *, imported: bool) -> None:
        quoted = identifier(column.name)
        super().__init__(
            f"column `{column.name}` is {column.type} in this query and {_wants(wanted, imported)}",
            hint=f"SELECT * REPLACE (TRY_CAST({quoted} AS {wanted}) AS {quoted}) FROM …",
            span=span,
        )


class OutputTaken(Problem):
    """The query has a column with the name of one that the prediction adds.

    Why: a prediction's columns have fixed names, `predicted_` and the target's; two of one name would be
    told apart by nobody.

    Example:

        PREDICT churn FROM (SELECT *, 0 AS predicted_churned FROM customers)

    What to do: leave the column out of the query with EXCLUDE, or rename it.
    """

    sqlstate = "42701"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"the query has a column `{name}` already, which is what the prediction is called",
            hint=f"SELECT * EXCLUDE ({identifier(name)}) FROM …",
            span=span,
        )


class OutputTwice(Problem):
    """The predictions of two targets would have the same name.

    Why: a prediction adds `predicted_` and the target's name, and for classes also that with `_probability` and
    `_probabilities`; of two columns of one name neither could be read.

    Example:

        CREATE MODEL m PREDICT rain, rain_probability AS SELECT cloud, rain, rain_probability FROM days

    What to do: rename one of the targets in the query.
    """

    sqlstate = "42701"

    def __init__(self, name: str, first: str, second: str, span: Span) -> None:
        super().__init__(
            f"the predictions of `{first}` and `{second}` would both be called `{name}`",
            hint=f"rename one of the two in the query: {identifier(second)} AS {identifier(f'{second}_2')}",
            span=span,
        )


class InputCast(Notice):
    """A column was read as the type it had in training, or that an imported model takes.

    Why: the query returns it in another type from which the one in training can be had without loss.

    Example:

        PREDICT churn FROM (SELECT * REPLACE (age::BIGINT AS age) FROM customers)

    What to do: nothing; cast the column in the query to be rid of the notice.
    """

    sqlstate = "01000"

    def __init__(self, column: Column, wanted: str, *, imported: bool) -> None:
        super().__init__(
            f"column `{column.name}` is {column.type} here and {_wants(wanted, imported)}; it is read as {wanted}"
        )


class RowsUnlikeTraining(Notice):
    """Many of the rows to predict are unlike those that the model has learnt from.

    Why: they have values beyond the least and the greatest of the training, categories that it never saw, or nothing
    where there always was something. Every row gets a prediction all the same; how far it can be relied on there,
    nothing has shown.

    Example:

        PREDICT churn FROM customers_of_another_country

    What to do: ask for flags to see which rows they are, or train the model anew with rows like these.
    """

    sqlstate = "01000"

    def __init__(self, model: str, rows: int, shares: Mapping[str, float]) -> None:
        told = ", ".join(f"{flag} ({share:.0%})" for flag, share in list(shares.items())[:5])
        more = f" and {len(shares) - 5} more" if len(shares) > 5 else ""
        super().__init__(
            f"many rows are unlike those that model `{model}` has learnt from",
            detail=f"of the first {rows:,}: {told}{more}",
            hint=f"PREDICT {word(model)} WITH (flags = true) … marks them",
        )


class FlagsUnknown(Notice):
    """Flags were asked for, and nothing is known that rows could be compared with.

    Why: the model was imported, or trained by an early release. What the rows of its training held is not kept, so that
    no row is flagged, however unlike them it may be.

    Example:

        IMPORT MODEL churn FROM 'churn.txt'; PREDICT churn WITH (flags = true) FROM customers

    What to do: read nothing into the empty lists. A model that is trained here, CREATE MODEL, knows its rows.
    """

    sqlstate = "01000"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"no row is flagged: what model `{model}` has learnt from is not known here",
            hint="a model that is trained here, by CREATE MODEL, flags rows that are unlike its own",
        )


def _wants(type_: str, imported: bool) -> str:
    return f"the imported model takes {type_}" if imported else f"was {type_} in training"
