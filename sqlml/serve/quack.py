"""Stock DuckDB shells: what they send over DuckDB's own protocol is run as any client's statement is."""

import hmac
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight

from sqlml.diagnostics.render import as_json, as_text
from sqlml.engine.quack import MOST_OUTLETS, Crowded, Listener, Unspoken, called
from sqlml.quote import identifier, literal
from sqlml.serve.audit import Audit
from sqlml.serve.calls import LOCAL
from sqlml.serve.columns import TYPE_NAME
from sqlml.serve.execution import Asked, Execution
from sqlml.serve.failures import refused
from sqlml.serve.limits import Limits
from sqlml.serve.problems import LoginFailed, ShellsUnserved, TooBusy
from sqlml.serve.sessions import Session, Sessions
from sqlml.serve.users import User, Users

# A shell that puts rows into a table of its attached database sends this first, and then the rows, without a statement.
_ROWS_FOLLOW = re.compile(r"INSERT INTO .+ VALUES \(NULL\)", re.DOTALL)
# Types that a text cannot be cast back to.
_STAYS_TEXT = re.compile(r"\b(?:UNION\(|VARIANT\b)")
# The column for what goes wrong while rows are read: an error of its own would take along where it was raised.
_FAILURE = "failure"
# Seconds that a client has for its first statement.
_SILENCE = 60.0


class Waiting:
    """A call of a shell's: it cannot say that it has left while it waits."""

    def is_cancelled(self) -> bool:
        """Never, as far as anybody can tell."""
        return False


@dataclass
class Guest:
    """Who is at the other end of a connection, and what is read there: one result at a time."""

    user: User
    since: float = field(default_factory=monotonic)
    session: Session | None = None
    handle: bytes | None = None
    shown: str | None = None
    lock: Any = field(default_factory=Lock)

    def is_settled(self) -> bool:
        """Whether the connection has asked for something, or has had the time to."""
        return self.session is not None or monotonic() - self.since > _SILENCE


class Door:
    """Lets shells in, and answers what they send. `key` is the token for whoever is here, where there are no users.

    Raises:
        Unspoken: this DuckDB cannot speak the protocol.
        OSError: the port cannot be used.
    """

    def __init__(
        self, port: int, users: Users, sessions: Sessions, execution: Execution, limits: Limits, audit: Audit
    ) -> None:
        self._users, self._sessions, self._execution = users, sessions, execution
        self._limits, self._audit = limits, audit
        self._guests: dict[str, Guest] = {}
        # Pages in a browser can reach a port of the machine: here, being on it is not enough.
        self.key = None if users else secrets.token_urlsafe(32)
        self._listener = Listener(port, self.admits, self.answers)
        self.location = self._listener.location
        self._listener.open()

    def admits(self, connection: str, shown: str) -> bool:
        """Whether what is shown is a token, or the name and the password of a user with a colon between."""
        self.sweep()
        try:
            user = self._user(shown)
        except LoginFailed:
            name, colon, _ = shown.partition(":")
            self._audit("login", user=name[:128] if colon else None, outcome=LoginFailed.condition())
            return False
        self._guests[connection] = Guest(user)
        self._audit("login", user=user.name, role=str(user.role), outcome="done")
        return True

    def answers(self, connection: str, text: str) -> str | None:
        """The SQL whose rows are the answer to a text; None where rows would follow, which are not taken."""
        guest, call = self._guests[connection], called(text)
        statement = text if call is None else call
        try:
            session = guest.session = self._sessions.of(guest.user, connection)
            with session.at_work(), guest.lock:
                self._leave(guest)
                if _ROWS_FOLLOW.fullmatch(text):
                    return None
                return self._answered(guest, session, statement)
        except Exception as error:
            return f"SELECT error({literal(as_text(refused(error, statement).diagnostic))})"

    def sweep(self) -> None:
        """Ends what belongs to connections that are closed; one with a statement at work is left until it has ended."""
        # Those that have asked for something are known to DuckDB: whoever is not any more, is gone.
        asked = [(name, guest) for name, guest in list(self._guests.items()) if guest.is_settled()]
        there = self._listener.connections()
        for connection, guest in asked:
            if connection in there or not guest.lock.acquire(blocking=False):
                continue
            try:
                self._guests.pop(connection, None)
                self._leave(guest)
                if guest.session is not None:
                    self._sessions.close(guest.session)
            finally:
                guest.lock.release()

    def close(self) -> None:
        """Lets nobody in any more."""
        self._listener.close()

    def _user(self, shown: str) -> User:
        if self.key is not None:
            if hmac.compare_digest(shown.encode(), self.key.encode()):
                return LOCAL
            raise LoginFailed
        try:
            return self._users.by_token(shown)
        except LoginFailed:
            name, colon, password = shown.partition(":")
            if not colon:
                raise
            return self._users.by_password(name, password)

    def _answered(self, guest: Guest, session: Session, statement: str) -> str:
        waiting = Waiting()
        answered = self._execution.run(session, waiting, Asked(statement))
        if answered.handle is None:
            return _counted(answered.count)
        guest.handle, result = answered.handle, session.result(answered.handle)
        batches = _safe(result.stream(waiting, self._limits.statement_seconds), _shape(result.schema))
        try:
            guest.shown = self._listener.show(pa.RecordBatchReader.from_batches(_shape(result.schema), batches))
        except Crowded:
            raise TooBusy("kinds of results", MOST_OUTLETS) from None
        return _selected(result.schema, guest.shown)

    def _leave(self, guest: Guest) -> None:
        """Ends what is read on a connection: it asks for something else, or is gone."""
        if guest.session is not None and guest.handle is not None:
            guest.session.drop(guest.handle)
        if guest.shown is not None:
            self._listener.hide(guest.shown)
        guest.handle = guest.shown = None


