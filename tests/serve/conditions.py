"""What brings about each condition that only a client of a server can meet."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.flight as flight
import pytest

import sqlml
from sqlml.diagnostics import Diagnostic, Place, Severity
from sqlml.serve.limits import Limits
from sqlml.serve.roles import Role
from sqlml.serve.server import Arrangement, Serving, serving
from sqlml.serve.users import User, Users
from tests.serve.raw import Raw

NARROW = Limits(results=2, text=100, grace=0)


class Everybody(Users):
    """Lets anybody in whose password is their name, who is a reader unless they are called otherwise."""

    def __bool__(self) -> bool:
        return True

    def by_password(self, name: str, password: str) -> User:
        role = Role(name) if name in list(Role) else Role.READER
        return User(name, role) if name == password else super().by_password(name, password)


@contextmanager
def served() -> Iterator[tuple[Serving, Raw]]:
    arrangement = Arrangement(":memory:", port=0, users=Everybody(), limits=NARROW)
    with serving(arrangement, lambda *_, **__: None) as server, Raw(server.location, "ann", "ann") as client:
        yield server, client


def told(error: flight.FlightError) -> Diagnostic:
    """The diagnostic in the details of a status."""
    fields = json.loads(error.extra_info)
    place = [fields.pop(name) for name in ("line", "column", "excerpt")]
    severity = Severity(fields.pop("severity"))
    return Diagnostic(severity=severity, place=Place(*place) if place[0] else None, **fields)


def by(act: Callable[[Serving, Raw], object]) -> Callable[[], Diagnostic]:
    def run() -> Diagnostic:
        with served() as (server, client), pytest.raises(flight.FlightError) as caught:
            act(server, client)
        return told(caught.value)

    return run


def described(text: str) -> Callable[[], Diagnostic]:
    def run() -> Diagnostic:
        with sqlml.connect() as db, pytest.raises(sqlml.ProgrammingError) as caught:
            db.describe(text)
        return caught.value.diagnostic

    return run


def _superseded(_: Serving, client: Raw) -> None:
    transaction = client.begin()
    half_read = client.info("CommandStatementQuery", query="FROM range(100000000)", transaction_id=transaction)
    reader = client.client.do_get(half_read.endpoints[0].ticket, client.options)
    reader.read_chunk()
    client.info("CommandStatementQuery", query="SELECT 1", transaction_id=transaction)
    for _ in reader:
        pass


def _unfit(_: Serving, client: Raw) -> None:
    made = client.prepare("SELECT ?, ?")
    handle = made.prepared_statement_handle
    client.put("CommandPreparedStatementQuery", pa.table({"a": ["x"]}), prepared_statement_handle=handle)
    client.info("CommandPreparedStatementQuery", prepared_statement_handle=handle)


def _busy(_: Serving, client: Raw) -> None:
    for _ in range(3):
        client.info("CommandStatementQuery", query="FROM range(1000000)")


def _stopping(server: Serving, client: Raw) -> None:
    server.runner.stop(0)
    client.query("SELECT 1")


def _of_another(server: Serving, _: Raw) -> None:
    with Raw(server.location, "admin", "admin") as admin, Raw(server.location, "trainer", "trainer") as trainer:
        admin.info("CommandStatementQuery", query="CREATE TABLE t AS SELECT range AS x, range % 3 AS y FROM range(99)")
        admin.query("CREATE MODEL m PREDICT y WITH (background = true) AS FROM t")
        trainer.query("CANCEL JOB 1")


def _unserved() -> Diagnostic:
    log: list[dict[str, Any]] = []
    arrangement = Arrangement(":memory:", port=0, duckdb=0, limits=NARROW)
    with patch("sqlml.engine.quack._PROTOCOL", "absent"), serving(arrangement, lambda *_, **facts: log.append(facts)):
        fields = log[0]
    for place in ("line", "column", "excerpt"):
        del fields[place]
    fields["message"] = fields["message"].replace(sqlml.connect().execute("SELECT version()").fetchone()[0], "v0.0.0")
    return Diagnostic(severity=Severity(fields.pop("severity")), place=None, **fields)


SERVED: dict[str, Callable[[], Diagnostic]] = {
    "call_unknown": by(lambda _, client: client.action("BeginSavepoint")),
    "handle_unknown": by(lambda _, client: client.end(b"forged", 1)),
    "job_of_another": by(_of_another),
    "login_failed": by(lambda server, _: Raw(server.location, "ann", "bob")),
    "not_allowed": by(lambda _, client: client.query("DROP TABLE customers")),
    "parameters_unfit": by(_unfit),
    "result_superseded": by(_superseded),
    "server_stopping": by(_stopping),
    "shells_unserved": _unserved,
    "statement_missing": described("-- nothing"),
    "statements_several": described("SELECT 1; SELECT 2"),
    "text_too_long": by(lambda _, client: client.query("SELECT '" + "x" * 100 + "'")),
    "too_busy": by(_busy),
}
