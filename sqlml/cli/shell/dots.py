"""Every command of the shell itself: a line that begins with a dot."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import click

from sqlml.cli.shell import plots, tables
from sqlml.cli.shell.modes import MODES
from sqlml.cli.shell.problems import DotCommandUnknown, DotCommandWrong
from sqlml.cli.shell.session import Leave, Session

Argument = Literal["", "switch", "mode", "file", "table", "model", "command"]
_SWITCH = {"on": True, "off": False, "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True)
class Dot:
    """A command: how it is written, what it does, and what its first argument is, for completion.

    `run` may raise ValueError with a reason in words where it was asked for what it does not take.
    """

    name: str
    usage: str
    meaning: str
    run: Callable[[Session, list[str]], None]
    argument: Argument = ""


def dot(session: Session, line: str) -> None:
    """Runs a line that begins with a dot.

    Raises:
        DotCommandUnknown, DotCommandWrong: there is no such command, or it does not take that.
        Problem, sqlml.Error: what the command asked for failed.
        Leave: the user leaves.
    """
    name, _, rest = line[1:].strip().partition(" ")
    command = _found(name)
    try:
        is_whole = command.argument == "model" or rest.lstrip().startswith("|")
        command.run(session, [rest.strip()] if is_whole else words(rest))
    except ValueError as wrong:
        raise DotCommandWrong(command.name, command.usage, str(wrong)) from None


def _found(name: str) -> Dot:
    """The command of that name, or the only one that begins so."""
    known = {one.name: one for one in DOTS}
    begun = [one for one in DOTS if one.name.startswith(name.lower())] if name else []
    if name.lower() in known:
        return known[name.lower()]
    if len(begun) != 1:
        raise DotCommandUnknown(name, known)
    return begun[0]


_WORDS = re.compile(r"""'((?:[^']|'')*)'(?!\S)|"((?:[^"]|"")*)"(?!\S)|([^\s'"]\S*)|(\S)""")


def words(text: str) -> list[str]:
    """The words of a command: parted by spaces, in quotes where they hold some or are empty.

    Raises:
        ValueError: a quote is open.
    """
    found = []
    for single, double, plain, stray in _WORDS.findall(text):
        if stray:
            raise ValueError("has a quote that is not closed")
        found.append(plain or single.replace("''", "'") or double.replace('""', '"'))
    return found


def _one(arguments: Sequence[str], what: str) -> str:
    if len(arguments) != 1:
        raise ValueError(f"takes {what}, and {len(arguments) or 'nothing'} was given")
    return arguments[0]


def _switch(setting: str) -> Callable[[Session, list[str]], None]:
    def run(session: Session, arguments: list[str]) -> None:
        given = _one(arguments, "on or off")
        if given.lower() not in _SWITCH:
            raise ValueError(f"takes on or off, not `{given}`")
        setattr(session.settings, setting, _SWITCH[given.lower()])

    return run


def _number(setting: str) -> Callable[[Session, list[str]], None]:
    def run(session: Session, arguments: list[str]) -> None:
        if not arguments:
            click.echo(f"{setting}: {getattr(session.settings, setting)}")
            return
        given = _one(arguments, "a number")
        if not given.isdecimal():
            raise ValueError(f"takes a whole number, not `{given}`")
        setattr(session.settings, setting, int(given))

    return run


def _mode(session: Session, arguments: list[str]) -> None:
    if not arguments:
        click.echo(f"mode: {session.settings.mode}")
        return
    given = _one(arguments, "the name of a mode").lower()
    if given not in MODES:
        raise ValueError(f"takes one of {', '.join(MODES)}, not `{given}`")
    session.settings.mode = given


def _width(session: Session, arguments: list[str]) -> None:
    if not all(re.fullmatch(r"-?\d+", one) for one in arguments):
        raise ValueError("takes whole numbers, one for each column")
    session.settings.width = tuple(map(int, arguments))


def _nullvalue(session: Session, arguments: list[str]) -> None:
    session.settings.nullvalue = _one(arguments, "a text")


