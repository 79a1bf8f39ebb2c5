"""Loaded by every Python process that starts with this folder on its path: breaks what the environment says.

SQLML_TEST_FAULT is a JSON object: `at`, a function as `module:name.name`, and what a call of it does: it `raises` an
exception of that name that `says` something, gets itself a `signal`, or `prints` on stderr and goes on.
"""

import builtins
import importlib
import json
import os
import sys
from typing import Any


def breaking(at: str, raises: str = "", says: str = "", signal: int = 0, prints: str = "") -> None:
    module, _, path = at.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    whole = getattr(owner, name)

    def broken(*arguments: Any, **named: Any) -> Any:
        if prints:
            os.write(2, f"{prints}\n".encode())
            return whole(*arguments, **named)
        if signal:
            os.kill(os.getpid(), signal)
        raise (getattr(builtins, raises, None) or type(raises, (Exception,), {}))(says)

    setattr(owner, name, broken)


if fault := os.environ.get("SQLML_TEST_FAULT"):
    try:
        breaking(**json.loads(fault))
    except ImportError:
        # The interpreter asks for this file also where sqlml cannot be found.
        sys.stderr.write("no fault was injected\n")
