"""One session of the shell: what was read is run, statement by statement, whoever reads it."""

import re
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

import click

import sqlml
from sqlml.cli.background import Background, notices
from sqlml.cli.interrupts import heard
from sqlml.cli.problems import BackgroundEnded
from sqlml.cli.progress import follower
from sqlml.cli.script import Manner, tell, tell_error, told
from sqlml.cli.shell.bars import goes_by
from sqlml.cli.shell.modes import MODES
from sqlml.cli.shell.output import Output
from sqlml.cli.shell.problems import FileUnreadable
from sqlml.cli.shell.settings import Settings
from sqlml.diagnostics import Problem
from sqlml.dialect import is_ours, lex, mentions_us, statements
from sqlml.engine.database import tokenize
from sqlml.engine.job_rows import State
from sqlml.engine.script import Part, is_complete, split
from sqlml.plan.options import in_background
from sqlml.statements.parts import given

_TEXT = Manner()
# What a key does while a model is trained; the signal that it sends is heard beside Ctrl-C's.
_KEYS = "Ctrl-\\ ends the training with the best model so far, Ctrl-C without one"

# Words of the statements after which there may be other functions.
_DEFINES = re.compile(r"\b(?:macro|function|load|attach|detach|use|rollback)\b", re.IGNORECASE)
# So many columns are told of a model that was just trained; `.plot` tells more.
_MATTERS = 5


def _trained(text: str) -> str | None:
    """The name of the model that is there when a statement has trained it; None of any other statement."""
    found = statements(lex(text, tokenize(text))) if mentions_us(text) else []
    node = is_ours(found[0]) if found else None
    is_training = node is not None and node.rule == "create_model" and not in_background(given(node))
    name = node.find("model") if node and is_training else None
    return text[name.first.start : name.last.end] if name else None


class Leave(Exception):
    """The user leaves the shell, with an exit status if they gave one."""

    def __init__(self, status: int | None = None) -> None:
        super().__init__()
        self.status = status


class Bail(Exception):
    """A statement failed, and the user wants no more of this text to be run."""


class Session:
    """A database that is open, the settings, and where rows go; what it cannot run it tells of, and goes on.

    `dot` runs a line that begins with a dot. `ran` counts what was run, `defined` what of it may
    have changed the functions that there are, `failed` what failed. `is_typed` where a person types at a prompt.
    """

    def __init__(
        self, database: str, *, read_only: bool, is_typed: bool, dot: Callable[["Session", str], None]
    ) -> None:
        self.settings, self.output = Settings(), Output()
        self.is_typed = is_typed
        self.ran = self.defined = self.failed = 0
        self._dot = dot
        self._reading: list[Path] = []
        self.db = self._opened(database, read_only)
        self._background = Background(self.db)
        self.database = database

    def open(self, database: str, *, read_only: bool = False) -> None:
        """Closes the database and opens another one; settings stay. Raises sqlml.Error, and leaves the old one open."""
        if database != ":memory:" and Path(database).resolve() == Path(self.database).resolve():
            # Of one file there is one way to be open at a time.
            self._close()
        opened = self._opened(database, read_only)
        self._close()
        self.db, self.database = opened, database
        self._background = Background(self.db)
        self.defined += 1

    def _opened(self, database: str, read_only: bool) -> sqlml.Connection:
        db = sqlml.connect(database, read_only=read_only)
        db.on_progress = follower("text", _KEYS if self.is_typed else "")
        shows = sys.stdout.isatty() and sys.stderr.isatty()
        db.execute(f"SET enable_progress_bar = {str(shows).lower()}")
        return db

    def run(self, lines: Iterable[str], *, bail: bool | None = None) -> None:
        """Runs statements and dot commands, which may be mixed; what is left at the end is run as it stands.

        Raises:
            Bail: something failed, and `bail`, or the setting, asks to end there.
            Leave: a dot command asked for it.
            KeyboardInterrupt: the user stopped a statement.
        """
        waiting, begun = "", 1
        for number, line in enumerate(lines, 1):
            if not waiting.strip():
                waiting, begun = "", number
                if line.startswith("."):
                    self._guarded(partial(self._dot, self, line.strip()), line, bail)
                    continue
            waiting += line if line.endswith("\n") else line + "\n"
            if ";" in line and is_complete(waiting):
                self._statements(waiting, begun, bail)
                waiting = ""
        if waiting.strip():
            self._statements(waiting, begun, bail)

    def read(self, path: str, *, bail: bool | None = None) -> None:
        """Runs a file. Raises FileUnreadable, and what `run` raises."""
        file = Path(path).expanduser()
        if file.resolve() in self._reading:
            raise FileUnreadable(path, "it is being read already")
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise FileUnreadable(path, getattr(error, "strerror", None) or "it is not UTF-8") from None
        self._reading.append(file.resolve())
        try:
            self.run(text.splitlines(keepends=True), bail=bail)
        finally:
            self._reading.pop()

    def close(self) -> None:
        """Ends what results go to, and the database."""
        self.output.close()
        self._close()

    def _close(self) -> None:
        """Closes the database, and tells of what ends with that."""
        live = self._background.live()
        self.db.close()
        for job in live:
            if job.facts.state is State.CANCELLED:
                tell(BackgroundEnded(job.facts.job, job.facts.model).diagnostic(), _TEXT)

    def _statements(self, text: str, begun: int, bail: bool | None) -> None:
        for part in split(text):
            placed = Part(part.text, part.parameters, part.line + begun - 1)
            self._guarded(partial(self._statement, placed), part.text, bail)

    def _statement(self, part: Part) -> None:
        self.defined += bool(_DEFINES.search(part.text))
        with heard(self.db, [signal.SIGINT], {signal.SIGQUIT: self.db.finish} if self.is_typed else {}):
            with self._timed(), self.output.taking(), told(self.db, part, lambda notice: tell(notice, _TEXT)):
                MODES[self.settings.mode](self.db, part.text, self.settings)
            if self.is_typed and self.settings.mode == "duckbox" and (model := _trained(part.text)):
                with self.output.taking():
                    for line in goes_by(self.db, model, _MATTERS):
                        click.echo(line)

    def _guarded(self, work: Callable[[], None], text: str, bail: bool | None) -> None:
        """Does what one command or statement asks; tells what is wrong with it, and what has ended beside it."""
        self.ran += 1
        self._tell_of_background()
        if self.settings.echo:
            click.echo(text.rstrip() + ";" * (not text.startswith(".")))
        try:
            work()
        except Problem as problem:
            tell(problem.diagnostic(), _TEXT)
        except sqlml.Error as error:
            if isinstance(error, sqlml.Diagnosed) and error.diagnostic.condition == "query_canceled":
                # Whoever pressed Ctrl-C is told the same, wherever the statement was.
                raise KeyboardInterrupt from None
            tell_error(error, _TEXT)
        else:
            return
        self.failed += 1
        if self.settings.bail if self.settings.bail is not None else bail:
            raise Bail

    def _tell_of_background(self) -> None:
        for job in self._background.ended():
            for notice in notices(job):
                tell(notice, _TEXT)
            if job.failure:
                tell_error(job.failure, _TEXT)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started, before = perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        yield
        if self.settings.timer:
            passed, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
            user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
            click.echo(f"Run Time (s): real {passed:.3f} user {user:.6f} sys {system:.6f}")
