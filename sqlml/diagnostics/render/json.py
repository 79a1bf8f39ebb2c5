"""A diagnostic for jobs: one JSON object on one line."""

import json
from dataclasses import asdict

from sqlml.diagnostics.diagnostic import Diagnostic


def as_json(diagnostic: Diagnostic) -> str:
    """Every field under its own name; `line`, `column` and `excerpt` stand for the place."""
    fields = asdict(diagnostic)
    place = fields.pop("place") or {"line": None, "column": None, "excerpt": None}
    return json.dumps(fields | place, ensure_ascii=False)
