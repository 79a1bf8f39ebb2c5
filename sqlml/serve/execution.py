"""A statement of a client's from its text to its rows: described, allowed, run, and told of in the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import pyarrow as pa

import sqlml
from sqlml.diagnostics import Diagnostic, Problem
from sqlml.engine.description import Description
from sqlml.serve import columns, roles, sight
from sqlml.serve.audit import Audit
from sqlml.serve.failures import Refused, refused, traced
from sqlml.serve.lanes import Lane
from sqlml.serve.limits import Limits
from sqlml.serve.problems import NotAllowed, ParametersUnfit, TextTooLong
from sqlml.serve.results import Result, ending
from sqlml.serve.roles import READS, Role
from sqlml.serve.running import Caller, Done, Run, Runner
from sqlml.serve.sessions import Session

# Statements that take as long as a training may.
_TRAINS = frozenset({"create_model", "refresh_model"})
# Statements of DuckDB's that may have rows, beside those that read.
_MAY_RETURN = frozenset({"call", "delete", "insert", "merge_into", "multi", "update"})


@dataclass(frozen=True)
class Asked:
    """A statement as a client sent it: its text, its transaction, rows of values for its parameters.

    `description` is what it is, where that was found when it was prepared.
    """

    text: str
    transaction: bytes | None = None
    values: Sequence[list[Any]] = ()
    description: Description | None = None


@dataclass(frozen=True)
class Answered:
    """What a statement came to: the handle of its result, or how many rows it changed, -1 where nobody counts.

    `notices` are what was decided for the user.
    """

    handle: bytes | None
    schema: pa.Schema
    count: int = -1
    notices: Sequence[Diagnostic] = ()


class Execution:
    """Runs statements of sessions, as far as roles and limits allow.

    Raises:
        Refused: everything that a client is told.
    """

    def __init__(self, runner: Runner, limits: Limits, audit: Audit) -> None:
        self._runner, self._limits, self._audit = runner, limits, audit

    def prepare(self, session: Session, caller: Caller, asked: Asked) -> tuple[Description, pa.Schema]:
        """What a statement is, and the columns of its rows; none where it has none, or where nobody can tell."""

        def look(run: Run) -> tuple[Description, pa.Schema]:
            found = self._described(session, run, asked)
            return found, self._columns(session, run, asked, found)

        return self._told(session, caller, asked.text, look, quiet=True)

    def run(self, session: Session, caller: Caller, asked: Asked) -> Answered:
        """Runs a statement, once for each row of values, all or none; its rows wait to be fetched."""

        def work(run: Run) -> Answered:
            session.check_room()
            found = self._described(session, run, asked)
            run.kind = found.kind
            if found.kind in _TRAINS:
                run.seconds = self._limits.training_seconds
            return self._ran(session, run, asked, found)

        return self._told(session, caller, asked.text, work)

    def end(self, session: Session, caller: Caller, handle: bytes, *, commits: bool) -> None:
        """Ends a transaction: commits it, or undoes it."""
        lane = session.transaction(handle)

        def work(run: Run) -> None:
            with lane.taken(run, {}, reading=False) as db:
                db.execute("COMMIT" if commits else "ROLLBACK")

        try:
            self.timed(session, caller, "transaction", work)
        finally:
            lane.close()

    def place(self, session: Session, caller: Caller) -> tuple[str, str]:
        """The catalog and the schema in which the session looks for names."""

        def look(run: Run) -> tuple[str, str]:
            lane, reading = session.lane("select", None)
            with lane.taken(run, session.settings, reading=reading) as db:
                ((catalog, schema),) = db.execute("SELECT current_database(), current_schema()").fetchall()
                return catalog, schema

        return self._runner.run(caller, look)

    def timed(self, session: Session, caller: Caller, kind: str, work: Callable[[Run], Done]) -> Done:
        """Does work that stands for a statement of this kind, and tells of it."""

        def known(run: Run) -> Done:
            run.kind = kind
            return work(run)

        return self._told(session, caller, "", known)

    def _described(self, session: Session, run: Run, asked: Asked) -> Description:
        """What a statement is, if its user may run it."""
        if asked.description is not None:
            return asked.description
        if len(asked.text.encode()) > self._limits.text:
            raise TextTooLong(self._limits.text)
        lane, _ = session.lane("select", asked.transaction)
        with lane.taken(run, session.settings, reading=False) as db:
            found = db.describe(asked.text)
            roles.check(session.user.role, found.kind)
            sight.check(session.user.role, asked.text, db)
        return found

    def _columns(self, session: Session, run: Run, asked: Asked, found: Description) -> pa.Schema:
        if not _has_rows(found):
            return pa.schema([])
        lane, reading = session.lane(found.kind, asked.transaction)
        with lane.taken(run, session.settings, reading=reading) as db:
            if found.kind == "select" and not reading and not _only_reads(db, asked, found):
                return pa.schema([])
            try:
                relation = db.sql(found.rows) if found.rows else _unvalued(db, asked.text, found)
            except sqlml.Error:
                if found.kind != "select" or _only_reads(db, asked, found):
                    raise
                return pa.schema([])
            shown = columns.spelt(relation).limit(0).to_arrow_table().schema
            return columns.shown(shown, relation.columns, [str(type_) for type_ in relation.types])

    def _ran(self, session: Session, run: Run, asked: Asked, found: Description) -> Answered:
        lane, reading = session.lane(found.kind, asked.transaction)
        is_admin = session.user.role is Role.ADMIN
        # DuckDB has queries that insert, and explanations that run what they explain.
        with lane.taken(run, session.settings, reading=reading and not is_admin) as db:
            if found.kind == "select" and not reading and not is_admin and not _only_reads(db, asked, found):
                raise NotAllowed("`INSERT`", session.user.role, [str(Role.ADMIN)])
            if len(asked.values) > 1:
                return Answered(None, pa.schema([]), _repeated(db, asked, found))
            db.notices = []
            relation = _related(db, asked.text, found, asked.values[0] if asked.values else [])
            if found.kind in ("set", "transaction"):
                session.learn(db, found.kind)
            if relation is None or _is_count(found, relation.columns):
                rows = relation.fetchall() if relation is not None else []
                return Answered(None, pa.schema([]), _counted(rows), tuple(db.notices))
            return self._kept(session, lane, db, asked.text, found.kind, relation)

    def _kept(
        self, session: Session, lane: Lane, db: sqlml.Connection, text: str, kind: str, relation: Any
    ) -> Answered:
        """The rows of a statement, which wait on its connection to be fetched."""
        started = monotonic()

        def ended(result: Result, problem: BaseException | None) -> None:
            session.activities.end(activity)
            lane.ended()
            facts = {"rows": result.rows, "ms": _since(started), "outcome": ending(problem)}
            self._audit("result", **_who(session), kind=kind, **facts)

        result = Result(db, text, relation, self._limits.batch, ended)
        activity = session.activities.outlasting("sending the rows")
        lane.keep(result)
        try:
            return Answered(session.keep(result), result.schema, notices=tuple(db.notices))
        except Problem as problem:
            result.end(problem)
            raise

    def _told(
        self, session: Session, caller: Caller, text: str, work: Callable[[Run], Done], *, quiet: bool = False
    ) -> Done:
        """Does what is asked for a statement; what it comes to is told in the log, and to its client if it fails."""
        started, run = monotonic(), self._runner.begin()

        def shown(run: Run) -> Done:
            with session.activities.doing(text or "COMMIT or ROLLBACK", session.client):
                return work(run)

        try:
            done = self._runner.run(caller, work if quiet else shown, run)
        except Exception as error:
            raise self._failed(session, run, _since(started), refused(error, text)) from error
        if not quiet:
            rows = done.count if isinstance(done, Answered) and done.count >= 0 else None
            self._audit("statement", **_who(session), kind=run.kind, ms=_since(started), rows=rows, outcome="done")
        return done

    def _failed(self, session: Session, run: Run, took: float, failure: Refused) -> Refused:
        """The failure, which the log is told of."""
        facts = {"outcome": failure.diagnostic.condition, "internal": traced(failure)}
        self._audit("statement", **_who(session), kind=run.kind, ms=took, **facts)
        return failure


def _who(session: Session) -> dict[str, str]:
    return {"user": session.user.name, "role": str(session.user.role), "session": session.name}


def _since(started: float) -> float:
    return round((monotonic() - started) * 1000, 1)


def _related(db: sqlml.Connection, text: str, found: Description, values: list[Any]) -> Any:
    """The rows of a statement, as a relation; None where it has none."""
    given = _given(found, values)
    try:
        return db.sql(text, params=given)
    except sqlml.ProgrammingError as error:
        if found.kind in READS and not isinstance(error, sqlml.Diagnosed):
            _placed(db, text, given)
        raise


def _placed(db: sqlml.Connection, text: str, given: Any) -> None:
    """Has a statement that DuckDB refused to begin refused again: asked this way, it also says where in the text.

    In a call of its own, as DuckDB looks at the variables of who asks, and keeps them.
    """
    db.execute(text, given)


def _unvalued(db: sqlml.Connection, text: str, found: Description) -> Any:
    """The rows of a statement that has got no values yet, as a relation that nobody runs."""
    return _related(db, text, found, [None] * len(found.parameters))


def _only_reads(db: sqlml.Connection, asked: Asked, found: Description) -> bool:
    """Whether a SELECT is no more than that: DuckDB refuses to describe one that writes."""
    try:
        db.sql(f"DESCRIBE {asked.text}", params=_given(found, [None] * len(found.parameters)))
    except sqlml.Error as error:
        if "data-modifying" in str(error):
            return False
        # Whatever else is wrong with it is told better when it is looked at as it stands.
    return True


def _given(description: Description, values: list[Any]) -> Any:
    """The values as DuckDB takes them: by number, or by name."""
    names = list(description.parameters)
    if len(names) != len(values):
        raise ParametersUnfit(len(names), len(values))
    if not names:
        return None
    return values if all(name.isdigit() for name in names) else dict(zip(names, values, strict=True))


def _repeated(db: sqlml.Connection, asked: Asked, found: Description) -> int:
    """Runs a statement that has no rows once for each row of values, all or none; how many rows it changed."""
    if _has_rows(found):
        raise ParametersUnfit(len(found.parameters), sum(map(len, asked.values)))
    with db.host().transaction():
        counts = [_counted(db.execute(asked.text, _given(found, row)).fetchall()) for row in asked.values]
    return sum(counts) if min(counts) >= 0 else -1


def _has_rows(found: Description) -> bool:
    return found.kind in READS or found.rows is not None


def _is_count(found: Description, names: list[str]) -> bool:
    """Whether what DuckDB returns of a statement is no rows of it, but how many it changed, or that it is done."""
    if _has_rows(found):
        return False
    return names in (["Count"], ["Success"]) or found.kind not in _MAY_RETURN


def _counted(rows: list[tuple[Any, ...]]) -> int:
    return int(rows[0][0]) if rows and isinstance(rows[0][0], int) and not isinstance(rows[0][0], bool) else -1
