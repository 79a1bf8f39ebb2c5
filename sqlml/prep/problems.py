"""What can be wrong with a target or with the columns to learn from, and what was decided about them."""

from collections.abc import Mapping, Sequence

from sqlml.diagnostics import Notice, Problem
from sqlml.quote import identifier, literal
from sqlml.schema import Column

_SHOWN = 10


def listed(names: Sequence[str]) -> str:
    """At most ten names as a person lists them, then how many more there are."""
    shown = [f"`{name}`" for name in names[:_SHOWN]]
    if len(names) > _SHOWN:
        return f"{', '.join(shown)} and {len(names) - _SHOWN:,} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 row, 1,234 rows, 2 classes."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _all(names: Sequence[str]) -> str | None:
    return ", ".join(f"`{name}`" for name in names) if len(names) > _SHOWN else None


class TargetAllNull(Problem):
    """The target has no value in any row.

    Why: a model learns from rows whose target is known; here there is none. NaN and infinity are not values to learn.

    Example:

        CREATE MODEL m PREDICT y AS SELECT a, NULL::INTEGER AS y FROM t

    What to do: let the query return rows that have the target, for instance from a join that finds it.
    """

    sqlstate = "ML001"

    def __init__(self, target: str, rows: int) -> None:
        super().__init__(
            f"the target `{target}` has no value in any row",
            detail=f"the query returns {counted(rows, 'row')}",
            hint="let the query return rows in which the target is known",
        )


class TargetConstant(Problem):
    """The target has the same value in every row.

    Why: where nothing differs there is nothing to tell apart; the answer is always that value.

    Example:

        CREATE MODEL m PREDICT y AS SELECT a, 1 AS y FROM t

    What to do: look at the query's WHERE and joins: they may keep one kind of row only.
    """

    sqlstate = "ML002"

    def __init__(self, target: str, value: str, rows: int) -> None:
        super().__init__(
            f"the target `{target}` is {_short(value)} in all {counted(rows, 'labelled row')}",
            hint="let the query return rows with other values of the target too",
        )


class TargetUnique(Problem):
    """The target is text of which nearly every row has its own value.

    Why: classes are learnt from rows that share one. Names, keys and free text have too many values for that: the
    limits are 1,000 classes, and two rows a class on average.

    Example:

        CREATE MODEL m PREDICT email AS FROM customers

    What to do: predict what groups the values, or, if the text spells numbers, cast it to a number in the query.
    """

    sqlstate = "ML003"

    def __init__(self, target: str, classes: int, rows: int) -> None:
        column = identifier(target)
        super().__init__(
            f"the target `{target}` has too many different values to be classes",
            detail=f"{counted(classes, 'value')} in {counted(rows, 'labelled row')}",
            hint=f"group the values in the query, or predict a number: TRY_CAST({column} AS DOUBLE) AS {column}",
        )


class TargetNested(Problem):
    """The target is a list, a struct, a map or another nested value.

    Why: a model predicts one value a row.

    Example:

        CREATE MODEL m PREDICT y AS SELECT a, [b, c] AS y FROM t

    What to do: take one part out in the query: `y[1]`, `y.field`, `len(y)`.
    """

    sqlstate = "ML004"

    def __init__(self, column: Column) -> None:
        name = identifier(column.name)
        super().__init__(
            f"the target `{column.name}` is nested: its type is {_short_type(column.type)}",
            hint=f"predict one part of it, such as {name}[1], {name}.field or len({name})",
        )


class UnsupportedTarget(Problem):
    """The target's type has no classes and no scale to predict on.

    Why: dates, times, intervals and binary values of which there are many are neither a few classes nor numbers.

    Example:

        CREATE MODEL m PREDICT delivered_at AS FROM orders

    What to do: predict a number, such as the days or seconds since a moment that each row knows.
    """

    sqlstate = "ML005"

    def __init__(self, column: Column, expression: str) -> None:
        super().__init__(
            f"the target `{column.name}` is of type {column.type}, which cannot be predicted as it is",
            hint=f"predict a number in its place: {expression} AS {identifier(column.name)}",
        )


