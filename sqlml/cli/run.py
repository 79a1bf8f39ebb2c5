"""`sqlml run`: scheduled jobs."""

import sys
from pathlib import Path

import click

from sqlml.cli.formats import FORMATS
from sqlml.cli.job import Job, run_job
from sqlml.cli.script import Manner
from sqlml.plan.options import seconds


class _Time(click.ParamType[float]):
    """A time in SQL's words: `10m`, `90 s`, `2 hours`; seconds where no unit is named."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        found = 0.0 if text in ("0", "0s") else seconds(f"{text} s" if text.replace(".", "", 1).isdigit() else text)
        if found is None:
            self.fail(f"{text!r} is no time: write 90s, 10m or '2 hours'", param, ctx)
        return found


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
    help="The value of $NAME and of getvariable('NAME'): text, bound as data. CAST it where SQL needs another type.",
)
@click.option("--log-format", "log", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "continue"]),
    default="stop",
    show_default=True,
    help="Whether the statements behind one that failed are run; the exit status is then that of the worst failure.",
)
@click.option("--timeout", type=_Time(), metavar="TIME", help="The time that the whole job may take, such as 10m.")
@click.option(
    "--lock-wait",
    type=_Time(),
    metavar="TIME",
    default="0",
    help="The time to wait for a database that another process holds, and for the job itself, such as 5m.",
)
@click.option("--job", "name", metavar="NAME", help="The job's name: it never overlaps itself, and is in sqlml.runs.")
@click.option("--dry-run", "dry", is_flag=True, help="Checks every statement, a row for each, and changes nothing.")
def run_command(
    files: tuple[Path, ...],
    db: str,
    commands: tuple[str, ...],
    rows: str,
    sets: tuple[str, ...],
    log: str,
    on_error: str,
    timeout: float | None,
    lock_wait: float,
    name: str | None,
    dry: bool,
) -> None:
    """Runs SQL from -c, from FILES or, if neither is given, from standard input.

    Results go to standard output, notices and errors to standard error; with --log-format json, an object on a line
    for each event. Exit status: 0 done, 1 SQL or data error, 2 usage, 75 worth trying again later (a database or job
    that is held, out of memory or time), 130 interrupted.

    Each run on a database file is a row of its table sqlml.runs; a dry run changes nothing and has none.
    """
    scripts = [*commands, *map(_text, files)] or [_typed()]
    manner = Manner(rows, log, dict(map(_pair, sets)))
    job = Job(db, scripts, manner, _named(name), on_error == "continue", timeout, lock_wait, dry)
    sys.exit(run_job(job))


def _typed() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError("cannot read standard input: it is not UTF-8") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None


def _pair(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not (equals and name.isidentifier()):
        raise click.UsageError(f"--set takes NAME=VALUE, not {setting!r}")
    if not value.isprintable() and any("\ud800" <= character <= "\udfff" for character in value):
        raise click.UsageError(f"the value of {name} is not UTF-8")
    return name, value


def _named(name: str | None) -> str | None:
    # The name of a lock's file holds it, and file systems end names at 255 bytes.
    if name is not None and not 0 < len(name.encode(errors="replace")) <= 60:
        raise click.UsageError("--job takes a name of 1 to 60 bytes")
    return name