@contextmanager
def shells(
    port: int, users: Users, sessions: Sessions, execution: Execution, limits: Limits, audit: Audit
) -> Iterator[Door | None]:
    """While the block lasts, DuckDB's shells are served; nobody is where this DuckDB cannot, and the log is told why.

    Raises:
        OSError: the port cannot be used.
    """
    try:
        door = Door(port, users, sessions, execution, limits, audit)
    except Unspoken as missing:
        audit("notice", **json.loads(as_json(ShellsUnserved(str(missing)).diagnostic())))
        yield None
        return
    try:
        yield door
    finally:
        door.close()


def _counted(count: int) -> str:
    """What DuckDB itself returns of a statement without rows."""
    return f'SELECT {count}::BIGINT AS "Count"' if count >= 0 else 'SELECT NULL::BOOLEAN AS "Success" WHERE false'


def _shape(schema: pa.Schema) -> pa.Schema:
    """The columns that are shown of a result with this schema: numbered, as names may repeat."""
    numbered = [pa.field(f"column_{at}", found.type) for at, found in enumerate(schema)]
    return pa.schema([*numbered, pa.field(_FAILURE, pa.string())])


def _safe(batches: Iterable[pa.RecordBatch], shape: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The batches in this shape; what ends them before their end is the last row."""
    try:
        for batch in batches:
            yield pa.RecordBatch.from_arrays([*batch.columns, pa.nulls(batch.num_rows, pa.string())], schema=shape)
    except flight.FlightError as failure:
        nothing = [pa.nulls(1, found.type) for found in list(shape)[:-1]]
        yield pa.RecordBatch.from_arrays([*nothing, pa.array([str(failure)])], schema=shape)


def _selected(schema: pa.Schema, shown: str) -> str:
    """The rows of a result as its own columns, of the SQL types that they have."""
    columns = ", ".join(f"{_typed(at, found)} AS {identifier(found.name)}" for at, found in enumerate(schema))
    return f"SELECT {columns} FROM {shown} WHERE {_FAILURE} IS NULL OR error({_FAILURE}) IS NULL"


def _typed(at: int, found: pa.Field) -> str:
    type_ = (found.metadata or {}).get(TYPE_NAME, b"").decode()
    is_told = type_ and not _STAYS_TEXT.search(type_) and not pa.types.is_null(found.type)
    return f"CAST(column_{at} AS {type_})" if is_told else f"column_{at}"
