"""The server as a whole: a database that is confined, a service that listens, and how it stops."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError
from threading import Event, Thread
from time import monotonic
from typing import Any

from sqlml.engine.confined import confined
from sqlml.engine.connection import Connection
from sqlml.engine.job import Job
from sqlml.serve.audit import Audit, Lines
from sqlml.serve.calls import NAME, Calls, Handshake
from sqlml.serve.execution import Execution
from sqlml.serve.failures import wordless
from sqlml.serve.health import Counts, watched
from sqlml.serve.keepalive import keep_alive
from sqlml.serve.limits import Limits
from sqlml.serve.problems import ServerStopping
from sqlml.serve.quack import shells
from sqlml.serve.running import Runner
from sqlml.serve.service import Service
from sqlml.serve.sessions import Sessions
from sqlml.serve.users import FileWrong, Users

# Seconds between two looks at what has been left alone.
_SWEEP = 5.0


class Unsafe(Exception):
    """The server would be open to whoever reaches it; the text says what is missing."""


@dataclass(frozen=True)
class Arrangement:
    """How a database is served: where, to whom, under which limits, with which settings of DuckDB's.

    With `client_ca`, clients bring a certificate that it signed, and are whom that names.
    `health` is the port for machines that watch, and `duckdb` that for DuckDB's shells, if there is to be one.
    """

    database: str
    host: str = "127.0.0.1"
    port: int = 31337
    users: Users = field(default_factory=Users)
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    limits: Limits = field(default_factory=Limits)
    settings: dict[str, Any] = field(default_factory=dict)
    health: int | None = None
    duckdb: int | None = None

    def check(self) -> None:
        """Looks at what can be looked at before the server listens.

        Raises:
            Unsafe: others could read along, or come in without saying who they are.
            FileWrong: a file of certificates or keys is none.
        """
        if (self.certificate is None) != (self.key is None):
            raise Unsafe("a certificate and its key go together: --tls-cert and --tls-key")
        if self.client_ca and not (self.certificate and self.users.has_names):
            raise Unsafe(
                "clients show their certificates to a server that shows its own, and name users: --tls-client-ca needs"
                " --tls-cert and --tls-key, and --users"
            )
        if not _is_loopback(self.host) and not (self.users and self.certificate):
            raise Unsafe(
                f"{self.host} can be reached from other machines: that needs --tls-cert and --tls-key, and users"
                " from --users or --token-file"
            )
        self._check_files()

    def _check_files(self) -> None:
        context = SSLContext(PROTOCOL_TLS_SERVER)
        try:
            if self.certificate and self.key:
                # A key that asks for a password gets none: nobody is there to be asked.
                context.load_cert_chain(self.certificate, self.key, password=str)
        except (SSLError, OSError):
            raise FileWrong(f"{self.certificate} and {self.key} are not a certificate and its key, as PEM") from None
        try:
            if self.client_ca:
                context.load_verify_locations(self.client_ca)
        except (SSLError, OSError):
            raise FileWrong(f"{self.client_ca} is not a certificate, as PEM") from None


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
    sessions, runner, jobs = Sessions(db, limits), Runner(limits), db.instance.jobs
    with ExitStack() as ends:
        ends.enter_context(closing(db))
        jobs.settle(db)
        jobs.on_end = partial(_tell_of_job, tell)
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
        facts = {"health": health, "duckdb": duckdb, "keepalive": keep_alive(service.port)}
        tell("listening", location=location, **facts)
        ends.callback(tell, "stopped")
        # Before all else: who watches must see that nothing new is begun.
        ends.callback(_stop, runner, db, limits.grace)
        yield Serving(location, service.port, health, runner, sessions, duckdb, key)


def _stop(runner: Runner, db: Connection, grace: float) -> None:
    """Lets nothing begin any more; statements and jobs have the same while to end."""
    until = monotonic() + grace
    runner.stop(grace)
    db.instance.jobs.leave(db, ServerStopping, until - monotonic())


def _tell_of_job(tell: Audit, job: Job) -> None:
    """Tells of a job that has ended, as of a statement."""
    facts = job.facts
    begun = facts.started_at or facts.queued_at
    seconds = (facts.ended_at - begun).total_seconds() if facts.ended_at else 0.0
    tell("job", user=facts.user, job=facts.job, ms=1000 * seconds, outcome=facts.condition or "done")


def _arguments(arrangement: Arrangement, sessions: Sessions, audit: Audit) -> dict[str, Any]:
    """What the service needs to listen, and to know who calls."""
    tls: dict[str, Any] = {}
    certified = arrangement.client_ca is not None
    if arrangement.certificate and arrangement.key:
        tls = {"tls_certificates": [(arrangement.certificate.read_bytes(), arrangement.key.read_bytes())]}
    if arrangement.client_ca:
        tls |= {"verify_client": True, "root_certificates": arrangement.client_ca.read_bytes()}
    return {
        "location": f"grpc{'+tls' * bool(tls)}://{arrangement.host}:{arrangement.port}",
        # Where there is a handshake, the library below does not tell whom a certificate names.
        "auth_handler": None if certified else Handshake(),
        "middleware": {NAME: Calls(arrangement.users, sessions, audit, certified=certified)},
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
