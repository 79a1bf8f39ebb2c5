"""Three views of one diagnostic: for people, for jobs, for clients of a server."""

from sqlml.diagnostics.render.json import as_json
from sqlml.diagnostics.render.status import Status, as_status
from sqlml.diagnostics.render.text import as_text

__all__ = ["Status", "as_json", "as_status", "as_text"]
