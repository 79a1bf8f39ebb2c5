"""The public connection: DuckDB's own, that understands the language too."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from types import FrameType, TracebackType
from typing import Any, Self, cast

from sqlml.diagnostics import Diagnostic, Problem
from sqlml.dialect import ROW_CALLS, Node, Statement, calls, is_ours, lex, mentions_us, near_miss, statements
from sqlml.engine import registration
from sqlml.engine.cancellation import Cancellation
from sqlml.engine.client import Client
from sqlml.engine.database import (
    SHORT,
    Findings,
    Host,
    Inner,
    Parameters,
    Refused,
    Unparsed,
    in_frame,
    opened,
    tokenize,
)
from sqlml.engine.description import Description, described, ours
from sqlml.engine.errors import error
from sqlml.engine.instance import Instance, instance
from sqlml.engine.operators.answer import Answer
from sqlml.engine.progress import Listener
from sqlml.engine.record import Record, Source, row
from sqlml.engine.run import run
from sqlml.engine.scope import Around, Scope
from sqlml.engine.worded import arrived, lacks_function
from sqlml.faults import of_system
from sqlml.faults.problems import InternalError
from sqlml.statements import STATEMENTS
from sqlml.statements.parts import model_name

# DuckDB's methods that return the connection itself.
_FLUENT = frozenset("abort begin checkpoint commit complete create_function register rollback unregister".split())

# Makes of SQL and parameters the call of DuckDB whose result the user's own call returns. The call must not add a
# Python frame of its own: DuckDB looks for variables in the innermost one.
Execute = Callable[[Any, Parameters], Callable[[], Any]]


@dataclass(frozen=True)
class _Script:
    """A text as its statements; `has_ours` where one of them is ours or calls a model."""

    text: str
    statements: list[Statement]
    has_ours: bool


@lru_cache(maxsize=64)
def _known(text: str) -> _Script:
    return _read(text)


def _read(text: str) -> _Script:
    found = statements(lex(text, tokenize(text)))
    return _Script(text, found, any(is_ours(one) or next(calls(one.tokens), None) for one in found))


class Connection:
    """A DuckDB connection that understands CREATE MODEL, PREDICT, EVALUATE and their kin.

    It has every method of `duckdb.DuckDBPyConnection`. SQL that is not ours reaches DuckDB as it was written, and
    what comes back, errors included, is DuckDB's. `notices` holds what the last statement of ours decided for
    the user. Errors of ours are `duckdb.Error`s with a `diagnostic`. While a model is trained, `on_progress` is called
    with a `Progress` whenever there is something to tell, in the thread of the statement; it must not use the
    connection.

    `client` is on whose behalf a server's connection runs statements, `job` the number of what it runs in the
    background, and `instance` what all connections to the database share.
    """

    def __init__(
        self,
        inner: Inner,
        record: Record | None = None,
        shared: Instance | None = None,
        root: "Connection | None" = None,
    ) -> None:
        self._inner = inner
        self._record = record or Record(inner)
        self._root = root or self
        self.instance = shared or Instance()
        self.client: Client | None = None
        self.job: int | None = None
        self._cancellation = Cancellation()
        self._findings: Findings = root._findings if root else Findings()
        self.notices: list[Diagnostic] = []
        self.on_progress: Listener | None = None
        if root is None:
            registration.keep(inner)

    def execute(self, query: object, parameters: Parameters = None) -> Any:
        """Runs a statement or a script; the rows of its last statement are fetched from the connection.

        Returns the connection; None where there was no statement.
        """
        return self._itself(self._run(query, parameters, self._executing, sys._getframe(1)))

    def executemany(self, query: object, parameters: Parameters = None) -> Any:
        """Runs a statement once for each set of parameters."""
        frame = sys._getframe(1)
        if isinstance(query, str) and mentions_us(query) and self._read(query).has_ours:
            for values in parameters or ():  # type: ignore[attr-defined]
                self._run(query, values, self._executing, frame)
            return self
        return self._itself(in_frame(frame, partial(cast("Any", self._inner.executemany), query, parameters)))

    def sql(self, query: object, *, alias: str = "", params: Parameters = None) -> Any:
        """Runs SQL; the rows of its last statement come back as a DuckDB relation, None if it has no rows."""
        return self._run(query, params, partial(_relating, self._inner.sql, alias), sys._getframe(1))

    def query(self, query: object, *, alias: str = "", params: Parameters = None) -> Any:
        """The same as `sql`."""
        return self._run(query, params, partial(_relating, self._inner.query, alias), sys._getframe(1))

    def describe(self, query: str) -> Description:
        """What the only statement of a text is, and what it must be given; nothing of it is run.

        Raises:
            ProgrammingError: the text holds no statement, or several.
        """
        host = self.host()
        try:
            return described(host, query, lambda source: self.scope(host, source, None))
        except Problem as problem:
            raise self._kept(problem, query) from problem.__cause__

    def host(self) -> Host:
        """The connection as statements of ours use it, for the engine's own questions."""
        return self._host(None)

    def cursor(self) -> "Connection":
        """Another connection to the same database, for another thread."""
        beside = Connection(self._inner.cursor(), self._record, self.instance, self._root)
        beside.client = self.client
        return beside

    duplicate = cursor

    def close(self) -> None:
        """Closes the connection and its cursors; jobs that were begun on them end, and keep nothing."""
        if self._root is self:
            self.instance.jobs.leave(self)
        self._inner.close()

    def interrupt(self) -> None:
        """Stops the statement that runs on this connection, from another thread."""
        self._cancellation.request()
        self._inner.interrupt()

    def finish(self) -> None:
        """Ends the training that runs on this connection with the best model so far, from another thread.

        Where several targets are learnt, it is the training of the one that is being learnt. Before the first trial and
        where nothing is trained, it does nothing; `interrupt` ends a training without a model.
        """
        self._cancellation.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._root is self:
            self.instance.jobs.leave(self)
        self._inner.__exit__(kind, value, traceback)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return partial(self._fluent, value) if name in _FLUENT else value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._inner)})

    def _fluent(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return self._itself(method(*arguments, **named))

    def _executing(self, query: Any, parameters: Parameters) -> Callable[[], Any]:
        return partial(self._inner.execute, query, parameters)

    def _itself(self, result: Any) -> Any:
        return self if isinstance(result, Inner) else result

    def _run(self, query: object, parameters: Parameters, execute: Execute, frame: FrameType) -> Any:
        if not isinstance(query, str):
            return in_frame(frame, execute(query, parameters))
        if mentions_us(query):
            script = self._read(query)
            if script.has_ours:
                return self._script(script, parameters, execute, frame)
        try:
            return in_frame(frame, execute(query, parameters))
        except Refused as refusal:
            if problem := arrived(refusal):
                raise self._kept(problem, query) from problem.__cause__
            is_unknown = lacks_function(refusal, ROW_CALLS)
            if not is_unknown and not isinstance(refusal, Unparsed):
                raise
            script = self._read(query)
            if script.has_ours or (is_unknown and self._calls_bare(script, frame)):
                return self._script(script, parameters, execute, frame)
            if not is_unknown and (meant := _meant(script.statements)):
                raise self._kept(meant, query) from None
            raise

    def _calls_bare(self, script: _Script, frame: FrameType) -> bool:
        """Whether a statement that DuckDB refused calls `PREDICT(m, row)`, and `m` is a model.

        Of a script nobody knows how much of it has been run.
        """
        if len(script.statements) > 1:
            return False
        # In an aborted transaction nothing can be asked.
        with suppress(Problem):
            return self.scope(self._host(frame), (script.text, script.statements[0]), None).bare()
        return False

    def _read(self, text: str) -> _Script:
        try:
            return _known(text) if len(text) <= SHORT else _read(text)
        except Problem as problem:
            raise self._kept(problem, text) from None

    def _kept(self, problem: Problem, text: str) -> Exception:
        """The error for a text that cannot be read, which is in the record now."""
        self._record.before(Host(self._inner))
        self._record.keep([row(problem, text, Source(text))])
        return error(problem, text)

    def _script(self, script: _Script, parameters: Parameters, execute: Execute, frame: FrameType) -> Any:
        """Runs a script of which something is ours; parameters and rows are the last statement's, as in DuckDB."""
        self.notices = []
        *earlier, last = script.statements
        for statement in earlier:
            scope = self.scope(self._host(frame), (script.text, statement), None)
            self._statement(scope, statement, self._executing)
        return self._statement(self.scope(self._host(frame), (script.text, last), parameters), last, execute)

    def _host(self, frame: FrameType | None) -> Host:
        return Host(self._inner, frame, self._findings)

    def scope(self, host: Host, source: tuple[str, Statement], parameters: Parameters) -> Scope:
        """A statement of a script on this connection, as it is read; `host` is this connection's."""
        return Scope(
            host,
            source,
            parameters,
            Around(
                stop=self._cancellation,
                listener=self.on_progress,
                record=self._record,
                instance=self.instance,
                root=self._root,
                beside=partial(self._beside, host),
                client=self.client,
                job=self.job,
            ),
        )

    def _beside(self, host: Host) -> "Connection":
        """A connection that does not end with this one, on which settings and variables are what they are here."""
        beside = self._root.cursor()
        beside.client = self.client
        beside.host().resemble(host)
        return beside

    def _statement(self, scope: Scope, statement: Statement, execute: Execute) -> Any:
        piece = scope.text[scope.span.start : scope.span.end]
        with self.instance.activities.doing(piece, self.client, self.job) as scope.activity:
            return self._done(scope, statement, execute)

    def _done(self, scope: Scope, statement: Statement, execute: Execute) -> Any:
        failures: list[Problem] = []
        try:
            self._record.before(scope.host)
            node = ours(statement, scope)
            if node is None:
                return self._embedding(scope, execute)
            answer = _answered(node, scope)
            with answer.composed.blamed():
                return scope.host.call(execute(scope.host.read(answer.composed.text), answer.parameters))
        except Problem as problem:
            failures.append(problem)
            raise error(problem, scope.text) from problem.__cause__
        except Unparsed:
            if meant := _meant([statement]):
                failures.append(meant)
                raise error(meant, scope.text) from None
            raise
        finally:
            self.notices += [notice.diagnostic(scope.text) for notice in scope.notices]
            told = [*scope.notices, *scope.asides, *failures]
            if told:
                source = _source(statement, scope.text)
                self._record.keep([row(problem, scope.text, source) for problem in told])
            # A failure holds this call, and with it the connection, and must not be held by it.
            del failures, told

    def _embedding(self, scope: Scope, execute: Execute) -> Any:
        """Runs a statement of DuckDB's, with the calls to models in it replaced.

        What may be `PREDICT(m, row)` is DuckDB's first: it may know a function of that name.
        """
        try:
            return self._embedded(scope, execute)
        except (Refused, Problem) as refusal:
            if not lacks_function(refusal, ROW_CALLS) or not scope.bare():
                raise
        return self._embedded(scope, execute)

    def _embedded(self, scope: Scope, execute: Execute) -> Any:
        composed = scope.composed(scope.span)
        if composed.is_verbatim:
            return scope.host.call_untranslated(execute(composed.text, scope.given))
        call = execute(scope.host.read(composed.text), scope.given)
        try:
            with composed.blamed():
                return scope.host.call(call)
        except Problem:
            if scope.doubt is not None:
                raise scope.doubt from scope.doubt.__cause__
            raise


def _answered(node: Node, scope: Scope) -> Answer:
    """What a statement of ours comes to; whatever nobody foresaw leaves with a reference, and not as itself."""
    try:
        return run(STATEMENTS[node.rule](node, scope.text, scope), scope)
    except (Problem, Refused):
        raise
    except Exception as cause:
        raise of_system(cause) or InternalError.caused(cause) from cause


def connect(database: Any = ":memory:", read_only: bool = False, config: dict[str, Any] | None = None) -> Connection:
    """Opens a DuckDB database, as `duckdb.connect` does, with the language added."""
    inner = opened(database, read_only, config or {})
    registration.register(inner)
    return Connection(inner, shared=instance(database))


def _relating(method: Callable[..., Any], alias: str, query: Any, parameters: Parameters) -> Callable[[], Any]:
    return partial(method, query, alias=alias, params=parameters)


def _meant(statements: Sequence[Statement]) -> Problem | None:
    """The problem of statements that DuckDB cannot parse, if one of them misspells a statement of ours."""
    return next(filter(None, map(near_miss, statements)), None)


def _source(statement: Statement, text: str) -> Source:
    """The statement of the script `text`, with the first model that it names."""
    node = is_ours(statement) or next(calls(statement.tokens), None)
    piece = text[statement.span.start : statement.span.end]
    return Source(piece) if node is None or "model" not in node else Source(piece, str(model_name(node)))
