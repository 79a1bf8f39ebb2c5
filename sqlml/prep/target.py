"""What is predicted: the task that a column's type and values ask for, its classes, and its labels."""

from dataclasses import dataclass

from sqlml.diagnostics import Notice
from sqlml.prep import outputs
from sqlml.prep.ask import Ask, exact, texts
from sqlml.prep.kind import Kind, kind
from sqlml.prep.problems import (
    ClassOfFewRows,
    ClassOfOneRow,
    ClassTooSmall,
    PositiveUnknown,
    RowsLeftOut,
    TargetAllNull,
    TargetConstant,
    TargetNested,
    TargetUnique,
    TooFewRows,
    UnsupportedTarget,
)
from sqlml.quote import identifier, literals
from sqlml.schema import Column, Task

# Fewer labelled rows than this cannot be split in three.
LEAST_ROWS = 10
_MOST_CLASSES = 1000
# An integer with at most this many values, in at most this share of the rows, is taken for classes.
_FEW_VALUES, _FEW_SHARE = 20, 0.05
# A class of fewer rows is hardly learnt, which is worth saying of a table that is not small itself.
_FEW_ROWS, _MANY_ROWS = 10, 100


@dataclass(frozen=True)
class Target:
    """The column to predict and what its labelled rows are like.

    `classes` are the values as text: (negative, positive) of a binary target, commonest first of a multiclass one,
    none in regression. `prior` has the share of each class among the `rows` labelled rows, or the mean; nothing where a
    model was made elsewhere, as its rows are unknown.
    """

    column: Column
    task: Task
    classes: tuple[str, ...]
    prior: tuple[float, ...]
    rows: int

    @property
    def predicted(self) -> str:
        """The name of the column that a prediction adds."""
        return f"predicted_{self.column.name}"

    def labelled(self, row: str) -> str:
        """SQL: whether the target is known in `row`, a table alias."""
        return usable(self.column, row)

    def label(self, row: str) -> str:
        """SQL: DOUBLE, the number of the row's class or the number itself; of labelled rows never NULL."""
        if not self.task.classifies:
            return f"CAST({_reference(self.column, row)} AS DOUBLE)"
        codes = f"range({len(self.classes)})::DOUBLE[]"
        return f"MAP({literals(list(self.classes))}, {codes})[{_text(self.column, row)}]"

    def outputs(self, scores: str, threshold: str | None = None) -> str:
        """SQL: the struct of the prediction's columns, over the DOUBLE[] that `sqlml_score` gives.

        `threshold` is SQL of the probability that the positive class of a binary target needs, or of NULL.
        """
        if not self.prior:
            # A model that was made elsewhere may compute no number for a row: there is no prediction then.
            scores = outputs.answered(scores)
        if self.task.classifies:
            return outputs.classes(self.column, self.classes, scores, threshold)
        return outputs.number(self.column, scores)


def usable(column: Column, row: str) -> str:
    """SQL: whether a target's value can be learnt: neither NULL nor NaN nor infinite."""
    reference = _reference(column, row)
    if kind(column.type) is Kind.REAL:
        return f"coalesce(isfinite({reference}), false)"
    if column.type == "BIGNUM":
        return f"TRY_CAST({reference} AS DOUBLE) IS NOT NULL"
    return f"{reference} IS NOT NULL"


def examine(ask: Ask, relation: str, column: Column, positive: str | None) -> tuple[Target, list[Notice]]:
    """The target that `column` makes in the rows of `relation`, or the problem that it has."""
    if kind(column.type) is Kind.NESTED:
        raise TargetNested(column)
    labelled = f"{relation} AS r WHERE {usable(column, 'r')}"
    rows, known = _counts(ask, relation, column)
    # Numbers are compared as numbers (0.0 is -0.0), all else letter by letter.
    value = _reference(column, "r") if kind(column.type).is_number else _text(column, "r")
    usable_rows, distinct = _whole(ask, ["count(*)", f"count(DISTINCT {value})"], labelled)
    if usable_rows == 0:
        raise TargetAllNull(column.name, rows)
    if distinct == 1:
        only = texts(ask, [f"min({_text(column, 'r')})"], labelled)[0]
        raise TargetConstant(column.name, only or "", usable_rows)
    if usable_rows < LEAST_ROWS:
        raise TooFewRows(column.name, usable_rows, LEAST_ROWS)
    notices: list[Notice] = []
    if rows > usable_rows:
        notices.append(RowsLeftOut(column.name, rows - known, known - usable_rows))
    task = _task(ask, labelled, column, (usable_rows, distinct))
    if task is Task.REGRESSION:
        if positive is not None:
            raise PositiveUnknown(column.name, positive, None)
        return Target(column, task, (), (_mean(ask, labelled, column, usable_rows),), usable_rows), notices
    target, single, few = _classes(ask, labelled, column, positive)
    if single:
        notices.append(ClassOfOneRow(column.name, single))
    if few and usable_rows >= _MANY_ROWS:
        notices.append(ClassOfFewRows(column.name, few, _FEW_ROWS))
    return target, notices


