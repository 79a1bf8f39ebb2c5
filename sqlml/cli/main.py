"""`sqlml`: the command and its subcommands."""

import click

from sqlml.cli.doctor import doctor_command
from sqlml.cli.help import help_command
from sqlml.cli.run import run_command
from sqlml.cli.serve import serve_command, user_command
from sqlml.cli.shell.command import shell_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sqlml")
def main() -> None:
    """Machine learning at SQL's own level of abstraction, over DuckDB."""


main.add_command(run_command)
main.add_command(shell_command)
main.add_command(serve_command)
main.add_command(user_command)
main.add_command(doctor_command)
main.add_command(help_command)
