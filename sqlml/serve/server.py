"""The server as a whole: a database that is confined, a service that listens, and how it stops."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlml.engine.confined import confined
from sqlml.serve.audit import Audit, Lines
from sqlml.serve.calls import NAME, Calls, Handshake
from sqlml.serve.execution import Execution
from sqlml.serve.failures import wordless
from sqlml.serve.health import Counts, watched
from sqlml.serve.limits import Limits
from sqlml.serve.quack import shells
from sqlml.serve.running import Runner
from sqlml.serve.service import Service
from sqlml.serve.sessions import Sessions
from sqlml.serve.users import Users

# Seconds between two looks at what has been left alone.
_SWEEP = 5.0


class Unsafe(Exception):
    """The server would be open to whoever reaches it; the text says what is missing."""


@dataclass(frozen=True)
class Arrangement:
    """How a database is served: where, to whom, under which limits, with which settings of DuckDB's.

    `health` is the port for machines that watch, and `duckdb` that for DuckDB's shells, if there is to be one.
    """

    database: str
    host: str = "127.0.0.1"
    port: int = 31337
    users: Users = field(default_factory=Users)
    certificate: Path | None = None
    key: Path | None = None
    limits: Limits = field(default_factory=Limits)
    settings: dict[str, Any] = field(default_factory=dict)
    health: int | None = None
    duckdb: int | None = None

    def check(self) -> None:
        """Raises Unsafe where others could read along, or come in without saying who they are."""
        if (self.certificate is None) != (self.key is None):
            raise Unsafe("a certificate and its key go together: --tls-cert and --tls-key")
        if not _is_loopback(self.host) and not (self.users and self.certificate):
            raise Unsafe(
                f"{self.host} can be reached from other machines: that needs --tls-cert and --tls-key, and users"
                " from --users or --token-file"
            )


@dataclass(frozen=True)
class Serving:
    """A server that listens: where clients find it, DuckDB's shells too, and whoever watches it.

    `key` is the token that shells show where there are no users.
    """

    location: str
    port: int
    health: int | None
    runner: Runner
    sessions: Sessions
    duckdb: str | None = None
    key: str | None = None


@contextmanager
def serving(arrangement: Arrangement, audit: Audit | None = None) -> Iterator[Serving]:
    """While the block lasts, the database is served; at its end, what runs is given a while to end.

    Raises:
        Unsafe: the arrangement leaves it open.
        FileWrong, sqlml.Error, OSError: a file, the database or the port cannot be used.
    """
    arrangement.check()
    tell, limits = Counts(audit or Lines()), arrangement.limits
    db = confined(arrangement.database, arrangement.settings)
    sessions, runner = Sessions(db, limits), Runner(limits)
    with ExitStack() as ends:
        ends.enter_context(closing(db))
        ends.enter_context(wordless())
        service = Service(sessions, runner, limits, tell, **_arguments(arrangement, sessions, tell))
        ends.callback(service.shutdown)
        ends.callback(sessions.close_all)
        ends.enter_context(_swept(sessions.sweep))
        health = None
        if arrangement.health is not None:
            address = arrangement.host, arrangement.health
            health = ends.enter_context(watched(address, tell, runner, sessions))
        location = f"grpc{'+tls' * bool(arrangement.certificate)}://{arrangement.host}:{service.port}"
        door = None
        if arrangement.duckdb is not None:
            execution = Execution(runner, limits, tell)
            wanted = shells(arrangement.duckdb, arrangement.users, sessions, execution, limits, tell)
            door = ends.enter_context(wanted)
        if door is not None:
            ends.enter_context(_swept(door.sweep))
        duckdb, key = (door.location, door.key) if door else (None, None)
        tell("listening", location=location, health=health, duckdb=duckdb)
        ends.callback(tell, "stopped")
        # Before all else: who watches must see that nothing new is begun.
        ends.callback(runner.stop, limits.grace)
        yield Serving(location, service.port, health, runner, sessions, duckdb, key)


def _arguments(arrangement: Arrangement, sessions: Sessions, audit: Audit) -> dict[str, Any]:
    """What the service needs to listen, and to know who calls."""
    tls = {}
    if arrangement.certificate and arrangement.key:
        tls = {"tls_certificates": [(arrangement.certificate.read_bytes(), arrangement.key.read_bytes())]}
    return {
        "location": f"grpc{'+tls' * bool(tls)}://{arrangement.host}:{arrangement.port}",
        "auth_handler": Handshake(),
        "middleware": {NAME: Calls(arrangement.users, sessions, audit)},
        **tls,
    }


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _swept(sweep: Callable[[], None]) -> Iterator[None]:
    """While the block lasts, what has been left alone is ended."""
    is_over = Event()

    def sweeping() -> None:
        while not is_over.wait(_SWEEP):
            sweep()

    sweeper = Thread(target=sweeping, name="sweeper", daemon=True)
    sweeper.start()
    try:
        yield
    finally:
        is_over.set()
        sweeper.join()
