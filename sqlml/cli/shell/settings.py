"""What the user has set: how rows are written, and what happens around a statement."""

from dataclasses import dataclass


@dataclass
class Settings:
    """The shell's settings, with the values that they begin with; they outlive the database.

    `maxrows` and `maxwidth` (0: as wide as the terminal) are those of the mode `duckbox`; `width` has the least widths
    of the columns of the other modes that have columns, negative where the column goes to the right. `bail` is None
    until it is set: then SQL of the command line ends at an error, and everything else goes on.
    """

    mode: str = "duckbox"
    headers: bool = True
    nullvalue: str = "NULL"
    maxrows: int = 40
    maxwidth: int = 0
    width: tuple[int, ...] = ()
    timer: bool = False
    echo: bool = False
    bail: bool | None = None
