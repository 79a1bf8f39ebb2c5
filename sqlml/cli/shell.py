"""`sqlml shell`: statements typed at a prompt."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import sqlml
from sqlml.cli.interrupts import heard
from sqlml.cli.progress import follower
from sqlml.cli.script import Manner, run_script, tell_error
from sqlml.engine.script import is_complete


@click.command("shell")
@click.argument("database", default=":memory:")
def shell_command(database: str) -> None:
    """Statements at a prompt, each ended by a semicolon; Ctrl-C stops a statement, Ctrl-D leaves."""
    manner = Manner()
    try:
        db = sqlml.connect(database)
    except sqlml.Error as error:
        tell_error(error, manner)
        sys.exit(1)
    db.on_progress = follower(manner.log)
    with db, heard(db, [signal.SIGINT]):
        for text in _typed() if sys.stdin.isatty() else [sys.stdin.read()]:
            try:
                run_script(db, text, manner)
            except KeyboardInterrupt:
                click.echo("stopped", err=True)
            except sqlml.Error as error:
                tell_error(error, manner)


def _typed() -> Iterator[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.lexers import PygmentsLexer
    from pygments.lexers.sql import SqlLexer

    bindings = KeyBindings()

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text) or not buffer.text.strip():
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    session: PromptSession[str] = PromptSession(
        "sqlml> ",
        multiline=True,
        key_bindings=bindings,
        lexer=PygmentsLexer(SqlLexer),
        history=FileHistory(str(Path.home() / ".sqlml_history")),
        prompt_continuation=lambda width, _line, _wrapped: "·> ".rjust(width),
    )
    while True:
        try:
            yield session.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
