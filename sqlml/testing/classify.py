"""What raw failures are taken for: a line of JSON in, a line of JSON out."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlml.faults import classified, worded


def classify(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Of each failure (`id`, `raw` and, where it is known, `raised_as`), what it is and what is said of it.

    `class` and `retryable` are those of `sqlml.faults`; the rest is the diagnostic's.
    """
    for line in lines:
        if not line.strip():
            continue
        failure = json.loads(line)
        fault = classified(failure["raw"], failure.get("raised_as") or "")
        said = worded(fault).diagnostic()
        yield {
            "id": failure["id"],
            "class": str(fault.kind),
            "retryable": str(fault.advice),
            "condition": said.condition,
            "sqlstate": said.sqlstate,
            "message": said.message,
            "detail": said.detail,
            "hint": said.hint,
        }
