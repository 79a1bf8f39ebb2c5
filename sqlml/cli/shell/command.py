"""`sqlml shell`: its command line, read as DuckDB's shell reads its own."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

import sqlml
from sqlml.cli.script import Manner, tell, tell_error
from sqlml.cli.shell.dots import dot
from sqlml.cli.shell.modes import MODES
from sqlml.cli.shell.session import Bail, Leave, Session
from sqlml.diagnostics import Problem
from sqlml.diagnostics.suggest import nearest
from sqlml.quote import literal

# Exit statuses: DuckDB's shell has the first two, the last is what shells give for Ctrl-C.
DONE, FAILED, INTERRUPTED = 0, 1, 130

_RC = ".sqlmlrc"


@dataclass(frozen=True)
class Flag:
    """A flag: its name, what follows it, what it means, and the line that the shell runs for it, in its turn."""

    name: str
    takes: str
    meaning: str
    line: str = ""


FLAGS = (
    Flag("c", "SQL", "run it and leave; may be given several times"),
    Flag("s", "SQL", "the same as -c"),
    Flag("f", "FILE", "run a file and leave"),
    Flag("cmd", "SQL", "run it first"),
    Flag("init", "FILE", f"run a file at the start, instead of ~/{_RC}"),
    Flag("no-init", "", f"do not run ~/{_RC}"),
    Flag("no-stdin", "", "leave when all that was asked for is done"),
    Flag("readonly", "", "open the database for reading only"),
    Flag("bail", "", "stop at the first error", ".bail on"),
    Flag("echo", "", "show each statement before it is run", ".echo on"),
    Flag("header", "", "names of columns", ".headers on"),
    Flag("noheader", "", "no names of columns", ".headers off"),
    Flag("nullvalue", "TEXT", "what stands for NULL", ".nullvalue"),
    *(Flag(mode, "", f"write rows in this mode: {mode}", f".mode {mode}") for mode in MODES),
)
_BY_NAME = {flag.name: flag for flag in FLAGS}
# What is read before the others, wherever it stands: it says how the session begins.
_FIRST = ("init", "no-init", "no-stdin", "readonly")
_LEAVES = ("c", "s", "f")


class ShellCommand(click.Command):
    """A command whose flags have one dash or two, and are heeded in their order."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Takes the arguments apart into the database and the flags. Raises click.UsageError, with status 1."""
        if {"-h", "-help", "--help"} & set(args):
            click.echo(ctx.get_help())
            ctx.exit()
        database, flags, left = None, [], iter(args)
        for one in left:
            if one.startswith("-") and len(one) > 1:
                flags.append(_flag(one, left))
            elif database is None:
                database = one
            else:
                flags.append((_BY_NAME["c"], one))
        ctx.params = {"database": database or ":memory:", "flags": flags}
        return []

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """What stands behind the command's name."""
        return ["[FLAGS]", "[DATABASE]", "[SQL]…"]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The flags, from their table."""
        with formatter.section("Flags"):
            formatter.write_dl([(f"-{flag.name} {flag.takes}".rstrip(), flag.meaning) for flag in FLAGS])


def _flag(given: str, left: Iterator[str]) -> tuple[Flag, str]:
    flag = _BY_NAME.get(given.lstrip("-").replace("_", "-"))
    if flag is None:
        near = nearest(given.lstrip("-"), _BY_NAME, limit=1)
        raise _Wrong(f"there is no flag {given}" + (f"; did you mean -{near[0]}?" if near else ""))
    value = next(left, None) if flag.takes else ""
    if value is None:
        raise _Wrong(f"{given} takes {flag.takes}, and nothing follows it")
    return flag, value


class _Wrong(click.UsageError):
    """The command line cannot be read; DuckDB's shell ends with this status then."""

    exit_code = FAILED


@click.command("shell", cls=ShellCommand)
def shell_command(database: str, flags: list[tuple[Flag, str]]) -> None:
    """Statements at a prompt, from -c, or from a pipe; Ctrl-C stops a statement, Ctrl-D leaves.

    It is used as DuckDB's own shell is, and `.help` lists the commands that begin with a dot. Exit status: 0, or 1
    where something failed that was not typed at the prompt.
    """
    try:
        status = _shell(database, flags)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stdout = None
        status = DONE
    sys.exit(status)


def _shell(database: str, flags: list[tuple[Flag, str]]) -> int:
    first = {flag.name: value for flag, value in flags if flag.name in _FIRST}
    leaves = "no-stdin" in first or any(flag.name in _LEAVES for flag, _ in flags)
    is_typed = not leaves and sys.stdin.isatty()
    try:
        session = Session(database, read_only="readonly" in first, is_typed=is_typed, dot=dot)
    except sqlml.Error as error:
        tell_error(error, Manner())
        return FAILED
    try:
        _begin(session, first)
        for flag, value in flags:
            _heed(session, flag, value)
        if is_typed:
            from sqlml.cli.shell.prompt import converse

            converse(session)
            return DONE
        if not leaves:
            session.run(sys.stdin)
    except Leave as leave:
        return leave.status if leave.status is not None else FAILED if session.failed and not is_typed else DONE
    except Bail:
        return FAILED
    except Problem as problem:
        tell(problem.diagnostic(), Manner())
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        session.close()
    return FAILED if session.failed else DONE


def _begin(session: Session, first: dict[str, str]) -> None:
    """Runs what the user has asked to be run at every start."""
    if "init" in first:
        session.read(first["init"])
    elif "no-init" not in first and (home := os.environ.get("HOME")) and (Path(home) / _RC).is_file():
        session.read(str(Path(home) / _RC))


def _heed(session: Session, flag: Flag, value: str) -> None:
    if flag.name in _FIRST:
        return
    if flag.name == "f":
        session.read(value)
    elif flag.line:
        dot(session, f"{flag.line} {literal(value)}" if flag.takes else flag.line)
    else:
        session.run(value.splitlines(keepends=True), bail=True)
