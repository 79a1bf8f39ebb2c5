"""`sqlml run`: scheduled jobs."""

import signal
import sys
from pathlib import Path

import click

import sqlml
from sqlml.cli.formats import FORMATS
from sqlml.cli.interrupts import heard
from sqlml.cli.progress import follower
from sqlml.cli.script import Manner, run_script, tell_error
from sqlml.quote import identifier

# Exit statuses: the third is what sysexits.h calls a temporary failure, the last the shell's own for Ctrl-C.
DONE, FAILED, RETRY, INTERRUPTED = 0, 1, 75, 130

# Whoever ends a job, or closes its terminal, ends its statement as Ctrl-C does.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command("run")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--db", default=":memory:", metavar="DATABASE", help="The database to open; in memory if not given.")
@click.option("-c", "commands", multiple=True, metavar="SQL", help="SQL to run before the files.")
@click.option("--format", "rows", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="NAME=VALUE",
    help="The value of $NAME and of getvariable('NAME'), bound as data.",
)
@click.option("--log-format", "log", type=click.Choice(["text", "json"]), default="text", show_default=True)
def run_command(
    files: tuple[Path, ...], db: str, commands: tuple[str, ...], rows: str, sets: tuple[str, ...], log: str
) -> None:
    """Runs SQL from -c, from FILES or, if neither is given, from standard input.

    Results go to standard output, notices and errors to standard error. Exit status: 0 done, 1 SQL or data error,
    2 usage, 75 worth trying again later, 130 interrupted.
    """
    scripts = [*commands, *map(_text, files)] or [sys.stdin.read()]
    sys.exit(_run(db, scripts, Manner(rows, log, dict(map(_pair, sets)))))


def _run(database: str, scripts: list[str], manner: Manner) -> int:
    try:
        with sqlml.connect(database) as db, heard(db, _ENDING):
            db.execute("SET enable_progress_bar = false")
            db.on_progress = follower(manner.log)
            for name, value in (manner.values or {}).items():
                db.execute(f"SET VARIABLE {identifier(name)} = ?", [value])
            for script in scripts:
                run_script(db, script, manner)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stdout = None
        return DONE
    except sqlml.Error as error:
        tell_error(error, manner)
        return _status(error)
    return DONE


def _status(error: sqlml.Error) -> int:
    if isinstance(error, sqlml.Diagnosed):
        if error.diagnostic.condition == "query_canceled":
            return INTERRUPTED
        return RETRY if error.diagnostic.retryable else FAILED
    # A database that another process holds cannot be opened now.
    return RETRY if isinstance(error, sqlml.OperationalError) and "lock" in str(error).lower() else FAILED


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None


def _pair(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not (equals and name.isidentifier()):
        raise click.UsageError(f"--set takes NAME=VALUE, not {setting!r}")
    return name, value