def _output(session: Session, arguments: list[str], *, once: bool = False) -> None:
    if len(arguments) > 1 or (once and not arguments):
        raise ValueError("takes the name of a file")
    session.output.to(arguments[0] if arguments and arguments[0] != "stdout" else "", once=once)


def _once(session: Session, arguments: list[str]) -> None:
    _output(session, arguments, once=True)


def _open(session: Session, arguments: list[str]) -> None:
    flags = [one.lstrip("-") for one in arguments if one.startswith("-")]
    files = [one for one in arguments if not one.startswith("-")]
    if any(flag != "readonly" for flag in flags) or len(files) > 1:
        raise ValueError("takes the name of a file, and --readonly before it")
    session.open(files[0] if files else ":memory:", read_only=bool(flags))


def _read(session: Session, arguments: list[str]) -> None:
    session.read(_one(arguments, "the name of a file"))


def _exit(_session: Session, arguments: list[str]) -> None:
    if not all(one.isdecimal() for one in arguments[:1]) or len(arguments) > 1:
        raise ValueError("takes an exit status, which is a number")
    raise Leave(int(arguments[0]) if arguments else None)


def _plot(session: Session, arguments: list[str]) -> None:
    if not arguments[0]:
        raise ValueError("takes the name of a model")
    with session.output.taking():
        plots.plot(session.db, arguments[0])


def _help(session: Session, arguments: list[str]) -> None:
    wanted = arguments[0].lstrip(".").lower() if arguments else ""
    found = [one for one in DOTS if one.name.startswith(wanted)] or [one for one in DOTS if wanted in one.meaning]
    if not found:
        raise DotCommandUnknown(wanted, [one.name for one in DOTS])
    shown = [(f".{one.name} {one.usage}".rstrip(), one.meaning) for one in found]
    widest = max(len(usage) for usage, _ in shown)
    with session.output.taking():
        for usage, meaning in shown:
            click.echo(f"{usage:{widest}}  {meaning}")


DOTS = (
    Dot("bail", "on|off", "stop at the first error of a file", _switch("bail"), "switch"),
    Dot("echo", "on|off", "show each statement before it is run", _switch("echo"), "switch"),
    Dot("exit", "[STATUS]", "leave the shell", _exit),
    Dot("headers", "on|off", "names of columns, in the modes that can go without", _switch("headers"), "switch"),
    Dot("help", "[COMMAND]", "this list, or what of it begins so", _help, "command"),
    Dot("import", "FILE TABLE", "the rows of a file into a table, which is made if it is new", tables.bring, "file"),
    Dot("maxrows", "[NUMBER]", "most rows that a duckbox shows", _number("maxrows")),
    Dot("maxwidth", "[NUMBER]", "most characters across a duckbox; 0 is the terminal's", _number("maxwidth")),
    Dot("mode", "[MODE]", f"how rows are written: {', '.join(MODES)}", _mode, "mode"),
    Dot("nullvalue", "TEXT", "what stands for NULL", _nullvalue),
    Dot("once", "FILE", "the next rows into a file, or to a command: .once |less", _once, "file"),
    Dot("open", "[--readonly] [FILE]", "close the database and open another; settings stay", _open, "file"),
    Dot("output", "[FILE]", "all rows into a file, or to a command; back to the terminal without", _output, "file"),
    Dot("plot", "MODEL", "what a model goes by and how it errs, drawn", _plot, "model"),
    Dot("quit", "", "leave the shell", _exit),
    Dot("read", "FILE", "run the statements of a file", _read, "file"),
    Dot("schema", "[PATTERN]", "the statements that make tables and views whose names are LIKE that", tables.schema),
    Dot("tables", "[PATTERN]", "tables and views whose names are LIKE that; those of schema sqlml aside", tables.show),
    Dot("timer", "on|off", "how long each statement takes", _switch("timer"), "switch"),
    Dot("width", "NUMBER …", "least widths of columns, in the modes that draw them; below zero to the right", _width),
)