class TooFewRows(Problem):
    """There are too few labelled rows to learn from and to check on.

    Why: some rows are learnt from, some choose among the learners, and some are held out to measure the model.

    Example:

        CREATE MODEL m PREDICT y AS FROM t LIMIT 5

    What to do: give at least 10 rows in which the target is known; a useful model takes hundreds.
    """

    sqlstate = "ML006"

    def __init__(self, target: str, labelled: int, needed: int) -> None:
        super().__init__(
            f"there are too few rows to learn `{target}` from",
            detail=f"{counted(labelled, 'row')} with a known target, and at least {needed} are needed",
            hint="let the query return more labelled rows",
        )


class ClassTooSmall(Problem):
    """Fewer than two classes have two rows.

    Why: a class is learnt on one row at least and checked on another, and telling apart takes two classes.

    Example:

        CREATE MODEL m PREDICT y AS SELECT a, a = 7 AS y FROM range(100) r(a)

    What to do: add rows of the rare classes, or put classes together in the query.
    """

    sqlstate = "ML007"

    def __init__(self, target: str, small: Sequence[str]) -> None:
        verb = "has" if len(small) == 1 else "have"
        super().__init__(
            f"the target `{target}` cannot be learnt: {listed(small)} {verb} one row only",
            detail=_all(small),
            hint="add rows of the rare classes, or put classes together in the query",
        )


class TooFewGroups(Problem):
    """The rows are of too few groups to be parted by them.

    Why: rows of one group are never parted, and some groups are learnt from, some checked on and some held out.

    Example:

        CREATE MODEL m PREDICT y WITH (group = site) AS SELECT a, 'north' AS site, y FROM t

    What to do: let the query return rows of more groups, name a finer column, or leave the option out.
    """

    sqlstate = "ML010"

    def __init__(self, column: str, groups: int, needed: int) -> None:
        super().__init__(
            f"the rows are of too few groups: `{column}` has {counted(groups, 'value')} where the target is known",
            detail=f"at least {needed} are needed",
            hint="let the query return rows of more groups, name a finer column, or leave out the option `group`",
        )


class PositiveUnknown(Problem):
    """The `positive` option does not name one of the target's two values.

    Why: it says which of the two values the metrics of a binary model count as positive.

    Example:

        CREATE MODEL m PREDICT churned WITH (positive = 'maybe') AS FROM customers

    What to do: name one of the two values as the query shows it, or leave the option out.
    """

    sqlstate = "ML008"

    def __init__(self, target: str, positive: str, classes: Sequence[str] | None) -> None:
        if classes is None:
            super().__init__(
                f"`positive` has no meaning here: the target `{target}` does not have two values",
                hint="leave out the option `positive`",
            )
            return
        super().__init__(
            f"{_short(positive)} is not a value of the target `{target}`",
            hint=f"its values are {' and '.join(map(_short, classes))}",
        )


class NoUsableColumns(Problem):
    """No column is left to learn from.

    Why: every column besides the target was left out; the detail says why.

    Example:

        CREATE MODEL m PREDICT y AS SELECT y, 1 AS a FROM t

    What to do: let the query return columns that vary from row to row and are known before the target is.
    """

    sqlstate = "ML009"

    def __init__(self, target: str, reasons: Sequence[str]) -> None:
        super().__init__(
            f"no column is left to learn `{target}` from",
            detail="; ".join(reasons) or "the query returns no other column to learn from",
            hint="let the query return columns that vary and are known before the target is",
        )


class RowsLeftOut(Notice):
    """Rows without a usable target were left out of training.

    Why: a row teaches only if its answer is known; NULL is not known, and NaN or infinity is no number to aim at.

    Example:

        CREATE MODEL m PREDICT income AS FROM people

    What to do: nothing, if those rows are the ones to predict; otherwise fill the target in the query.
    """

    sqlstate = "ML020"

    def __init__(self, target: str, unknown: int, endless: int) -> None:
        reasons = [f"{counted(unknown, 'row')} in which `{target}` is NULL"] if unknown else []
        reasons += [f"{counted(endless, 'row')} in which `{target}` is NaN or infinite"] if endless else []
        verb = "was" if unknown + endless == 1 else "were"
        super().__init__(f"{' and '.join(reasons)} {verb} left out of training")


