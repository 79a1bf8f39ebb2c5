"""Who may connect: users with passwords, and bearers of tokens, from files that the server reads when it starts."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Semaphore
from time import monotonic

from sqlml.serve.problems import LoginFailed
from sqlml.serve.roles import Role

# What hashing a password costs: 16 MB and some tens of milliseconds, on purpose.
_COST = {"n": 1 << 14, "r": 8, "p": 1}
_HASHING = Semaphore(2)
# After so many failures in a row, a name has to wait so many seconds.
_FAILURES, _WAIT = 5, 30.0
# A name is a word, so that a file of users can be read by a person, and a log too.
_LONGEST_NAME = 128
_SHORTEST_TOKEN = 16


class FileWrong(Exception):
    """A file of users or tokens cannot be used; its text says why, to whoever keeps the server."""


@dataclass(frozen=True)
class User:
    """Somebody who is connected."""

    name: str
    role: Role


def user_line(name: str, role: Role, password: str) -> str:
    """A line of a file of users: `name:role:salt:hash`.

    Raises:
        FileWrong: the name cannot be one.
    """
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME or set(name) & set(": #"):
        raise FileWrong(f"`{name}` cannot be a user's name: no spaces, colons or hashes")
    salt = secrets.token_bytes(16)
    return f"{name}:{role}:{b64encode(salt).decode()}:{b64encode(_hashed(password, salt)).decode()}"


def _hashed(password: str, salt: bytes) -> bytes:
    with _HASHING:
        return hashlib.scrypt(password.encode(), salt=salt, dklen=32, **_COST)


class Users:
    """The users of a file, each line `name:role:salt:hash`, and of a file of tokens, each line `name:role:token`.

    A user whose line is `name:role` has no password: that is who comes by a certificate alone.

    Raises:
        FileWrong: a file cannot be read, or a line of it.
    """

    def __init__(self, users: Path | None = None, tokens: Path | None = None) -> None:
        self._users: dict[str, tuple[User, bytes, bytes]] = {}
        self._named: dict[str, User] = {}
        self._tokens: dict[bytes, User] = {}
        self._failed: dict[str, tuple[int, float]] = {}
        self._lock = Lock()
        # An unknown name takes as long as a known one.
        self._nobody = (secrets.token_bytes(16), secrets.token_bytes(32))
        for name, role, secret in _lines(users, (0, 2)):
            self._named[name] = User(name, role)
            if not secret:
                continue
            salt, digest = secret
            try:
                self._users[name] = User(name, role), b64decode(salt), b64decode(digest)
            except ValueError:
                raise FileWrong(f"what stands for the password of `{name}` in {users} is damaged") from None
        for name, role, (token,) in _lines(tokens, (1,)):
            if len(token) < _SHORTEST_TOKEN:
                raise FileWrong(f"the token of `{name}` is shorter than {_SHORTEST_TOKEN} characters")
            self._tokens[_fingerprint(token)] = User(name, role)

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self._named or self._tokens)

    @property
    def has_names(self) -> bool:
        """Whether a certificate can name anybody."""
        return bool(self._named)

    def by_name(self, name: str) -> User:
        """The user of that name, who has shown by other means who they are. Raises LoginFailed if there is none."""
        if name not in self._named:
            raise LoginFailed
        return self._named[name]

    def by_password(self, name: str, password: str) -> User:
        """The user of that name. Raises LoginFailed unless the password is theirs, and for a while after failures."""
        with self._lock:
            failures, since = self._failed.get(name, (0, 0.0))
            if failures >= _FAILURES and monotonic() - since < _WAIT:
                raise LoginFailed
        user, salt, digest = self._users.get(name, (None, *self._nobody))
        fits = hmac.compare_digest(_hashed(password[:1024], salt), digest)
        with self._lock:
            if user is not None and fits:
                self._failed.pop(name, None)
                return user
            self._note_failure(name)
        raise LoginFailed

    def by_token(self, token: str) -> User:
        """The bearer of a token. Raises LoginFailed if it is none."""
        # Looked up by its hash: how long that takes tells nothing of the tokens there are.
        if user := self._tokens.get(_fingerprint(token)):
            return user
        raise LoginFailed

    def _note_failure(self, name: str) -> None:
        now = monotonic()
        self._failed = {who: told for who, told in self._failed.items() if now - told[1] < _WAIT}
        self._failed[name[:_LONGEST_NAME]] = (self._failed.get(name, (0, 0.0))[0] + 1, now)


def _fingerprint(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _lines(path: Path | None, parts: tuple[int, ...]) -> Iterator[tuple[str, Role, list[str]]]:
    if path is None:
        return
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileWrong(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, *rest = line.strip().split(":", 1 + parts[-1])
        if len(rest) - 1 not in parts or rest[0] not in _ROLES or not all((name, *rest)):
            raise FileWrong(f"line {number} of {path} is not {_SHAPES[parts]}, its role one of {', '.join(_ROLES)}")
        if name in seen:
            raise FileWrong(f"line {number} of {path} names `{name}` again")
        seen.add(name)
        yield name, Role(rest[0]), rest[1:]


_ROLES = [str(role) for role in Role]
_SHAPES: Mapping[tuple[int, ...], str] = {(1,): "name:role:token", (0, 2): "name:role:salt:hash"}
