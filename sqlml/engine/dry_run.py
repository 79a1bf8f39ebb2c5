"""A script checked statement by statement: read, bound and planned, and nothing of it done.

What changes nothing but a database's catalog is done, without rows, in one transaction that is undone at the end: so
later statements find the tables of earlier ones. All else is but planned. Nothing is trained, no table is read through
to make another, and nothing outside of the database is touched.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlml.diagnostics import Problem
from sqlml.dialect import Kind, is_ours, lex, near_miss, statements
from sqlml.engine.connection import Connection
from sqlml.engine.database import Interrupted, Parameters, Refused, Unparsed, tokenize
from sqlml.engine.errors import Diagnosed, error
from sqlml.engine.record import Record
from sqlml.engine.script import Part, rule
from sqlml.faults.problems import QueryCanceled
from sqlml.quote import literal
from sqlml.statements import STATEMENTS

# What a statement's first word says of it.
_TRANSACTIONS = frozenset("ABORT BEGIN COMMIT END ROLLBACK START".split())
_OUTWARD = frozenset("ANALYZE ATTACH CALL CHECKPOINT DETACH EXPORT FORCE IMPORT INSTALL LOAD PRAGMA VACUUM".split())
_HARMLESS = frozenset("COMMENT DEALLOCATE EXPLAIN PREPARE RESET SET USE".split())
_CATALOG = frozenset("ALTER CREATE DROP".split())

# What the last may name so that undoing a transaction gives it back, and what may stand before that.
_KINDS = frozenset("FUNCTION INDEX MACRO MODEL SCHEMA SEQUENCE TABLE TYPE VIEW".split())
_BETWEEN = frozenset("OR REPLACE TEMP TEMPORARY PERSISTENT LOCAL GLOBAL UNIQUE RECURSIVE IF NOT EXISTS".split())
# Words by which ALTER TABLE goes through the rows that there are.
_READING = frozenset("CHECK FOREIGN NULL PRIMARY TYPE UNIQUE USING".split())

# On a line of its own, so that the columns of places stay what they are.
_PLAN, _EXPLAIN = "EXPLAIN (FORMAT json)\n", "EXPLAIN\n"

# Of ours: what is planned, with what asks for that; and what needs the catalog alone, and so is done.
_PLANNED = dict.fromkeys(("create_model", "evaluate", "predict", "refresh_model"), _EXPLAIN) | {"explain": ""}
_SHOWN = frozenset(
    {"describe_model", "show_create_model", "show_diagnostics", "show_jobs", "show_models", "show_trials"}
)
_CHANGED = frozenset({"alter_model", "drop_model"})
_LINE = re.compile(r"\bLINE (\d+):")
_ONE_DATABASE = "a single transaction can only write to a single attached database"


@dataclass(frozen=True)
class Finding:
    """What is known of a statement: how many rows are to be expected, what it takes, and what was not checked of it."""

    rows: int | None = None
    takes: str | None = None
    doubt: str | None = None


class DryRun:
    """The check of a script; as a context manager, nothing of it is left at the end."""

    def __init__(self, db: Connection) -> None:
        # What statements are told would otherwise be written down.
        self._db = Connection(db._inner, Record(db._inner, lasting=False), db.instance)
        self._host = self._db.host()
        self._done: list[tuple[str, Parameters]] = []
        # Names that are not what they will be, and why: what is not there, and tables that are there without rows.
        self._lacking: dict[str, str] = {}
        self._empty: dict[str, str] = {}
        self._unknown: str | None = None

    def check(self, part: Part, values: Parameters) -> Finding:
        """Checks one statement.

        Raises:
            sqlml.Error: it is wrong, whatever the statements before it do.
        """
        read = _Read(part)
        try:
            return self._checked(read, values)
        except Interrupted:
            raise
        except Refused as refusal:
            self._again()
            doubt = self._doubt(read, refusal)
            if read.made:
                self._lacking.setdefault(read.made, f"what line {part.line} makes")
            if doubt is None and (meant := near_miss(read.statement)) and isinstance(refusal, Unparsed):
                raise error(meant, part.text) from None
            if doubt is None:
                raise _one_line_up(refusal) if read.is_behind_a_line else refusal from None
            return Finding(doubt=f"not checked further: {doubt}")

    def _checked(self, read: "_Read", values: Parameters) -> Finding:
        if read.rule:
            return self._ours(read, values)
        if read.first in _TRANSACTIONS:
            undoes = read.first in ("ABORT", "ROLLBACK")
            return Finding(doubt="not done: what the lines behind it find is not undone" if undoes else None)
        if read.is_outward:
            return self._outward(read)
        if read.first in _HARMLESS:
            self._do(read.part.text, values)
            return Finding()
        if read.first in _CATALOG and not read.needs_rows:
            return self._change(read, values)
        if read.first in _CATALOG and read.made:
            self._lacking[read.made] = f"what line {read.part.line} makes of it"
        if read.first == "COPY":
            self._lacking |= dict.fromkeys(read.strings, f"the file that line {read.part.line} writes")
        return self._planned(read, values)

    def _ours(self, read: "_Read", values: Parameters) -> Finding:
        text, line = read.part.text, read.part.line
        if read.rule in _CHANGED:
            self._do(text, values)
            return Finding()
        if read.rule in _SHOWN:
            self._db.execute(text, values).fetchall()
            return Finding()
        rows = next((why for name, why in self._empty.items() if name in read.names), None)
        before = _PLANNED.get(read.rule or "")
        if rows or before is None:
            self._bind(read, values)
            needed = f"it needs the rows of {rows}" if rows else "it is not done in a dry run"
            finding = Finding(doubt=f"not checked further: {needed}")
        else:
            read.is_behind_a_line = bool(before)
            finding = _explained(self._db.execute(before + text, values).fetchall())
        if read.made:
            self._lacking[read.made] = f"the model that line {line} makes"
        return finding

    def _outward(self, read: "_Read") -> Finding:
        self._host.inner.extract_statements(read.part.text)
        line = read.part.line
        if read.first == "ATTACH":
            self._lacking |= dict.fromkeys(read.attached, f"the database that line {line} attaches")
        elif read.first in ("CALL", "IMPORT", "INSTALL", "LOAD", "PRAGMA"):
            self._unknown = f"what line {line} does"
        return Finding(doubt="not done: it reaches beyond what a dry run can undo")

    def _change(self, read: "_Read", values: Parameters) -> Finding:
        """Changes the catalog, and makes tables without their rows."""
        text, line, made = read.part.text, read.part.line, read.made
        was_there = made is not None and read.kind == "TABLE" and self._is_table(made)
        finding = Finding()
        if read.is_query_kept and not read.says_data:
            # Planned as it stands: without rows, there is nothing to expect.
            finding = self._planned(read, values)
            read.is_behind_a_line = False
            text += "\nWITH NO DATA"
        self._do(text, values)
        is_new = not (was_there and "IF" in read.words[:6])
        from_empty = any(name in self._empty for name in read.names)
        if made and read.first == "CREATE" and is_new and (read.kind == "TABLE" or from_empty):
            self._empty[made] = f"the table that line {line} makes"
            self._lacking.pop(made, None)
        return replace(finding, rows=None) if from_empty else finding

    def _planned(self, read: "_Read", values: Parameters) -> Finding:
        read.is_behind_a_line = True
        ((_, plan), *_) = self._db.execute(_PLAN + read.part.text, values).fetchall()
        is_known = not any(name in self._empty for name in read.names)
        return Finding(rows=next(_expected(json.loads(plan)), None) if is_known else None)

    def _bind(self, read: "_Read", values: Parameters) -> None:
        """Reads a statement of ours as if to run it."""
        text = read.part.text
        scope = self._db.scope(self._host, (text, read.statement), values)
        try:
            if node := is_ours(read.statement):
                STATEMENTS[node.rule](node, text, scope)
        except Problem as problem:
            raise error(problem, text) from problem.__cause__

    def _is_table(self, name: str) -> bool:
        asked = f"SELECT 1 FROM duckdb_tables() WHERE lower(table_name) = {literal(name)}"
        return bool(self._host.rows(asked))

    def _doubt(self, read: "_Read", refusal: Refused) -> str | None:
        """Why a statement may be right all the same, if it may."""
        condition = refusal.diagnostic.condition if isinstance(refusal, Diagnosed) else ""
        if isinstance(refusal, Unparsed) or condition in ("syntax_error", QueryCanceled.condition()):
            return None
        if _ONE_DATABASE in str(refusal):
            return "it writes to another database than a line before it"
        for name, why in self._lacking.items():
            if name in read.names:
                return f"it needs {why}"
        return f"it may need {self._unknown}" if self._unknown else None

    def _do(self, text: str, values: Parameters) -> None:
        self._db.execute(text, values).fetchall()
        self._done.append((text, values))

    def _again(self) -> None:
        """Begins a new transaction, in which all is as it was before an error ended the last one."""
        self._host.inner.rollback()
        self._host.inner.begin()
        for text, values in self._done:
            self._db.execute(text, values).fetchall()

    def __enter__(self) -> "DryRun":
        self._host.inner.begin()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Refused):
            self._host.inner.rollback()


class _Read:
    """What the words of a statement say of it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.rule = rule(part.text)
        self.is_behind_a_line = False
        (self.statement,) = statements(lex(part.text, tokenize(part.text)))
        self._tokens = self.statement.tokens
        self.words = [token.text.upper() if token.kind is Kind.WORD else "" for token in self._tokens]
        self.first = self.words[0] if self.words else ""

    @cached_property
    def strings(self) -> list[str]:
        return [token.content.lower() for token in self._tokens if token.kind is Kind.STRING]

    @cached_property
    def names(self) -> frozenset[str]:
        """All that may be a name in it, in lower case."""
        named = [token.name.lower() for token in self._tokens if token.kind in (Kind.WORD, Kind.QUOTED)]
        return frozenset([*named, *self.strings])

    @cached_property
    def _at(self) -> int:
        """Where its kind stands, behind CREATE, ALTER or DROP."""
        return next((i for i, word in enumerate(self.words[1:], 1) if word not in _BETWEEN), 0)

    @property
    def kind(self) -> str:
        return self.words[self._at] if self._tokens else ""

    @cached_property
    def made(self) -> str | None:
        """The name that it gives, or whose meaning it changes, without its schema."""
        if self.first not in _CATALOG or self.kind not in _KINDS:
            return None
        behind = [token for token, word in zip(self._tokens, self.words, strict=True) if word not in _BETWEEN][2:]
        last = 0
        while behind[last + 1 : last + 2] and behind[last + 1].text == "." and behind[last + 2 :]:
            last += 2
        return behind[last].name.lower() if behind else None

    @property
    def attached(self) -> list[str]:
        """The names by which an attached database may be known."""
        return [*self.names - set(self.strings), *(Path(name).stem for name in self.strings)]

    @property
    def is_outward(self) -> bool:
        """Whether what it does cannot be undone, or cannot even be planned without being done."""
        first, words = self.first, set(self.words)
        return (
            first in _OUTWARD
            or (first in _CATALOG and self.kind not in _KINDS)
            or (first == "EXPLAIN" and "ANALYZE" in self.words[1:6])
            or (first == "PIVOT" and "IN" not in words)
            or (first == "SET" and bool(words & {"SELECT", "FROM"}))
            or self.words[:2] in (["UPDATE", "EXTENSIONS"], ["COPY", "FROM"])
        )

    @property
    def needs_rows(self) -> bool:
        """Whether it goes through the rows of a table that is there."""
        return self.kind == "INDEX" or (self.first == "ALTER" and bool(_READING & set(self.words)))

    @property
    def is_query_kept(self) -> bool:
        """Whether it is CREATE TABLE … AS."""
        return self.first == "CREATE" and self.kind == "TABLE" and self._is_as_before_any_column

    @property
    def _is_as_before_any_column(self) -> bool:
        depth = 0
        for token, word in zip(self._tokens, self.words, strict=True):
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0 and word == "AS":
                return True
        return False

    @property
    def says_data(self) -> bool:
        """Whether it says itself if its rows are kept: WITH DATA, WITH NO DATA."""
        return self.words[-1:] == ["DATA"] and bool({"WITH"} & set(self.words[-3:]))


def _expected(plan: list[dict[str, Any]]) -> Iterator[int]:
    """The rows that each step of a plan is expected to give, the last step first."""
    for step in plan:
        if found := step.get("extra_info", {}).get("Estimated Cardinality"):
            yield int(found)
        yield from _expected(step.get("children", []))


def _explained(rows: list[tuple[str, str, str]]) -> Finding:
    """What EXPLAIN tells of a statement of ours."""
    said: Mapping[tuple[str, str], str] = {(step, name): detail for step, name, detail in rows}
    counted = re.match(r"\d+", said.get(("read", "rows"), ""))
    takes = [said[key] for key in (("limit", "time"), ("limit", "memory")) if key in said]
    return Finding(int(counted[0]) if counted else None, "; ".join(takes) or None)


def _one_line_up(refusal: Refused) -> Refused:
    """The error of a statement that had a line before it, as it would be without."""
    if not isinstance(refusal, Diagnosed):
        return type(refusal)(_LINE.sub(lambda found: f"LINE {max(int(found[1]) - 1, 1)}:", str(refusal)))
    told = refusal.diagnostic
    place = told.place and replace(told.place, line=max(told.place.line - 1, 1))
    return type(refusal)(replace(told, place=place))
