"""The shell's waits: `python tests/bench/shell.py [--times 20]`, the time to its prompt and that of a completion.

Bounds: the prompt is there less than 1 s after the process's start; what may stand next is there in less than 50 ms
with 5,000 columns, also the first time in a statement, when the catalog has to be asked. What functions there are is
asked once in a session, unless a statement may have changed it.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pexpect
from figures import machine, seconds, spread

import sqlml
from sqlml.cli.shell.names import Names
from sqlml.cli.shell.suggestions import suggestions

COLUMNS = 5_000
TEXTS = {
    "a column of the table": "SELECT column_49 FROM wide WHERE column_12",
    "a column, no table named": "SELECT column_12",
    "the column to predict": "CREATE MODEL m PREDICT column_4",
    "a table": "SELECT * FROM wi",
    "a function": "SELECT regexp_",
    "an option": "CREATE MODEL m PREDICT column_1 WITH (max",
    "a model": "SELECT * FROM PREDICT(MODEL ",
    "anything": "SELECT ",
}


def prompt(home: str) -> None:
    """From the start of a process to its prompt."""
    environment = os.environ | {"HOME": home, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = pexpect.spawn(sys.executable, ["-m", "sqlml", "shell"], env=environment, timeout=60)
    process.expect("sqlml>")
    process.close(force=True)


def completed(db: sqlml.Connection, text: str, times: int) -> tuple[list[float], list[float]]:
    """Seconds of a completion when the catalog is yet to be asked, and when it has been."""
    first, again, earlier = [], [], Names(db)
    suggestions("SELECT a", earlier)
    for _ in range(times):
        names = Names(db)
        names.keep_functions(earlier)
        complete: Callable[[], object] = lambda names=names: suggestions(text, names)  # type: ignore[misc]  # noqa: E731
        first.append(seconds(complete))
        again.append(seconds(complete))
    return first, again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    print(machine("prompt-toolkit"))
    with tempfile.TemporaryDirectory() as home:
        took = [seconds(lambda: prompt(home)) for _ in range(times)]
        print(f"\nprompt after {spread(took)}, the first {took[0]:.3f} s\n")
        db = sqlml.connect(Path(home) / "wide.duckdb")
        db.execute(f"CREATE TABLE wide AS SELECT {', '.join(f'{at} AS column_{at}' for at in range(COLUMNS))}")
        print(f"with {COLUMNS:,} columns:\n\n| what | found | first in a statement | again |\n|---|---|---|---|")
        for name, text in TEXTS.items():
            first, again = completed(db, text, times)
            found = len(suggestions(text, Names(db)))
            print(f"| {name} | {found} | {spread(first, 'ms', 1000)} | {spread(again, 'ms', 1000)} |")


if __name__ == "__main__":
    main()
