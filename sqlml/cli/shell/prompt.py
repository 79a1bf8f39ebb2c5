"""The prompt: statements typed over several lines, kept in a history, completed and coloured."""

import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqlml.cli.script import is_coloured, is_dumb
from sqlml.cli.shell.session import Bail, Session
from sqlml.engine.script import is_complete

if TYPE_CHECKING:
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

_PROMPT, _CONTINUED = "sqlml> ", "   ·> "
_HISTORY = ".sqlml_history"
_UNFINISHED = "the statement is not finished: end it with a semicolon, or leave it with Ctrl-C"


def converse(session: Session) -> None:
    """Runs what is typed until the user leaves.

    Raises:
        Leave: by a dot command.
    """
    read = _reader(session)
    click.echo(f"sqlml {version('sqlml')} over DuckDB {version('duckdb')}, {_called(session.database)}; .help for help")
    while True:
        try:
            session.run(read().splitlines(keepends=True))
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
        except Bail:
            continue
        except EOFError:
            return


def _called(database: str) -> str:
    return "in memory: nothing is kept" if database == ":memory:" else database


def _reader(session: Session) -> Callable[[], str]:
    """What reads the next text: an editor, where the terminal can move its cursor."""
    return _plain if is_dumb() else _editor(session)


def _plain() -> str:
    """Reads whole lines until they end a statement. Raises EOFError at the end, KeyboardInterrupt at Ctrl-C."""
    text = ""
    while not _is_finished(text):
        try:
            text += input(_CONTINUED if text else _PROMPT) + "\n"
        except EOFError:
            if not text.strip():
                click.echo()
                raise
            # What is left is run as it stands, as at the end of a file.
            return text
    return text


def _is_finished(text: str) -> bool:
    return text.startswith(".") or is_complete(text) or (text != "" and not text.strip())


def _editor(session: Session) -> Callable[[], str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.output import ColorDepth

    from sqlml.cli.shell.completion import Completion
    from sqlml.cli.shell.highlighting import STYLE, Highlighting

    editor: PromptSession[str] = PromptSession(
        _PROMPT,
        multiline=True,
        key_bindings=_keys(),
        lexer=Highlighting(),
        style=STYLE,
        completer=Completion(session),
        complete_while_typing=False,
        history=_history(),
        color_depth=None if is_coloured() else ColorDepth.DEPTH_1_BIT,
        prompt_continuation=_CONTINUED,
    )

    def read() -> str:
        while True:
            try:
                return editor.prompt()
            except KeyboardInterrupt:
                continue

    return read


def _history() -> "History":
    """The statements of earlier sessions; where there is nowhere to keep them, those of this one."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    home = os.environ.get("HOME")
    path = Path(home) / _HISTORY if home else None
    try:
        if path is not None:
            path.open("ab").close()
            return FileHistory(str(path))
        reason = "there is no home directory"
    except OSError as error:
        reason = f"{path} cannot be written"
        if error.strerror:
            reason += f" ({error.strerror})"
    click.echo(f"the history is kept for this session only: {reason}", err=True)
    return InMemoryHistory()


def _keys() -> "KeyBindings":
    from prompt_toolkit.application import run_in_terminal
    from prompt_toolkit.enums import DEFAULT_BUFFER
    from prompt_toolkit.filters import Condition, has_completions, has_focus
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()
    # And not the history, which is searched in a line of its own.
    is_statement = has_focus(DEFAULT_BUFFER)

    @keys.add("enter", filter=is_statement & ~has_completions)
    def _(event: "KeyPressEvent") -> None:
        buffer = event.current_buffer
        if _is_finished(buffer.text) or not buffer.text:
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @keys.add("enter", filter=is_statement & has_completions)
    def _(event: "KeyPressEvent") -> None:
        # What the menu shows is taken; the statement goes on.
        event.current_buffer.complete_state = None

    @Condition
    def is_at_end() -> bool:
        from prompt_toolkit.application import get_app

        document = get_app().current_buffer.document
        return document.text != "" and document.is_cursor_at_the_end

    @keys.add("c-d", filter=is_statement & is_at_end)
    def _(_event: "KeyPressEvent") -> None:
        run_in_terminal(lambda: click.echo(_UNFINISHED))

    return keys
