"""`sqlml shell`, in a real terminal where there is one to be had."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path


class Terminal:
    """A shell behind a pseudo-terminal."""

    def __init__(self, home: Path) -> None:
        self._master, slave = pty.openpty()
        environment = os.environ | {"HOME": str(home), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sqlml", "shell"], stdin=slave, stdout=slave, stderr=slave, env=environment
        )
        os.close(slave)
        self._seen = ""

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Reads until `text` has been shown since the last time."""
        until = time.monotonic() + seconds
        while text not in self._seen:
            ready, _, _ = select.select([self._master], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"{text!r} was not shown, but {self._seen!r}"
            self._seen += os.read(self._master, 65536).decode(errors="replace")
        self._seen = self._seen.split(text, 1)[1]

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def end(self) -> int:
        return self._process.wait(30)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)


def test_a_statement_is_typed_over_two_lines_and_answered(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("sqlml>")
        terminal.type("SELECT 40 +\r")
        terminal.type("2 AS answer;\r")
        terminal.wait_for("42")
        terminal.wait_for("sqlml>")
        terminal.type("PREDICT nothing FROM t;\r")
        terminal.wait_for("there is no model `nothing`")
        terminal.wait_for("sqlml>")
        terminal.type("\x04")
        assert terminal.end() == 0


def test_ctrl_c_leaves_the_line_and_not_the_shell(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("sqlml>")
        terminal.type("SELECT nonsense")
        terminal.wait_for("nonsense")
        terminal.type("\x03")
        terminal.wait_for("sqlml>")
        terminal.type("SELECT 'an' || 'swer' AS x;\r")
        terminal.wait_for("answer")
        terminal.wait_for("sqlml>")
        terminal.type("\x04")
        assert terminal.end() == 0


def test_a_training_is_followed_on_a_line_that_gives_way_to_its_result(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("sqlml>")
        terminal.type("CREATE MODEL m PREDICT y AS SELECT range % 9 AS x, range % 9 > 4 AS y FROM range(300);\r")
        terminal.wait_for("\x1b[Km: ")
        terminal.wait_for("\r\x1b[K┌")
        terminal.wait_for("sqlml>")
        terminal.type("\x04")
        assert terminal.end() == 0


def test_a_pipe_is_read_to_its_end() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "sqlml", "shell"],
        input="SELECT 6 * 7 AS answer;",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "42" in run.stdout