def _counts(ask: Ask, relation: str, column: Column) -> tuple[int, int]:
    rows, known = _whole(ask, ["count(*)", f"count({_reference(column, 'r')})"], f"{relation} AS r")
    return rows, known


def _whole(ask: Ask, expressions: list[str], source: str) -> list[int]:
    return [int(value or 0) for value in texts(ask, expressions, source)]


def _task(ask: Ask, labelled: str, column: Column, size: tuple[int, int]) -> Task:
    rows, distinct = size
    few = distinct <= _FEW_VALUES and distinct <= _FEW_SHARE * rows
    match kind(column.type):
        case Kind.BOOLEAN:
            return Task.BINARY
        case Kind.REAL:
            value = _reference(column, "r")
            is_flag = distinct == 2 and texts(ask, [f"bool_and({value} IN (0, 1))"], labelled) == ["true"]
            return Task.BINARY if is_flag else Task.REGRESSION
        case Kind.DECIMAL:
            return Task.BINARY if distinct == 2 else Task.REGRESSION
        case Kind.INTEGER:
            if distinct == 2:
                return Task.BINARY
            return Task.MULTICLASS if few else Task.REGRESSION
        case Kind.TEXT:
            if distinct > _MOST_CLASSES or distinct > rows / 2:
                if column.type == "BLOB":
                    raise UnsupportedTarget(column, f"octet_length({identifier(column.name)})")
                raise TargetUnique(column.name, distinct, rows)
        case _:
            if not (few or distinct == 2) or _has_many_spellings(column):
                raise UnsupportedTarget(column, _as_number(column))
    return Task.BINARY if distinct == 2 else Task.MULTICLASS


def _has_many_spellings(column: Column) -> bool:
    """Whether one value may have several texts: a zone's depends on the session, a month equals 30 days."""
    return kind(column.type) is Kind.INTERVAL or "TZ" in column.type or "ZONE" in column.type


def _as_number(column: Column) -> str:
    name = identifier(column.name)
    match kind(column.type):
        case Kind.DATE:
            return f"{name} - DATE '2000-01-01'"
        case _:
            return f"epoch({name})"


def _classes(ask: Ask, labelled: str, column: Column, positive: str | None) -> tuple[Target, list[str], dict[str, int]]:
    """The target, its classes of a single row, and those of few, with how many."""
    sql = f"SELECT {_text(column, 'r')} AS level, count(*) AS n FROM {labelled} GROUP BY 1 ORDER BY n DESC, level ASC"
    counts = {row["level"]: row["n"] for row in ask(sql).to_pylist()}
    single = [level for level, count in counts.items() if count == 1]
    if len(counts) - len(single) < 2:
        raise ClassTooSmall(column.name, single)
    rows = sum(counts.values())
    levels = list(counts)
    if len(levels) != 2:
        if positive is not None:
            raise PositiveUnknown(column.name, positive, None)
    else:
        chosen = _positive(column, levels) if positive is None else _named(column, levels, positive)
        levels = [*(level for level in levels if level != chosen), chosen]
    task = Task.BINARY if len(levels) == 2 else Task.MULTICLASS
    prior = tuple(counts[level] / rows for level in levels)
    few = {level: count for level, count in counts.items() if 1 < count < _FEW_ROWS}
    return Target(column, task, tuple(levels), prior, rows), single, few


def _positive(column: Column, levels: list[str]) -> str:
    """Of two levels, commonest first and ties by text, the one that counts as positive."""
    if kind(column.type) is Kind.BOOLEAN:
        return "true"
    if kind(column.type).is_number and sorted(map(float, levels)) == [0, 1]:
        return max(levels, key=float)
    return levels[1]


def _named(column: Column, levels: list[str], positive: str) -> str:
    named = [level for level in levels if level == positive]
    if not named and kind(column.type) is Kind.BOOLEAN:
        named = [level for level in levels if level == positive.lower()]
    if not named and kind(column.type).is_number:
        named = [level for level in levels if _number(positive) == float(level)]
    if not named:
        raise PositiveUnknown(column.name, positive, sorted(levels))
    return named[0]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _mean(ask: Ask, labelled: str, column: Column, rows: int) -> float:
    # Added in order of size, so that the number of threads does not show in the last digit.
    value = f"CAST({_reference(column, 'r')} AS DOUBLE)"
    return float(texts(ask, [f"sum({value} / {rows}::DOUBLE ORDER BY {value} ASC)"], labelled)[0] or 0)


def _reference(column: Column, row: str) -> str:
    return f"{row}.{identifier(column.name)}"


def _text(column: Column, row: str) -> str:
    # Adding zero makes one text of 0.0 and -0.0.
    zero = " + 0" if kind(column.type) is Kind.REAL else ""
    return exact(_reference(column, row) + zero)
