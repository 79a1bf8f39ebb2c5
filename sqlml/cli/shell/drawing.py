"""Tables that are drawn of lines and cells, each column as wide as its widest value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlml.cli.shell.settings import Settings
from sqlml.diagnostics.span import width

Row = Sequence[str]


@dataclass(frozen=True)
class Shown:
    """A result as text: its columns, which of them hold numbers, and its rows, NULL already spelled."""

    columns: Row
    numbers: Sequence[bool]
    rows: Iterator[Row]


@dataclass(frozen=True)
class Edges:
    """What a table is drawn of: `rules` are the lines above, under the names and below, each by what begins it, fills
    it, crosses it and ends it; `cells` what stands before, between and behind values; `turned` what ends the line
    under a name whose column goes to the right."""

    rules: tuple[str | None, str | None, str | None]
    cells: tuple[str, str, str]
    turned: str | None = None


EDGES = {
    "box": Edges(("┌─┬┐", "├─┼┤", "└─┴┘"), ("│ ", " │ ", " │")),
    "table": Edges(("+-++", "+-++", "+-++"), ("| ", " | ", " |")),
    "markdown": Edges((None, "|-||", None), ("| ", " | ", " |"), turned=":"),
    "column": Edges((None, "\0-\0\0", None), ("", "  ", "")),
}


def drawn(shown: Shown, edges: Edges, settings: Settings) -> Iterator[str]:
    """The lines of a table; numbers go to the right, names to the middle."""
    rows = [list(map(_on_one_line, row)) for row in shown.rows]
    names = list(map(_on_one_line, shown.columns))
    least = [*settings.width, *[0] * len(names)][: len(names)]
    widths = [max([abs(least[at]), width(name), *(width(row[at]) for row in rows)]) for at, name in enumerate(names)]
    right = [wished < 0 or number for wished, number in zip(least, shown.numbers, strict=True)]
    above, under, below = edges.rules
    if above:
        yield _ruled(above, edges, widths)
    if settings.headers or above:
        yield _celled([_middle(*cell) for cell in zip(names, widths, strict=True)], edges)
        yield _ruled(under or "", edges, widths, right)
    for row in rows:
        yield _celled([_beside(*cell) for cell in zip(row, widths, right, strict=True)], edges)
    if below:
        yield _ruled(below, edges, widths)


def _ruled(rule: str, edges: Edges, widths: Sequence[int], right: Sequence[bool] = ()) -> str:
    left, line, cross, end = (part.strip("\0") for part in rule)
    # A line crosses the space that stands around values.
    around = len(edges.cells[0]) + len(edges.cells[2]) - len(left) - len(end)
    filled = [line * (each + around) for each in widths]
    if edges.turned and right:
        filled = [one[:-1] + edges.turned if turns else one for one, turns in zip(filled, right, strict=True)]
    return left + (cross or edges.cells[1]).join(filled) + end


def _celled(cells: Sequence[str], edges: Edges) -> str:
    before, between, behind = edges.cells
    return (before + between.join(cells) + behind).rstrip()


def _on_one_line(value: str) -> str:
    return value.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")


def _middle(text: str, cells: int) -> str:
    free = cells - width(text)
    return " " * (free // 2) + text + " " * (free - free // 2)


def _beside(text: str, cells: int, right: bool) -> str:
    free = " " * (cells - width(text))
    return free + text if right else text + free
