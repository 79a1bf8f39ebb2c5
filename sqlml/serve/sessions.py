"""Sessions: what one client has going on, apart from all others."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import sqlml
from sqlml.engine.client import Client
from sqlml.engine.description import Description
from sqlml.quote import literal
from sqlml.serve.lanes import Lane
from sqlml.serve.limits import Limits
from sqlml.serve.problems import HandleUnknown, LoginFailed, TooBusy
from sqlml.serve.results import Result
from sqlml.serve.roles import READS, Role
from sqlml.serve.users import User

Thing = TypeVar("Thing")

# Statements after which the session has something that no other connection sees.
_OWNS = frozenset({"create_temporary", "set_variable"})
# Statements that may do more than they say: they run beside the transaction that they are sent in, and cannot write.
_APART = frozenset({"explain", "explain_analyze", "multi"})

# The settings that a connection may have of its own: every other connection of the session gets them too.
_OWN = ("TimeZone", "search_path")


@dataclass
class Prepared:
    """A statement that is prepared: its text, what it is, and the rows of values that were sent for it."""

    text: str
    description: Description
    transaction: bytes | None
    values: list[list[Any]] = field(default_factory=list)
    used: float = field(default_factory=monotonic)


class Session:
    """What a client has: connections, transactions, prepared statements, results. It ends when it is left alone."""

    def __init__(self, user: User, db: sqlml.Connection, limits: Limits) -> None:
        self.name = secrets.token_hex(4)
        self.user = user
        self.used = monotonic()
        self.client = Client(user.name, self.name, user.role is Role.ADMIN, limits.training_seconds)
        self.activities = db.instance.activities
        self._db, self._limits = db, limits
        self._lock = Lock()
        self._primary = Lane(self._cursor(), passing=False)
        self.settings: dict[str, str] = {}
        self._calls = 0
        self._is_private = self._in_transaction = self._is_closed = False
        self._lanes: dict[bytes, Lane] = {}
        self._prepared: dict[bytes, Prepared] = {}
        self._results: dict[bytes, Result] = {}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a call of the client's is answered, the session is not left alone.

        Raises:
            TooBusy: as many of its calls are being answered as may.
        """
        with self._lock:
            if self._calls >= self._limits.calls:
                raise TooBusy("calls", self._limits.calls)
            self._calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1
                self.used = monotonic()

    def idle(self) -> float:
        """For how many seconds the session has had nothing to do."""
        with self._lock:
            return 0.0 if self._calls or self._results else monotonic() - self.used

    def lane(self, kind: str, transaction: bytes | None) -> tuple[Lane, bool]:
        """The connection for a statement of this kind, and whether it is to be unable to write there.

        Statements run beside one another, each on a connection of its own; but those of a transaction on its own, and
        those of a session that has variables, temporary tables or a transaction begun in SQL on its first.

        Raises:
            HandleUnknown: there is no such transaction.
        """
        reads = kind in READS or kind == "multi"
        if transaction and kind not in _APART:
            with self._lock:
                if transaction not in self._lanes:
                    raise HandleUnknown("transaction")
                return self._lanes[transaction], False
        self._is_private = self._is_private or kind in _OWNS
        if kind in ("set", "transaction") or self._is_private or self._in_transaction:
            return self._primary, reads and not self._in_transaction
        return Lane(self._cursor(), passing=True), reads

    def learn(self, db: sqlml.Connection, kind: str) -> None:
        """Takes note of what a statement of this kind has changed of the session's connection `db`."""
        if kind == "transaction":
            self._in_transaction = db.host().in_transaction()
        elif kind == "set":
            asked = ", ".join(f"current_setting({literal(name)})" for name in _OWN)
            ((*found,),) = db.execute(f"SELECT {asked}").fetchall()
            self.settings = dict(zip(_OWN, found, strict=True))

    def begin(self, *, reading: bool) -> bytes:
        """Begins a transaction with a connection of its own; one that is `reading` cannot write."""
        db = self._cursor()
        db.execute("BEGIN TRANSACTION" + " READ ONLY" * reading)
        return self._put(self._lanes, Lane(db, passing=False), self._limits.transactions, "transactions")

    def transaction(self, handle: bytes) -> Lane:
        """The connection of a transaction that is going to end, which nobody finds any more."""
        return self._take(self._lanes, handle, "transaction")

    def open_transaction(self, *, free: bool = False) -> bytes | None:
        """The only transaction that is open: some clients do not say which they mean.

        If `free`, one in which nothing is being read.
        """
        with self._lock:
            if len(self._lanes) != 1:
                return None
            ((handle, lane),) = self._lanes.items()
            return None if free and lane.is_read else handle

    def prepare(self, prepared: Prepared) -> bytes:
        """Keeps a prepared statement, and gives its handle."""
        return self._put(self._prepared, prepared, self._limits.prepared, "prepared statements")

    def prepared(self, handle: bytes) -> Prepared:
        """A prepared statement. Raises HandleUnknown if there is none."""
        with self._lock:
            if handle not in self._prepared:
                raise HandleUnknown("prepared statement")
            found = self._prepared[handle]
            found.used = monotonic()
            return found

    def forget(self, handle: bytes) -> None:
        """Closes a prepared statement; one that is gone is gone."""
        with self._lock:
            self._prepared.pop(handle, None)

    def check_room(self) -> None:
        """Raises TooBusy where as many results wait to be read as may."""
        with self._lock:
            if len(self._results) >= self._limits.results:
                raise TooBusy("results", self._limits.results)

    def keep(self, result: Result) -> bytes:
        """Keeps a result until it is read, and gives its handle."""
        return self._put(self._results, result, self._limits.results, "results")

    def result(self, handle: bytes) -> Result:
        """A result. Raises HandleUnknown if there is none."""
        with self._lock:
            if handle not in self._results:
                raise HandleUnknown("result")
            return self._results[handle]

    def drop(self, handle: bytes) -> None:
        """Ends a result; one that is gone is gone."""
        with self._lock:
            result = self._results.pop(handle, None)
        if result is not None:
            result.end()

    def sweep(self) -> None:
        """Ends what nobody has asked for in its time."""
        now = monotonic()
        with self._lock:
            idle = [handle for handle, result in self._results.items() if now - result.used > self._patience(result)]
            for handle, prepared in list(self._prepared.items()):
                if now - prepared.used > self._limits.prepared_idle:
                    del self._prepared[handle]
        for handle in idle:
            self.drop(handle)

    def _patience(self, result: Result) -> float:
        """Who has begun to read may take a break: a person scrolls."""
        return self._limits.session_idle if result.is_read else self._limits.result_idle

    def close(self) -> None:
        """Ends everything; what was not committed is undone."""
        with self._lock:
            self._is_closed = True
            results, lanes = list(self._results.values()), list(self._lanes.values())
            self._results.clear()
            self._lanes.clear()
            self._prepared.clear()
        for result in results:
            result.end()
        for lane in [*lanes, self._primary]:
            lane.close()

    def _cursor(self) -> sqlml.Connection:
        db = self._db.cursor()
        db.client = self.client
        return db

    def _put(self, things: dict[bytes, Thing], thing: Thing, limit: int, what: str) -> bytes:
        handle = secrets.token_bytes(16)
        with self._lock:
            if self._is_closed:
                raise HandleUnknown("session")
            if len(things) >= limit:
                raise TooBusy(what, limit)
            things[handle] = thing
        return handle

    def _take(self, things: dict[bytes, Thing], handle: bytes, what: str) -> Thing:
        with self._lock:
            if handle not in things:
                raise HandleUnknown(what)
            return things.pop(handle)


