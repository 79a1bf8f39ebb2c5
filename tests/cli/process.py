"""`sqlml run` as a process of its own, and what its log tells."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Seconds in which whatever is waited for must have come.
SOON = 60.0

CUSTOMERS = """
CREATE OR REPLACE TABLE customers AS
SELECT i AS id, (i * 37) % 70 AS age, ['basic', 'plus', 'pro'][1 + i % 3] AS plan,
       ((i * 37) % 70 < 30) <> (i % 11 = 0) AS churned
FROM range(400) t(i);
"""
MODEL = "CREATE MODEL IF NOT EXISTS churn PREDICT churned WITH (max_trials = 1) AS FROM customers;"
LONG = "CREATE MODEL churn PREDICT churned WITH (max_runtime = '10 minutes', effort = 'best') AS FROM customers;"
ENDLESS = "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE hash(a.range, b.range) = 1;"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "sqlml", "run", *map(str, arguments)]


class Started:
    """A job that is running, its log in JSON."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            command("--log-format", "json", "--format", "jsonl", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | environment,
        )
        self._text = b""

    def events(self) -> list[dict[str, Any]]:
        """What has been told so far, in whole lines."""
        whole, _, _ = self._text.rpartition(b"\n")
        return [json.loads(line) for line in whole.splitlines()]

    def tells(self, fits: Callable[[dict[str, Any]], bool]) -> bool:
        """Waits until it tells of something that fits; whether it did before its end."""
        assert self.process.stderr is not None
        deadline = time.monotonic() + SOON
        while not any(map(fits, self.events())):
            assert select.select([self.process.stderr], [], [], deadline - time.monotonic())[0], "nothing is told"
            read = os.read(self.process.stderr.fileno(), 65536)
            if not read:
                return any(map(fits, self.events()))
            self._text += read
        return True

    def ends(self) -> int:
        """Waits for the end; its exit status."""
        _, rest = self.process.communicate(timeout=SOON)
        self._text += rest
        return self.process.returncode

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)


@contextmanager
def started(*arguments: str | Path, **environment: str) -> Iterator[Started]:
    job = Started(*arguments, **environment)
    try:
        yield job
    finally:
        if job.process.poll() is None:
            job.process.kill()
            job.process.communicate()


def is_training(event: dict[str, Any]) -> bool:
    return event["event"] == "progress" and event["trials"] >= 1


def is_condition(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event.get("condition") == name
