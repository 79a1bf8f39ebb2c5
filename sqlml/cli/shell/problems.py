"""What can be wrong with what the shell itself is asked."""

from collections.abc import Iterable

from sqlml.diagnostics import Problem
from sqlml.diagnostics.suggest import near_names


class DotCommandUnknown(Problem):
    """The shell has no such command.

    Why: a line that begins with a dot is for the shell itself and not for the database, and none of its commands is
    called so, or several begin like this.

    Example:

        .tabels    -- SHOW TABLES; does the same in SQL

    What to do: take the command that is meant; `.help` lists them all.
    """

    sqlstate = "42601"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = near_names(f".{name}", [f".{one}" for one in known])
        super().__init__(f"there is no command `.{name}`", hint=hint or "`.help` lists them all")


class DotCommandWrong(Problem):
    """A command of the shell was asked for something that it does not take.

    Why: each command takes what `.help` shows behind it: a switch takes on or off, a number is a whole one, and
    quotes are closed.

    Example:

        .timer perhaps
        SELECT 42;

    What to do: write it as the hint shows.
    """

    sqlstate = "42601"

    def __init__(self, name: str, usage: str, reason: str) -> None:
        super().__init__(f"`.{name}` {reason}", hint=f"write `{f'.{name} {usage}'.rstrip()}`")


class FileUnreadable(Problem):
    """A file with statements cannot be read.

    Why: it is not there, the user may not read it, it is no text in UTF-8, or it is being read already and would read
    itself without end.

    Example:

        .read jobs/nightly.sql    -- a file of SQL, such as CREATE TABLE …

    What to do: look at the name, which counts from the folder in which the shell was started.
    """

    sqlstate = "58P01"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot read `{path}`: {reason}")


class FileUnwritable(Problem):
    """A file for results cannot be written.

    Why: its folder is not there, or the user may not write in it. Results still go where they went before.

    Example:

        .output results/today.csv
        SELECT 42;

    What to do: make the folder, or name another one.
    """

    sqlstate = "58030"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot write `{path}`: {reason}")
