"""A server with three users of different roles, and clients that speak to it over the loopback."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

import adbc_driver_flightsql.dbapi as flightsql
import pytest

import sqlml
from sqlml.serve.limits import Limits
from sqlml.serve.roles import Role
from sqlml.serve.server import Arrangement, Serving, serving
from sqlml.serve.users import Users, user_line
from tests.engine.conftest import CUSTOMERS, MODEL
from tests.serve.raw import Raw
from tests.serve.stock import Shop, Stock, shop

PASSWORD = "correct horse: battery staple"
TOKEN = "a-token-of-some-length"
OTHERS = """
CREATE TABLE "a_b%c" (i INTEGER PRIMARY KEY, "select" VARCHAR NOT NULL);
CREATE TABLE axbyc (i INTEGER);
CREATE VIEW young AS FROM customers WHERE age < 30;
CREATE TABLE moods AS
SELECT 'glad'::ENUM('glad', 'sad') AS mood, [mood] AS moods, {'m': mood} AS one, 5::HUGEINT AS huge;
"""
STOCK = f'{CUSTOMERS}; {MODEL}; {OTHERS}; CREATE TABLE "two words" (i INTEGER)'


@dataclass
class Log:
    """What the server tells whoever keeps it."""

    events: list[dict[str, Any]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def __call__(self, event: str, **facts: Any) -> None:
        with self.lock:
            self.events.append({"event": event} | {name: fact for name, fact in facts.items() if fact is not None})

    def of(self, event: str) -> list[dict[str, Any]]:
        with self.lock:
            return [told for told in self.events if told["event"] == event]


@dataclass
class Server:
    """A server and how to get at it."""

    at: Serving
    log: Log
    database: Path

    def adbc(self, user: str | None = "admin", *, autocommit: bool = True, **options: str) -> flightsql.Connection:
        login = {"username": user, "password": PASSWORD} if user else {}
        return flightsql.connect(self.at.location, {**login, **options}, autocommit=autocommit)

    def raw(self, user: str = "admin") -> Raw:
        return Raw(self.at.location, user, PASSWORD)


@pytest.fixture(scope="session")
def prepared(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a model, and tables with awkward names and types."""
    path = tmp_path_factory.mktemp("served") / "served.duckdb"
    shutil.copy(trained, path)
    with sqlml.connect(path) as db:
        db.execute(OTHERS)
    return path


@pytest.fixture(scope="session")
def users(tmp_path_factory: pytest.TempPathFactory) -> Users:
    """A reader, a trainer and an admin, each with the same password; a reader with a token."""
    folder = tmp_path_factory.mktemp("users")
    lines = [user_line(str(role), role, PASSWORD) for role in Role]
    (folder / "users").write_text("# who may connect\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (folder / "tokens").write_text(f"tool:reader:{TOKEN}\n", encoding="utf-8")
    return Users(folder / "users", folder / "tokens")


@pytest.fixture(scope="session")
def serve(prepared: Path, users: Users, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts a server on a copy of the database; words change its arrangement or its limits."""
    with ExitStack() as ends:

        def started(limits: Limits | None = None, **changes: Any) -> Server:
            database, log = tmp_path_factory.mktemp("copy") / "shop.duckdb", Log()
            shutil.copy(prepared, database)
            arrangement = Arrangement(str(database), port=0, users=users, limits=limits or Limits(grace=0))
            at = ends.enter_context(serving(replace(arrangement, **changes), log))
            return Server(at, log, database)

        yield started


@pytest.fixture(scope="session")
def server(serve: Callable[..., Server]) -> Server:
    """A server that many tests share: none of them may take it down, or leave something that another could meet."""
    return serve()


@pytest.fixture
def raw(server: Server) -> Iterator[Raw]:
    """A client that sends messages one by one, as the admin."""
    with server.raw() as client:
        yield client


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server for stock shells, with the same users; in a process of its own, on an older DuckDB."""
    folder = tmp_path_factory.mktemp("shop")
    lines = "".join(user_line(str(role), role, PASSWORD) + "\n" for role in Role)
    (folder / "users").write_text(lines, encoding="utf-8")
    (folder / "tokens").write_text(f"tool:reader:{TOKEN}\n", encoding="utf-8")
    with shop(folder, STOCK, "--users", str(folder / "users"), "--token-file", str(folder / "tokens")) as found:
        yield found


@pytest.fixture(scope="session")
def shells(served: Shop) -> Iterator[dict[str, Stock]]:
    """Stock clients of it, one of each role."""
    with ExitStack() as ends:
        yield {role: ends.enter_context(served.stock(f"{role}:{PASSWORD}")) for role in map(str, Role)}