class Sessions:
    """The sessions of a server, by what their clients show: the token of a login, or who they are and a connection."""

    def __init__(self, db: sqlml.Connection, limits: Limits) -> None:
        self._db, self._limits = db, limits
        self._lock = Lock()
        self._sessions: dict[str, Session] = {}

    def login(self, user: User) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(32)
        self._made(token, user)
        return token

    def by_token(self, token: str) -> Session:
        """The session of a token that a login gave. Raises LoginFailed if it is none, or no longer."""
        with self._lock:
            session = self._sessions.get(token)
        if session is None:
            raise LoginFailed
        session.used = monotonic()
        return session

    def of(self, user: User, connection: str, cookie: str | None = None) -> Session:
        """The session of a user on a connection that needed no login; a new one is found by the cookie too."""
        key = f"{user.name}\n{user.role}\n"
        with self._lock:
            session = self._sessions.get(key + connection)
        if session is None:
            session = self._made(key + connection, user)
            with self._lock:
                self._sessions |= {key + cookie: session} if cookie else {}
        session.used = monotonic()
        return session

    def close(self, session: Session) -> None:
        """Ends a session."""
        with self._lock:
            self._sessions = {key: one for key, one in self._sessions.items() if one is not session}
        session.close()

    def sweep(self) -> None:
        """Ends the sessions that have been left alone, and what others have left lying."""
        for session in self.all():
            if session.idle() > self._limits.session_idle:
                self.close(session)
            else:
                session.sweep()

    def all(self) -> list[Session]:
        """Every session."""
        with self._lock:
            return list(dict.fromkeys(self._sessions.values()))

    def close_all(self) -> None:
        """Ends every session."""
        for session in self.all():
            self.close(session)

    def _made(self, key: str, user: User) -> Session:
        self._make_room()
        session = Session(user, self._db, self._limits)
        is_room = len(self.all()) < self._limits.sessions
        with self._lock:
            if is_room:
                # Of two first calls of a connection that come at once, one makes the session.
                found = self._sessions.setdefault(key, session)
        if is_room:
            if found is not session:
                session.close()
            return found
        session.close()
        raise TooBusy("sessions", self._limits.sessions)

    def _make_room(self) -> None:
        """Where there is no room for another session, the one left alone for longest ends, if it was for long."""
        sessions = self.all()
        if len(sessions) >= self._limits.sessions:
            longest = max(sessions, key=Session.idle)
            if longest.idle() > self._limits.result_idle:
                self.close(longest)
