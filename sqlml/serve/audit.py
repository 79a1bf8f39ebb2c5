"""A line about each statement, for whoever keeps the server: who ran what kind of it, how long, and how it ended."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TextIO

Audit = Callable[..., None]


class Lines:
    """Writes objects of JSON, one a line. No text of a statement and no value is in them: both may hold secrets."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._lock = Lock()

    def __call__(self, event: str, **facts: Any) -> None:
        """Tells of an event; `facts` that are None are left out."""
        record = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
        told = {name: fact for name, fact in facts.items() if fact is not None}
        line = json.dumps(record | told, ensure_ascii=False, default=str)
        with self._lock:
            print(line, file=self._stream, flush=True)
