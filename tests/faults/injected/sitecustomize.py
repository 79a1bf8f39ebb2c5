"""Loaded by every Python process that starts with this folder on its path: breaks what the environment says.

SQLML_TEST_FAULT is a JSON object. `at` is a function, as `module:name.name`; of its first `times` calls, or of all,
each `raises` an exception of that name that `says` something, or gives what it `returns`, or `prints` on stderr and
goes on. `runs` is a function, as `module:name`, that is called with what it `says` instead.
"""

import builtins
import importlib
import json
import os
from itertools import count
from typing import Any

WHOLE = object()


def running(runs: str, says: str = "") -> None:
    module, _, name = runs.partition(":")
    getattr(importlib.import_module(module), name)(says)


def breaking(at: str, raises: str = "", says: str = "", prints: str = "", returns: Any = WHOLE, times: int = 0) -> None:
    module, _, path = at.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    whole, calls = getattr(owner, name), count(1)

    def broken(*arguments: Any, **named: Any) -> Any:
        if times and next(calls) > times:
            return whole(*arguments, **named)
        if raises:
            raise (getattr(builtins, raises, None) or type(raises, (Exception,), {}))(says)
        if prints:
            os.write(2, f"{prints}\n".encode())
        return whole(*arguments, **named) if returns is WHOLE else returns

    setattr(owner, name, broken)


if fault := os.environ.get("SQLML_TEST_FAULT"):
    given = json.loads(fault)
    (running if "runs" in given else breaking)(**given)
