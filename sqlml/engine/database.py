"""The gate to DuckDB: everything that is asked of it."""

import json
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

from sqlml.diagnostics import Problem
from sqlml.engine import comments
from sqlml.engine.problems import TransactionAborted
from sqlml.engine.worded import translated
from sqlml.quote import identifier, literal

if TYPE_CHECKING:
    import pyarrow as pa

Parameters = object
Inner = duckdb.DuckDBPyConnection
Unparsed = duckdb.ParserException
Refused = duckdb.Error
Interrupted = duckdb.InterruptException


def opened(database: Any, read_only: bool, config: dict[str, Any]) -> Inner:
    """A connection of DuckDB's own."""
    return duckdb.connect(database, read_only, config)


def cursor_of(inner: Inner) -> Inner | None:
    """A connection beside `inner`; None where that is closed."""
    try:
        return inner.cursor()
    except duckdb.ConnectionException:
        return None


def add_function(inner: Inner, name: str, function: Callable[..., Any], types: list[str]) -> None:
    """Makes `function` (Arrow arrays in, one out; NULLs included) a function of the connection's database instance.

    `types` are those of the arguments and, last, of the result.
    """
    result = types[-1]
    arguments: list[Any] = [*types[:-1]]
    # Where another connection of this process has the same database open, the function is there.
    with suppress(duckdb.CatalogException):
        inner.create_function(
            name,
            function,
            arguments,
            result,
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )


@cache
def lock_holds() -> bool:
    """Whether no function changes settings that are locked: in DuckDB 1, some do."""
    with closing(opened(":memory:", False, {})) as inner:
        inner.execute("SET GLOBAL lock_configuration = true")
        try:
            inner.execute("CALL disable_logging()")
        except duckdb.Error:
            return True
        return False


def tokenize(text: str) -> list[tuple[int, str]]:
    """DuckDB's own tokens of `text`: UTF-8 offsets and kinds."""
    found = [(offset, _KINDS[kind]) for offset, kind in duckdb.tokenize(text)]
    return found if _tells_comments() else list(comments.told(text, found))


@cache
def _tells_comments() -> bool:
    return len(duckdb.tokenize("1--")) > 1


# Looked up once: an enumeration's `name` is slow.
_KINDS = {kind: kind.name for kind in duckdb.token_type.__members__.values()}


# The setting by which DuckDB's allocator cleans up by itself, not only when it is asked for more.
_GIVES_BACK = "allocator_background_threads"

# What a connection may have set for itself; what it shows of its progress, it shows to a person.
_SETTINGS = """
SELECT name, value FROM duckdb_settings() WHERE name NOT LIKE '%progress%' AND name NOT LIKE '%profil%' ORDER BY name
"""

# So little is kept where memory is short.
_LEAST_KEPT = "64MiB"

# Where statements of our own are run from: there are no variables, and nothing is kept alive.
_NOWHERE: FrameType = (lambda: sys._getframe(0))()

_CALL: CodeType = compile("__sqlml_call__()", "<sqlml>", "eval")


def in_frame(frame: FrameType, call: Callable[[], Any]) -> Any:
    """Runs `call` so that DuckDB finds the variables of `frame`, as if it had been called from there.

    DuckDB resolves unknown tables among the variables of the innermost Python frame. Evaluating the call
    in a frame that has the caller's variables (and its place, for DuckDB's messages) lets `FROM df` mean the
    caller's `df`.
    """
    code = _code(frame.f_code.co_filename, frame.f_lineno)
    return eval(code, frame.f_globals, {**frame.f_locals, "__sqlml_call__": call})  # noqa: S307


@lru_cache(maxsize=256)
def _code(file: str, line: int) -> CodeType:
    return _CALL.replace(co_filename=file, co_firstlineno=line)


@dataclass
class Findings:
    """What statements of a connection and its cursors have found out, for those that come later.

    `holders` are databases that were found to hold models; they may be gone. `read` are texts as DuckDB's parser has
    read them.
    """

    holders: set[str] = field(default_factory=set)
    read: dict[str, duckdb.Statement] = field(default_factory=dict)


SHORT = 4_000
"""Texts of so many letters at most are kept as they were read: what is asked often is short."""

_MOST_READ = 32
# What an operator means may be a setting's, which another connection can change.
_READ_BY_SETTING = "/"


