"""The server as a whole: a database that is confined, a service that listens, and how it stops."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlml.engine.confined import confined
from sqlml.serve.audit import Audit, Lines
from sqlml.serve.calls import NAME, Calls, Handshake
from sqlml.serve.failures import wordless
from sqlml.serve.limits import Limits
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
    """How a database is served: where, to whom, under which limits, with which settings of DuckDB's."""

    database: str
    host: str = "127.0.0.1"
    port: int = 31337
    users: Users = field(default_factory=Users)
    certificate: Path | None = None
    key: Path | None = None
    limits: Limits = field(default_factory=Limits)
    settings: dict[str, Any] = field(default_factory=dict)

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
    """A server that listens: where clients find it, and how many statements run."""

    location: str
    port: int
    runner: Runner
    sessions: Sessions


@contextmanager
def serving(arrangement: Arrangement, audit: Audit | None = None) -> Iterator[Serving]:
    """While the block lasts, the database is served; at its end, what runs is given a while to end.

    Raises:
        Unsafe: the arrangement leaves it open.
        FileWrong, sqlml.Error, OSError: a file, the database or the port cannot be used.
    """
    arrangement.check()
    tell, limits = audit or Lines(), arrangement.limits
    db = confined(arrangement.database, arrangement.settings)
    sessions, runner = Sessions(db, limits), Runner(limits)
    is_over = Event()
    with closing(db), wordless():
        service = Service(sessions, runner, limits, tell, **_arguments(arrangement, sessions, tell))
        sweeper = Thread(target=_sweep, args=(sessions, is_over), name="sweeper", daemon=True)
        sweeper.start()
        location = f"grpc{'+tls' * bool(arrangement.certificate)}://{arrangement.host}:{service.port}"
        tell("listening", location=location)
        try:
            yield Serving(location, service.port, runner, sessions)
        finally:
            is_over.set()
            runner.stop(limits.grace)
            sessions.close_all()
            service.shutdown()
            sweeper.join()
            tell("stopped")


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


def _sweep(sessions: Sessions, is_over: Event) -> None:
    while not is_over.wait(_SWEEP):
        sessions.sweep()
