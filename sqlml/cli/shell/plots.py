"""`.plot`: a model drawn in the terminal, by the curves that were kept when it was measured."""

import shutil
import sys
from collections.abc import Iterator
from typing import Any

import click

import sqlml
from sqlml.cli.script import is_coloured
from sqlml.cli.shell.bars import goes_by
from sqlml.cli.shell.drawing import EDGES, Shown, drawn
from sqlml.cli.shell.settings import Settings
from sqlml.engine.portrait import Portrait, portraits

_WIDEST, _HIGH = 100, 17
# Columns in the list of what a model goes by, and classes that are told apart in a table.
_COLUMNS, _CLASSES = 15, 12
_NO_CURVES = (
    "no curves of it are kept: it was imported, or trained before they were; CREATE OR REPLACE MODEL keeps them"
)


def plot(db: sqlml.Connection, model: str) -> None:
    """Writes what a model goes by and how it did on the rows that were held out from its training.

    Raises:
        sqlml.Error: there is no such model.
    """
    targets = portraits(db, model)
    for line in goes_by(db, model, _COLUMNS):
        click.echo(line)
    for target in targets:
        click.echo(f"\n{_headline(target)}")
        if not target.curves:
            click.echo(_NO_CURVES)
        for drawing in _drawings(target):
            click.echo(f"\n{drawing}")


def _headline(target: Portrait) -> str:
    """One line: `churned by gradient-boosted trees: roc_auc 0.894, 0.5 without a model, on rows that it never saw`."""
    if target.value is None:
        return f"{target.target} by {target.learner}"
    metric = (target.metric or "").rpartition(".")[2]
    known = "" if target.baseline is None else f", {target.baseline:.4g} without a model"
    return f"{target.target} by {target.learner}: {metric} {target.value:.4g}{known}, on rows that it never saw"


def _drawings(target: Portrait) -> Iterator[str]:
    curves = target.curves
    if "roc" in curves:
        points = [(0.0, 0.0), *_points(curves["roc"]), (1.0, 1.0)]
        yield _curve("ROC: of the negative rows (across) and of the positive ones (up), how many are found", points)
    if "calibration" in curves:
        title = "calibration: the probability told (across), and how often it was so (up)"
        yield _curve(title, _points(curves["calibration"]), dots=True)
    if "confusion" in curves:
        yield _confusion(curves["confusion"])
    if "residuals" in curves:
        title = "residuals: predicted (across), and by how much the truth is more (up)"
        yield _residuals(title, _points(curves["residuals"]))


def _points(rows: list[tuple[Any, ...]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y, *_ in rows if x is not None and y is not None]


def _curve(title: str, points: list[tuple[float, float]], *, dots: bool = False) -> str:
    """A curve from 0 to 1 both ways, beside the diagonal, which is what chance, or the truth, would be."""
    figure = _figure()
    figure.plot([0, 1], [0, 1], marker=".", color="gray")
    across, up = zip(*points, strict=True)
    if dots:
        figure.scatter(across, up, marker="o", color="green")
    else:
        figure.plot(across, up, marker="braille", color="green")
    figure.xlim(0, 1)
    figure.ylim(0, 1)
    return f"{title}\n{_built(figure)}"


def _residuals(title: str, points: list[tuple[float, float]]) -> str:
    figure = _figure()
    across, up = zip(*points, strict=True) if points else ((0.0,), (0.0,))
    figure.plot([min(across), max(across)], [0, 0], marker=".", color="gray")
    figure.scatter(across, up, marker="braille", color="green")
    return f"{title}\n{_built(figure)}"


def _figure() -> Any:
    # Loaded where it is used: a shell without a plot has no need of it.
    import plotext

    plotext.clear_figure()
    plotext.theme("clear" if not is_coloured() or not sys.stdout.isatty() else "pro")
    room = shutil.get_terminal_size((_WIDEST, 24)).columns if sys.stdout.isatty() else _WIDEST
    plotext.plot_size(min(room - 1, _WIDEST), _HIGH)
    return plotext


def _built(figure: Any) -> str:
    text: str = figure.build()
    text = text if is_coloured() and sys.stdout.isatty() else figure.uncolorize(text)
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def _confusion(rows: list[tuple[Any, ...]]) -> str:
    """How many rows of each class (down) were predicted to be of each (across)."""
    counts = {(actual, predicted): count for _, _, actual, predicted, count in rows}
    of_class: dict[str, int] = {}
    for (actual, predicted), count in counts.items():
        of_class[actual] = of_class.get(actual, 0) + count
        of_class.setdefault(predicted, 0)
    classes = sorted(of_class, key=lambda one: -of_class[one])[:_CLASSES]
    lines = [[f"is {one}", *(f"{counts.get((one, other), 0):,}" for other in classes)] for one in classes]
    columns = ["", *(f"told {one}" for one in classes)]
    table = drawn(Shown(columns, [False, *[True] * len(classes)], iter(lines)), EDGES["box"], Settings())
    left = len(of_class) - len(classes)
    more = [f"({left} rarer classes are not shown)"] if left else []
    return "\n".join(["confusion: rows of each class, and what was told of them", *table, *more])
