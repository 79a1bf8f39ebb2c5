"""A job's events on standard error: with a JSON log an object on a line for each, else diagnostics alone.

Their keys are always there, NULL where there is nothing to say; `examples/jobs` has the list. Between these stand a
`diagnostic` as soon as it is known, and `progress` for each phase of a training.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import click

from sqlml.cli.formats import Answer
from sqlml.diagnostics import Diagnostic, Severity
from sqlml.engine.runs import Tally
from sqlml.engine.script import Part

# Longer texts are cut, as in `sqlml.diagnostics`.
_LONGEST = 4_000


class Events:
    """Where the events of the run `run` go: nowhere, unless the log is of JSON."""

    def __init__(self, log: str, run: str, job: str | None) -> None:
        self._is_json = log == "json"
        self._run = run
        self._job = job

    def started(self, database: str, statements: int, *, dry_run: bool) -> None:
        self._write(
            "job_started",
            job=self._job,
            database=database,
            statements=statements,
            dry_run=dry_run,
            sqlml_version=version("sqlml"),
        )

    def statement(self, number: int, part: Part, seconds: float, answer: Answer, told: Sequence[Diagnostic]) -> None:
        model = {name: answer.first.get(name) for name in ("model", "version", "metric", "value")}
        self._write(
            "statement",
            number=number,
            line=part.line,
            statement=part.text[:_LONGEST],
            seconds=round(seconds, 3),
            rows=answer.rows,
            notices=[one.message for one in told if one.severity is not Severity.ERROR],
            diagnostics=[
                {"severity": one.severity, "condition": one.condition, "reference": one.reference} for one in told
            ],
            failed=any(one.severity is Severity.ERROR for one in told),
            **model,
        )

    def ended(self, status: str, exit_status: int, seconds: float, tally: Tally) -> None:
        self._write(
            "job_ended",
            job=self._job,
            status=status,
            exit_status=exit_status,
            seconds=round(seconds, 3),
            statements=tally.statements,
            failed=tally.failed,
            rows=tally.rows,
        )

    def _write(self, event: str, **fields: Any) -> None:
        if self._is_json:
            about = {"event": event, "time": datetime.now(UTC).isoformat(), "run": self._run}
            with suppress(BrokenPipeError):
                click.echo(json.dumps(about | fields, ensure_ascii=False, default=str), err=True)
