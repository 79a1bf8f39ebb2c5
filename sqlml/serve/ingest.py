"""Rows that a client sends, into a table: read while they come, all or none."""

from typing import Any

import sqlml
from sqlml.quote import identifier
from sqlml.serve import roles
from sqlml.serve.execution import Execution
from sqlml.serve.problems import CallUnknown
from sqlml.serve.running import Caller, Run
from sqlml.serve.sessions import Session

_MAKE = 1
# What to do with a table that is there.
_APPEND, _REPLACE = 2, 3


def ingested(execution: Execution, session: Session, caller: Caller, asked: Any, reader: Any) -> int:
    """How many rows were taken into the table.

    Raises:
        NotAllowed: the user may not write tables.
        CallUnknown: the client does not say into which.
    """
    kind = "create_temporary" if asked.temporary else "insert"
    for needed in (kind, "create"):
        roles.check(session.user.role, needed)
    if not asked.table:
        raise CallUnknown
    # Some clients leave out which transaction they mean.
    transaction = asked.transaction_id or session.open_transaction()
    lane, _ = session.lane(kind, transaction)

    def work(run: Run) -> int:
        with lane.taken(run, session.settings, reading=False) as db:
            return _filled(db, asked, reader.to_reader())

    return execution.timed(session, caller, "insert", work)


def _filled(db: sqlml.Connection, asked: Any, rows: Any) -> int:
    place = [asked.catalog, asked.schema] if not asked.temporary else []
    table = ".".join(identifier(part) for part in [*place, asked.table] if part)
    host = db.host()
    with host.transaction():
        if make := _making(asked):
            with host.registered(rows.schema.empty_table()) as columns:
                db.execute(f"{make} {table} AS FROM {columns}")
        with host.registered(rows) as incoming:
            ((count,),) = db.execute(f"INSERT INTO {table} BY NAME FROM {incoming}").fetchall()
    return int(count)


def _making(asked: Any) -> str | None:
    """How the table is made before rows go into it; None where it must be there."""
    options = asked.table_definition_options
    temporary = "TEMP " if asked.temporary else ""
    if options.if_exists == _REPLACE:
        return f"CREATE OR REPLACE {temporary}TABLE"
    if options.if_not_exist == _MAKE:
        return f"CREATE {temporary}TABLE" + (" IF NOT EXISTS" if options.if_exists == _APPEND else "")
    return None
