"""A real terminal with the shell in it, and the language that sessions are written in.

A line of a session is a word and what belongs to it:

    run ARGUMENTS      starts the shell (once, first); `sh COMMAND` starts a command line of the system's instead
    env NAME=VALUE     sets a variable before that; `env -NAME` takes one away
    size COLUMNSxROWS  the terminal's size, before the start or while it runs
    file NAME          the indented lines below become a file in the folder of the session
    > TEXT             types it and Enter;  type TEXT  types it alone;  key NAME …  presses keys
    paste NAME         pastes a file as terminals do;  pour NAME  types it, line by line, without waiting
    see TEXT           waits until this has been written since what was last seen, colours aside; the prompt
                       alone, until nothing stands behind it
    raw TEXT           the same with escape sequences, in Python's notation
    never TEXT         this has not been written so far
    screen TEXT        waits until the screen shows this in one line
    holds NAME TEXT    a file holds this line
    end STATUS         waits for the end

{trained} is a copy of a database with a table `customers` and a model `churn`, {locked} one that another process holds.
"""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

# Nothing is waited for longer; machines that are busy are slow.
LIMIT = 60.0
PROMPT = "sqlml>"
KEYS = {
    "enter": "\r",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "escape": "\x1b",
    "ctrl-c": "\x03",
    "ctrl-d": "\x04",
    "ctrl-r": "\x12",
    "ctrl-\\": "\x1c",
}
_SEQUENCES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>78]|\x07|\x08")


class Terminal:
    """One session: a folder that is its home, and the shell once it runs."""

    def __init__(self, folder: Path, command: str, names: dict[str, str]) -> None:
        self._folder, self._command, self._names = folder, command, names
        self._environment = os.environ | {"HOME": str(folder), "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            self._environment.pop(name, None)
        self._size = (80, 24)
        self._process: pexpect.spawn[str] | None = None
        self._written, self._seen, self._rest = "", 0, ""
        self._screen = pyte.Screen(*self._size)
        self._stream = pyte.Stream(self._screen)

    def play(self, script: str) -> None:
        lines = script.splitlines()
        while lines:
            word, _, rest = lines.pop(0).partition(" ")
            if word == "file":
                content = ""
                while lines and lines[0].startswith("    "):
                    content += lines.pop(0)[4:] + "\n"
                (self._folder / rest).write_text(content, encoding="utf-8")
            elif word and not word.startswith("#"):
                _STEPS[word](self, self._named(rest))

    def close(self) -> None:
        if self._process:
            self._process.close(force=True)

    def _named(self, text: str) -> str:
        for name, value in self._names.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _run(self, arguments: str) -> None:
        # Without a shell of the system's between, which would die of the signals that keys send.
        self._start(f"exec {self._command} {arguments}")

    def _start(self, command: str) -> None:
        columns, rows = self._size
        self._seen, self._rest = len(self._written), ""
        self._process = pexpect.spawn(
            "/bin/sh",
            ["-c", command.replace("sqlml-shell", self._command)],
            cwd=str(self._folder),
            env=self._environment,
            dimensions=(rows, columns),
            encoding="utf-8",
            codec_errors="replace",
        )
        # Keys are sent when something was seen: there is nothing to wait for besides.
        self._process.delaybeforesend = None

    def _env(self, setting: str) -> None:
        name, equals, value = setting.partition("=")
        if equals:
            self._environment[name] = value
        else:
            self._environment.pop(name.removeprefix("-"), None)

    def _resize(self, size: str) -> None:
        columns, rows = map(int, size.split("x"))
        self._size = columns, rows
        self._screen.resize(rows, columns)
        if self._process:
            self._process.setwinsize(rows, columns)

    def _type(self, text: str) -> None:
        assert self._process
        self._process.send(text)

    def _press(self, names: str) -> None:
        for name in names.split():
            self._type(KEYS[name])

    def _paste(self, name: str) -> None:
        self._type(f"\x1b[200~{(self._folder / name).read_text()}\x1b[201~")

    def _pour(self, name: str) -> None:
        self._type((self._folder / name).read_text().replace("\n", "\r"))

    def _see(self, text: str) -> None:
        look = self._is_at_prompt if text == PROMPT else self._found
        self._wait(lambda: look(_SEQUENCES.sub("", self._unseen()).replace("\r", ""), text), text)

    def _is_at_prompt(self, unseen: str, prompt: str) -> bool:
        """Whether the prompt is the last thing written: a statement is drawn once more, behind one, when it begins."""
        return unseen.rstrip().endswith(prompt) and self._found(unseen, unseen)

    def _raw(self, text: str) -> None:
        plain = text.encode().decode("unicode_escape")
        self._wait(lambda: self._found(self._unseen(), plain), text)

    def _found(self, unseen: str, text: str) -> bool:
        if text not in unseen:
            return False
        # What came before it is done with; where it stands in the raw text matters to nobody.
        self._rest = unseen.split(text, 1)[1]
        self._seen = len(self._written)
        return True

    def _unseen(self) -> str:
        return self._rest + self._written[self._seen :]

    def _never(self, text: str) -> None:
        assert text not in _SEQUENCES.sub("", self._written), self._written

    def _shows(self, text: str) -> None:
        self._wait(lambda: any(text in line for line in self._screen.display), text)

    def _holds(self, rest: str) -> None:
        name, _, line = rest.partition(" ")
        file = self._folder / name
        self._wait(lambda: file.exists() and line in file.read_text().splitlines(), rest)

    def _end(self, status: str) -> None:
        assert self._process
        self._wait(lambda: not self._read(), "the end")
        self._process.wait()
        assert self._process.exitstatus == int(status), self._written

    def _wait(self, holds: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + LIMIT
        while not holds():
            ended = not self._read()
            if ended and holds():
                return
            shown = "\n".join(line.rstrip() for line in self._screen.display).rstrip()
            assert not ended, f"{what!r} never came before the end; unseen: {self._unseen()!r}"
            assert time.monotonic() < until, f"{what!r} never came; unseen: {self._unseen()!r}\n{shown}"

    def _read(self) -> bool:
        """Takes in what has been written; False where nothing more can come."""
        assert self._process
        try:
            text = self._process.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self._written += text
        self._stream.feed(text)
        return True


_STEPS: dict[str, Callable[[Terminal, str], None]] = {
    "run": Terminal._run,
    "sh": Terminal._start,
    "env": Terminal._env,
    "size": Terminal._resize,
    ">": lambda self, text: self._type(f"{text}\r"),
    "type": Terminal._type,
    "key": Terminal._press,
    "paste": Terminal._paste,
    "pour": Terminal._pour,
    "see": Terminal._see,
    "raw": Terminal._raw,
    "never": Terminal._never,
    "screen": Terminal._shows,
    "holds": Terminal._holds,
    "end": Terminal._end,
}
