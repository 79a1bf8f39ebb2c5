"""`--dry-run`: a row for each statement of a script, which says how far it could be checked."""

from collections.abc import Callable

import sqlml
from sqlml.cli.formats import FORMATS, Answer
from sqlml.cli.problems import NotChecked
from sqlml.cli.script import Manner, moved
from sqlml.diagnostics import Diagnostic
from sqlml.engine.dry_run import DryRun, Finding
from sqlml.engine.script import Part
from sqlml.quote import literal

_COLUMNS = "line, statement, checked, rows, takes, note"


class Checks:
    """The checks of a script's statements, in order."""

    def __init__(self, run: DryRun, manner: Manner) -> None:
        self._run = run
        self._manner = manner
        self._rows: list[str] = []

    def check(self, part: Part, hear: Callable[[Diagnostic], None]) -> Answer:
        """Checks a statement.

        Raises:
            sqlml.Error: it is wrong; its place is the script's.
        """
        try:
            found = self._run.check(part, self._manner.of(part))
        except sqlml.Error as failure:
            if isinstance(failure, sqlml.Diagnosed):
                failure.diagnostic = moved(failure.diagnostic, part.line)
            self._add(part, "wrong", Finding())
            raise
        if found.doubt:
            hear(NotChecked(part.line, found.doubt).diagnostic())
        self._add(part, "in part" if found.doubt else "whole", found)
        return Answer(None)

    def write(self, db: sqlml.Connection) -> None:
        """Writes what was found to standard output."""
        if self._rows:
            FORMATS[self._manner.rows](db, f"SELECT * FROM (VALUES {', '.join(self._rows)}) t({_COLUMNS})", None)

    def _add(self, part: Part, checked: str, found: Finding) -> None:
        rows = "NULL" if found.rows is None else str(found.rows)
        texts = [literal(text) if text else "NULL" for text in (part.text, checked, found.takes, found.doubt)]
        self._rows.append(f"({part.line}, {texts[0]}, {texts[1]}, {rows}::BIGINT, {texts[2]}, {texts[3]})")
