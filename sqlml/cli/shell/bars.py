"""What a model goes by, as bars of text."""

from collections.abc import Iterator, Sequence

import sqlml
from sqlml.diagnostics.span import reached, width
from sqlml.engine.portrait import importances, is_quick, portraits

_LONGEST, _CELLS = 30, 30
_EIGHTHS = " ▏▎▍▌▋▊▉"
_MEANING = "how much the prediction changes, on average, where a column has the value of another row"
_GONE = "what it goes by cannot be told, as the query that it was trained on no longer runs"
_UNKNOWN = "what it goes by cannot be told: it was imported, or reads no column, or more than a hundred"


def after_training(db: sqlml.Connection, model: str, most: int) -> Iterator[str]:
    """What `goes_by` tells; where its query would take a while to run once more, how to ask for that."""
    try:
        is_quick_to_tell = is_quick(db, model)
    except sqlml.Error:
        # It has parameters, or leans on what is gone already.
        is_quick_to_tell = False
    if is_quick_to_tell:
        yield from goes_by(db, model, most)
    else:
        yield f".plot {model} shows what it goes by, for which its query is run again"


def goes_by(db: sqlml.Connection, model: str, most: int) -> Iterator[str]:
    """Lines that tell the columns that matter most to each target of a model, at most so many.

    Raises:
        sqlml.Error: there is no such model.
    """
    targets = portraits(db, model)
    try:
        found = importances(db, model)
    except sqlml.Error:
        yield _GONE
        return
    if found is None:
        yield f"{model}: {_UNKNOWN}"
        return
    for target, columns in zip(targets, found, strict=True):
        yield f"{model} goes by" if len(targets) == 1 else f"{model} predicts {target.target} by"
        yield from bars(columns[:most])
        if len(columns) > most:
            yield f"  and {len(columns) - most} more that matter less"
    yield f"({_MEANING})"


def bars(values: Sequence[tuple[str, float | None]]) -> Iterator[str]:
    """A line for each value, with a bar in proportion to the largest."""
    names = [name if width(name) <= _LONGEST else name[: reached(name, _LONGEST - 1)] + "…" for name, _ in values]
    cells, largest = max(map(width, names), default=0), max((value or 0.0 for _, value in values), default=0.0)
    for name, (_, value) in zip(names, values, strict=True):
        eighths = round(8 * _CELLS * (value or 0.0) / largest) if largest else 0
        bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
        yield f"  {name}{' ' * (cells - width(name))}  {bar} {0.0 if value is None else value:.3g}".rstrip()
