"""Who calls: what the headers of a call show, before anything of it is looked at."""

import secrets
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pyarrow.flight as flight

from sqlml.diagnostics import Problem
from sqlml.serve.audit import Audit
from sqlml.serve.failures import raised
from sqlml.serve.problems import LoginFailed
from sqlml.serve.roles import Role
from sqlml.serve.sessions import Session, Sessions
from sqlml.serve.users import User, Users

NAME = "sqlml"
_COOKIE = "sqlml_session"
# Who is there where nobody has to say who they are: only on a machine of their own.
LOCAL = User("local", Role.ADMIN)


class Call(flight.ServerMiddleware):  # type: ignore[misc]
    """One call. When it is over, what was begun for it ends: only then is nothing of it in use any more."""

    def __init__(self, find: Callable[[str, str], Session], answer: dict[str, str]) -> None:
        self._find, self._answer = find, answer
        self._endings: list[Callable[[], None]] = []

    def session(self, connection: str, certified: str) -> Session:
        """The session of the client, which calls on this connection, whose certificate has this name.

        Raises:
            LoginFailed: nobody of that name is known, where a certificate is what tells.
        """
        return self._find(connection, certified)

    def at_end(self, ending: Callable[[], None]) -> None:
        """Has `ending` called when the call is over, however that comes."""
        self._endings.append(ending)

    def sending_headers(self) -> dict[str, str]:
        return self._answer

    def call_completed(self, _exception: Any) -> None:
        for ending in self._endings:
            ending()


class Calls(flight.ServerMiddlewareFactory):  # type: ignore[misc]
    """Lets in who shows a password, a token, or the token of a session; where there are no users, everybody.

    With `certified`, whom the client's certificate names, and nothing else is looked at.
    """

    def __init__(self, users: Users, sessions: Sessions, audit: Audit, *, certified: bool) -> None:
        super().__init__()
        self._users, self._sessions, self._audit = users, sessions, audit
        self._certified = certified

    def start_call(self, info: flight.CallInfo, headers: dict[str, list[str]]) -> Call:
        try:
            return self._let_in(info, {name.lower(): values[0] for name, values in headers.items() if values})
        except Problem as problem:
            raise raised(problem) from None
        except ValueError:
            raise raised(LoginFailed()) from None

    def _let_in(self, info: flight.CallInfo, headers: dict[str, str]) -> Call:
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if self._certified:
            # Of two names that a client shows, none is taken silently.
            if scheme:
                raise LoginFailed
            return self._by_connection(self._named, headers)
        if scheme.lower() == "basic":
            user = self._by_password(shown)
            if info.method == flight.FlightMethod.HANDSHAKE:
                token = self._sessions.login(user)
                self._audit("login", user=user.name, role=str(user.role), outcome="done")
                return Call(lambda *_: self._sessions.by_token(token), {"authorization": f"Bearer {token}"})
            return self._by_connection(lambda _: user, headers)
        if scheme.lower() == "bearer":
            return self._by_token(shown, headers)
        if self._users:
            raise LoginFailed
        return self._by_connection(lambda _: LOCAL, headers)

    def _by_password(self, shown: str) -> User:
        # Some clients leave out what fills up the last bytes.
        padded = shown + "=" * (-len(shown) % 4)
        name, _, password = b64decode(padded, validate=True).decode().partition(":")
        if not self._users:
            return LOCAL
        try:
            return self._users.by_password(name, password)
        except LoginFailed:
            self._audit("login", user=name[:128], outcome=LoginFailed.condition())
            raise

    def _by_token(self, token: str, headers: dict[str, str]) -> Call:
        try:
            session = self._sessions.by_token(token)
        except LoginFailed:
            user = self._users.by_token(token)
            return self._by_connection(lambda _: user, headers)
        return Call(lambda *_: session, {})

    def _named(self, certified: str) -> User:
        try:
            return self._users.by_name(certified)
        except LoginFailed:
            self._audit("login", user=certified[:128], outcome=LoginFailed.condition())
            raise

    def _by_connection(self, user: Callable[[str], User], headers: dict[str, str]) -> Call:
        """Clients that need no login are told apart by a cookie, or by their connection.

        `user` makes of the name in a client's certificate the user.
        """
        cookie = _cookie(headers.get("cookie", ""))
        if cookie is not None:
            return Call(lambda _, certified: self._sessions.of(user(certified), cookie), {})
        fresh = secrets.token_urlsafe(16)
        answer = {"set-cookie": f"{_COOKIE}={fresh}"}
        return Call(lambda connection, certified: self._sessions.of(user(certified), connection, fresh), answer)


def _cookie(header: str) -> str | None:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value for name, _, value in pairs if name == _COOKIE and value), None)


class Handshake(flight.ServerAuthHandler):  # type: ignore[misc]
    """The handshake itself says nothing: who calls is told by headers."""

    def authenticate(self, outgoing: Any, incoming: Any) -> None:
        """Lets the headers speak."""

    def is_valid(self, _token: bytes) -> bytes:
        return b""
