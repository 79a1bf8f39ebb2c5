"""`sqlml serve`: a database for clients of Arrow Flight SQL."""

import json
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path

import click

import sqlml
from sqlml.cli.script import Manner, tell_error
from sqlml.serve.limits import Limits
from sqlml.serve.roles import Role

# Exit statuses: it was stopped, it could not begin, or it was wrongly asked.
_STOPPED, _FAILED = 0, 1
_DEFAULT = Limits()


@click.command("serve")
@click.argument("database")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=31337, show_default=True, help="0 takes one that is free.")
@click.option("--users", type=click.Path(path_type=Path), help="A file of lines that `sqlml user` writes.")
@click.option("--token-file", "tokens", type=click.Path(path_type=Path), help="A file of lines NAME:ROLE:TOKEN.")
@click.option("--tls-cert", "certificate", type=click.Path(path_type=Path, exists=True))
@click.option("--tls-key", "key", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--tls-client-ca",
    "client_ca",
    type=click.Path(path_type=Path, exists=True),
    help="Clients bring a certificate that this one signed, and are the user of --users whom it names.",
)
@click.option("--max-statements", default=_DEFAULT.statements, show_default=True, help="That run at once.")
@click.option("--max-sessions", default=_DEFAULT.sessions, show_default=True)
@click.option("--statement-timeout", default=_DEFAULT.statement_seconds, show_default=True, help="Seconds.")
@click.option("--training-timeout", default=_DEFAULT.training_seconds, show_default=True, help="Seconds.")
@click.option("--health-port", "health", type=int, help="Answers /live, /ready and /metrics.")
@click.option("--duckdb-port", "duckdb", type=int, help="Serves DuckDB's own shell too, on this machine.")
@click.option("--memory-limit", help="What DuckDB may use, such as 8GB.")
@click.option("--temp-limit", help="What DuckDB may put aside on the disk, such as 50GB.")
def serve_command(
    database: str,
    host: str,
    port: int,
    users: Path | None,
    tokens: Path | None,
    certificate: Path | None,
    key: Path | None,
    client_ca: Path | None,
    max_statements: int,
    max_sessions: int,
    statement_timeout: float,
    training_timeout: float,
    memory_limit: str | None,
    temp_limit: str | None,
    health: int | None,
    duckdb: int | None,
) -> None:
    """Serves DATABASE to ADBC, JDBC and whatever speaks Arrow Flight SQL, and to DuckDB's own shell.

    Without --users or --token-file, whoever is on this machine may do everything; other machines cannot connect without
    both users and a certificate. What is run is logged to standard error, a line of JSON a statement. Ctrl-C stops.
    """
    from sqlml.serve.server import Arrangement, Unsafe, serving
    from sqlml.serve.users import FileWrong, Users

    limits = Limits(
        statements=max_statements,
        sessions=max_sessions,
        statement_seconds=statement_timeout,
        training_seconds=training_timeout,
    )
    wanted = {"memory_limit": memory_limit, "max_temp_directory_size": temp_limit}
    settings = {name: value for name, value in wanted.items() if value is not None}
    try:
        known = Users(users, tokens)
        arrangement = Arrangement(
            database, host, port, known, certificate, key, client_ca, limits, settings, health, duckdb
        )
        with _stopping() as wait, serving(arrangement) as server:
            told = {"location": server.location, "users": bool(known), "health": server.health}
            shells = {"duckdb": server.duckdb, "token": server.key}
            click.echo(json.dumps(told | {name: found for name, found in shells.items() if found is not None}))
            wait()
    except (FileWrong, Unsafe) as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as error:
        click.echo(f"cannot listen on {host}:{port}: {error.strerror or 'it is taken'}", err=True)
        sys.exit(_FAILED)
    except sqlml.Error as error:
        tell_error(error, Manner())
        sys.exit(_FAILED)
    sys.exit(_STOPPED)


@contextmanager
def _stopping() -> Iterator[Callable[[], bytes]]:
    """A call that returns when somebody wants the server to stop.

    A signal that another thread gets does not wake this one; so it is told by way of a socket.
    """
    near, far = socket.socketpair()
    far.setblocking(False)
    with near, far:
        waking = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield lambda: near.recv(1)
        finally:
            signal.set_wakeup_fd(waking)
            for number, handler in before.items():
                signal.signal(number, handler)


@click.command("user")
@click.argument("name")
@click.option("--role", type=click.Choice([str(role) for role in Role]), default=str(Role.READER), show_default=True)
def user_command(name: str, role: str) -> None:
    """Writes a line for the file that `sqlml serve --users` reads; the password is asked for, or read from a pipe."""
    from sqlml.serve.users import FileWrong, user_line

    password = getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not password:
        raise click.UsageError("a password cannot be empty")
    try:
        click.echo(user_line(name, Role(role), password))
    except FileWrong as problem:
        raise click.UsageError(str(problem)) from None