class ClassOfOneRow(Notice):
    """A class has a single row, so what is learnt of it cannot be checked.

    Why: rows are either learnt from or held out; a single row is learnt from.

    Example:

        CREATE MODEL m PREDICT species AS FROM sightings

    What to do: add rows of that class, or put rare classes together in the query.
    """

    sqlstate = "ML021"

    def __init__(self, target: str, classes: Sequence[str]) -> None:
        have = "class {} of `{}` has" if len(classes) == 1 else "classes {} of `{}` have"
        cannot = (
            "it cannot be checked on held-out rows" if len(classes) == 1 else "they cannot be checked on held-out rows"
        )
        super().__init__(f"{have.format(listed(classes), target)} one row only: {cannot}", detail=_all(classes))


class ClassOfFewRows(Notice):
    """A class has so few rows that little can be learnt of it, and less be checked.

    Why: a part of the rows is held out and the others are shared out into folds, so that some have none of the class.

    Example:

        CREATE MODEL m PREDICT species AS FROM sightings

    What to do: add rows of that class, or put rare classes together in the query.
    """

    sqlstate = "ML045"

    def __init__(self, target: str, classes: Mapping[str, int], needed: int) -> None:
        have = "class {} of `{}` has" if len(classes) == 1 else "classes {} of `{}` have"
        super().__init__(
            f"{have.format(listed(list(classes)), target)} fewer than {needed} rows: little can be learnt there",
            detail=", ".join(f"`{name}`: {counted(rows, 'row')}" for name, rows in classes.items()),
        )


class RowsInTimeOrder(Notice):
    """The rows are a log in time, so the model is measured on the latest of them.

    Why: whoever predicts from a log knows its past only. A row between two that were learnt from is easier to guess
    than the next one will be, so measuring on rows of all times would promise too much. What tells the time is a date,
    or a year with its months, weeks or days, by the columns' names.

    Example:

        CREATE MODEL m PREDICT rentals AS FROM days ORDER BY day

    What to do: nothing; or, where the order says nothing, mix the rows in the query: `ORDER BY hash(day, store)`.
    """

    sqlstate = "ML040"

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(f"the rows are in the order of {listed(columns)}, so the last of them measure the model")


class ColumnsLeftOut(Notice):
    """Columns that cannot help were left out of the model.

    Why: a column that never changes says nothing; one that has a value of its own for each row, like an id, is
    learnt by heart and tells nothing of new rows; one that repeats the target gives the answer away.

    Example:

        CREATE MODEL churn PREDICT churned AS FROM customers

    What to do: nothing, or change the column in the query; an id's number is used after `CAST(id AS DOUBLE)`.
    """

    sqlstate = "ML022"

    def __init__(self, names: Sequence[str], why: str, hint: str | None = None) -> None:
        verb = "was" if len(names) == 1 else "were"
        super().__init__(f"{listed(names)} {verb} left out: {why}", detail=_all(names), hint=hint)


class TextReadAsNumbers(Notice):
    """Text that spells numbers is used as numbers.

    Why: nearly all its values are numbers, and as numbers they have an order; what is none counts as missing.

    Example:

        CREATE MODEL m PREDICT churned AS SELECT '12.50' AS charge, churned FROM customers

    What to do: nothing, or cast the column in the query; to use it as categories, put a letter in front: `'n' || code`.
    """

    sqlstate = "ML023"

    def __init__(self, names: Sequence[str]) -> None:
        verb = "is text and was" if len(names) == 1 else "are text and were"
        super().__init__(f"{listed(names)} {verb} read as numbers", detail=_all(names))


def _short(value: str) -> str:
    return literal(value if len(value) <= 60 else value[:59] + "…")


def _short_type(type_: str) -> str:
    return type_ if len(type_) <= 80 else type_[:79] + "…"
