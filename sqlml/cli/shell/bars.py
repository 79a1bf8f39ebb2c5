"""What a model goes by, as bars of text."""

from collections.abc import Iterator, Sequence

import sqlml
from sqlml.diagnostics.span import reached, width
from sqlml.engine.portrait import importances, portraits

_LONGEST, _CELLS = 30, 30
_EIGHTHS = " ▏▎▍▌▋▊▉"
_MEANING = "how much the prediction changes, on average, where a column has the value of another row"
_UNKNOWN = (
    "what it goes by is not known: it was imported, or trained before that was kept; CREATE OR REPLACE MODEL keeps it"
)


def goes_by(db: sqlml.Connection, model: str, most: int) -> Iterator[str]:
    """Lines that tell the columns that matter most to each target of a model, at most so many.

    Raises:
        sqlml.Error: there is no such model.
    """
    targets = portraits(db, model)
    found = importances(db, model)
    if not any(found):
        yield f"{model}: {_UNKNOWN}"
        return
    for target, columns in zip(targets, found, strict=True):
        yield f"{model} goes by" if len(targets) == 1 else f"{model} predicts {target.target} by"
        yield from bars(columns[:most])
        if len(columns) > most:
            yield f"  and {len(columns) - most} more that matter less"
    yield f"({_MEANING})"


def bars(values: Sequence[tuple[str, float]]) -> Iterator[str]:
    """A line for each value, with a bar in proportion to the largest."""
    names = [name if width(name) <= _LONGEST else name[: reached(name, _LONGEST - 1)] + "…" for name, _ in values]
    cells, largest = max(map(width, names), default=0), max((value for _, value in values), default=0.0)
    for name, (_, value) in zip(names, values, strict=True):
        eighths = round(8 * _CELLS * value / largest) if largest else 0
        bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
        yield f"  {name}{' ' * (cells - width(name))}  {bar} {value:.3g}".rstrip()