class Host:
    """One DuckDB connection as a statement of ours uses it, seeing the variables of the statement's caller."""

    def __init__(self, inner: Inner, frame: FrameType | None = None, findings: Findings | None = None) -> None:
        self.inner = inner
        self.findings = findings or Findings()
        self._frame = frame or _NOWHERE

    @cached_property
    def current(self) -> tuple[str, str]:
        """The database and the schema that a name without them is looked for in."""
        ((database, schema),) = self.rows("SELECT current_database(), current_schema()")
        return str(database), str(schema)

    def run(self, sql: str, parameters: Parameters = None) -> None:
        """Runs one statement; its rows stay with the connection."""
        with translated():
            in_frame(self._frame, partial(self.inner.execute, sql, parameters))

    def rows(self, sql: str, parameters: Parameters = None) -> list[tuple[Any, ...]]:
        """Runs one statement and returns its rows."""
        with translated():
            return self._executed(sql, parameters).fetchall()

    def arrow(self, sql: str) -> "pa.Table":
        """Runs one query and returns its rows as an Arrow table."""
        with translated():
            return self._related(sql).to_arrow_table()

    def batches(self, sql: str, rows: int) -> "Iterator[pa.RecordBatch]":
        """Runs one query and streams its rows in Arrow batches of at most `rows`."""
        with translated():
            yield from self._related(sql).to_arrow_reader(rows)

    @contextmanager
    def registered(self, table: "pa.Table") -> Iterator[str]:
        """A name by which statements can read an Arrow table, for as long as the `with` lasts."""
        name = f"sqlml_{secrets.token_hex(6)}"
        with translated():
            self.inner.register(name, table)
        try:
            yield identifier(name)
        finally:
            # A transaction that was aborted takes the name with it.
            with suppress(duckdb.TransactionException):
                self.inner.unregister(name)

    def call(self, execute: Callable[[], Any]) -> Any:
        """Runs something that executes SQL, as if the statement's caller ran it."""
        with translated():
            return in_frame(self._frame, execute)

    def call_untranslated(self, execute: Callable[[], Any]) -> Any:
        """The same, for SQL that is DuckDB's alone: its errors stay DuckDB's."""
        return in_frame(self._frame, execute)

    def tables_of(self, sql: str) -> set[str] | None:
        """The tables and views that a query names by no schema but `main`; None where DuckDB cannot tell."""
        ((text,),) = self.rows("SELECT json_serialize_sql(?)", [sql])
        tree = json.loads(text)
        return None if tree.get("error") else set(_named(tree))

    def threads(self) -> int:
        """How many threads the connection may use."""
        return int(self.rows("SELECT current_setting('threads')")[0][0])

    def resemble(self, other: "Host") -> None:
        """Takes over the settings and variables that another connection has of its own."""
        own = dict(self.rows(_SETTINGS))
        for name, value in other.rows(_SETTINGS):
            if own.get(name) != value:
                # Where settings are locked, it has those that it was opened with.
                with suppress(Problem):
                    self.run(f"SET {name} = {literal(value)}" if value else f"RESET {name}")
        for (name,) in other.rows("SELECT name FROM duckdb_variables()"):
            ((value,),) = other.rows("SELECT getvariable(?)", [name])
            self.run(f"SET VARIABLE {identifier(name)} = ?", [value])

    def in_transaction(self) -> bool:
        """Whether the user has begun one: outside, each statement has a transaction of its own."""
        asked = "SELECT txid_current()"
        return self.rows(asked) == self.rows(asked)

    def is_usable(self) -> bool:
        """Whether statements can run: in an aborted transaction none can."""
        try:
            self.rows("SELECT 1")
        except TransactionAborted:
            return False
        return True

    @contextmanager
    def giving_back(self) -> Iterator[None]:
        """Inside, memory that DuckDB no longer needs goes back to the machine at once, where it may be told to."""
        if self._is_locked():
            yield
            return
        before = self.rows(f"SELECT current_setting('{_GIVES_BACK}')")[0][0]
        self.run(f"SET GLOBAL {_GIVES_BACK} = true")
        try:
            yield
        finally:
            with suppress(Problem):
                self.run(f"SET GLOBAL {_GIVES_BACK} = {before}")

    def let_go(self) -> None:
        """Drops what DuckDB keeps in memory of files, where it may be told to: it is read again when it is needed."""
        if self._is_locked():
            return
        before = self.rows("SELECT current_setting('memory_limit')")[0][0]
        # As much as can be is dropped, also where that is not enough for the limit to hold.
        with suppress(Problem):
            self.run(f"SET memory_limit = '{_LEAST_KEPT}'")
        with suppress(Problem):
            self.run(f"SET memory_limit = '{before}'")

    def _is_locked(self) -> bool:
        """Whether no setting may be changed: in a transaction, the mere attempt would be its end."""
        return bool(self.rows("SELECT current_setting('lock_configuration')")[0][0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is run inside stands or falls together: in the user's transaction if one is open, else in its own."""
        if self.in_transaction():
            yield
            return
        self.run("BEGIN TRANSACTION")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            # What could not be committed may be undone already; that is not what is to be told.
            with suppress(duckdb.Error):
                self.inner.execute("ROLLBACK")
            raise

    def read(self, sql: str) -> str | duckdb.Statement:
        """The only statement of a text as DuckDB has read it, once for all times that it is run.

        A text that is not kept, or cannot be read, remains what it is.
        """
        # Cursors of other threads share what is known: each step here is one that nobody can come between.
        known = self.findings.read
        statement = known.pop(sql, None) or self._parsed(sql)
        if statement is None:
            return sql
        known[sql] = statement
        for oldest in list(known)[:-_MOST_READ]:
            known.pop(oldest, None)
        return statement

    def _parsed(self, sql: str) -> duckdb.Statement | None:
        if len(sql) > SHORT or _READ_BY_SETTING in sql:
            return None
        with suppress(duckdb.Error):
            found = self.inner.extract_statements(sql)
            return found[0] if len(found) == 1 else None
        return None

    def _executed(self, sql: str, parameters: Parameters) -> Inner:
        result: Inner = in_frame(self._frame, partial(self.inner.execute, self.read(sql), parameters))
        return result

    def _related(self, sql: str) -> Any:
        return in_frame(self._frame, partial(self.inner.sql, sql))


def _named(tree: Any) -> Iterator[str]:
    """The tables in the tree of a query."""
    if isinstance(tree, list):
        for part in tree:
            yield from _named(part)
    if not isinstance(tree, dict):
        return
    is_near = tree.get("catalog_name") in ("", "temp") and tree.get("schema_name") in ("", "main")
    if tree.get("type") == "BASE_TABLE" and is_near:
        yield tree["table_name"]
    for part in tree.values():
        yield from _named(part)
