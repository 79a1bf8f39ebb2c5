"""`sqlml doctor`: what this machine can do, in plain words."""

import sys

import click

import sqlml
from sqlml.cli.script import Manner, tell_error

# Exit statuses: all of it works, or something does not.
_WORKS, _FAILS = 0, 1


@click.command("doctor")
@click.argument("database", default=":memory:")
def doctor_command(database: str) -> None:
    """What works on this machine and what does not; the same as FROM sqlml_doctor()."""
    try:
        with sqlml.connect(database) as db:
            rows = db.execute("FROM sqlml_doctor()").fetchall()
    except sqlml.Error as error:
        tell_error(error, Manner())
        sys.exit(_FAILS)
    width = max(len(part) for part, _, _ in rows)
    for part, works, detail in rows:
        click.echo(f"{'ok' if works else '--'}  {part:{width}}  {detail}")
    # A machine without a GPU lacks nothing that is needed.
    sys.exit(_WORKS if all(works for part, works, _ in rows if part != "GPU") else _FAILS)
