"""Where rows go: standard output, a file, or another command."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO, cast

from sqlml.cli.shell.problems import FileUnwritable


class Output:
    """The place that the user has chosen for rows, for all of them or for those of the next statement alone."""

    def __init__(self) -> None:
        self._elsewhere: TextIO | None = None
        self._reader: subprocess.Popen[str] | None = None
        self._once = False

    def to(self, target: str, *, once: bool = False) -> None:
        """Sends rows to a file, to the command behind a `|`, or to standard output where `target` is empty.

        Raises:
            FileUnwritable: the file cannot be opened; rows still go where they went.
        """
        if target.startswith("|"):
            self.close()
            # The command is the user's own, who runs this shell.
            self._reader = subprocess.Popen(target[1:], shell=True, text=True, stdin=subprocess.PIPE)  # noqa: S602
            self._elsewhere = cast(TextIO, self._reader.stdin)
        elif target:
            try:
                opened = Path(target).expanduser().open("w", encoding="utf-8")
            except OSError as error:
                raise FileUnwritable(target, error.strerror or "it is no file") from None
            self.close()
            self._elsewhere = opened
        else:
            self.close()
        self._once = once

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Inside, whatever is written to standard output goes there."""
        if self._elsewhere is None:
            yield
            sys.stdout.flush()
            return
        try:
            with redirect_stdout(self._elsewhere):
                yield
        except BrokenPipeError:
            # The command has read enough.
            self.close()
        if self._once:
            self.close()

    def close(self) -> None:
        """Ends a file or a command, and goes back to standard output."""
        elsewhere, reader = self._elsewhere, self._reader
        self._elsewhere, self._reader, self._once = None, None, False
        if elsewhere:
            with suppress(BrokenPipeError):
                elsewhere.close()
        if reader:
            reader.wait()
