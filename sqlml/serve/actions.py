"""What clients ask for that has no rows: to prepare, to close, to begin, to end, to cancel, to set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sqlml.quote import identifier
from sqlml.serve import columns
from sqlml.serve.execution import Asked, Execution
from sqlml.serve.failures import Refused
from sqlml.serve.messages import bare, message, opened, read, wrapped
from sqlml.serve.problems import CallUnknown
from sqlml.serve.roles import Role
from sqlml.serve.running import Caller
from sqlml.serve.sessions import Prepared, Session, Sessions

_COMMIT, _ROLLBACK = 1, 2
# Of a result that is cancelled, and of a session that is closed.
_CANCELLED = _CLOSED = 1
# Of an option that cannot be set: its name means nothing, or its value does.
_NAME_WRONG, _VALUE_WRONG = 1, 2


@dataclass(frozen=True)
class Desk:
    """What an action has to do with: who asks, and what can be asked."""

    session: Session
    sessions: Sessions
    execution: Execution
    caller: Caller


def _create(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Prepares a statement."""
    asked = _body("ActionCreatePreparedStatementRequest", body)
    statement = Asked(asked.query, asked.transaction_id or None)
    found, shown = desk.execution.prepare(desk.session, desk.caller, statement)
    handle = desk.session.prepare(Prepared(statement.text, found, statement.transaction))
    yield wrapped(
        "ActionCreatePreparedStatementResult",
        prepared_statement_handle=handle,
        dataset_schema=_serialized(shown) if len(shown) else b"",
        parameter_schema=_serialized(columns.parameters(found.parameters)),
        is_update=not len(shown),
    )


def _close(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Closes a prepared statement."""
    desk.session.forget(_body("ActionClosePreparedStatementRequest", body).prepared_statement_handle)
    return ()


def _begin(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Begins a transaction."""
    _body("ActionBeginTransactionRequest", body)
    handle = desk.session.begin(reading=desk.session.user.role is Role.READER)
    yield wrapped("ActionBeginTransactionResult", transaction_id=handle)


def _end(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Commits a transaction, or undoes it."""
    asked = _body("ActionEndTransactionRequest", body)
    if asked.action not in (_COMMIT, _ROLLBACK):
        raise CallUnknown
    desk.execution.end(desk.session, desk.caller, asked.transaction_id, commits=asked.action == _COMMIT)
    return ()


def _cancel_query(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Stops a statement whose rows are being read."""
    info = read("FlightInfo", _body("ActionCancelQueryRequest", body).info)
    yield wrapped("ActionCancelQueryResult", result=_cancelled(desk, info))


def _cancel_info(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Stops a statement whose rows are being read."""
    yield bare("CancelFlightInfoResult", status=_cancelled(desk, read("CancelFlightInfoRequest", body).info))


def _cancelled(desk: Desk, info: Any) -> int:
    for endpoint in info.endpoint:
        name, ticket = opened(endpoint.ticket.ticket)
        if name == "TicketStatementQuery":
            desk.session.drop(ticket.statement_handle)
    return _CANCELLED


def _set_options(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Sets the catalog and schema in which names are looked for."""
    errors = []
    options = {option.key: option.value for option in read("SetSessionOptionsRequest", body).session_options}
    for name, value in options.items():
        if name not in ("catalog", "schema"):
            errors.append(_option_error(name, _NAME_WRONG))
            continue
        try:
            desk.execution.run(desk.session, desk.caller, Asked(f"USE {identifier(value.string_value)}"))
        except Refused:
            errors.append(_option_error(name, _VALUE_WRONG))
    yield bare("SetSessionOptionsResult", errors=errors)


def _option_error(name: str, value: int) -> Any:
    return message("SessionError", key=name, value=message("SessionErrorValue", value=value))


def _get_options(desk: Desk, body: bytes) -> Iterable[bytes]:
    """The catalog and schema in which names are looked for."""
    read("GetSessionOptionsRequest", body)
    catalog, schema = desk.execution.place(desk.session, desk.caller)
    found = {"catalog": catalog, "schema": schema}
    options = [
        message("SessionOption", key=name, value=message("SessionOptionValue", string_value=value))
        for name, value in found.items()
    ]
    yield bare("GetSessionOptionsResult", session_options=options)


def _close_session(desk: Desk, body: bytes) -> Iterable[bytes]:
    """Ends the session: what is not committed is undone."""
    read("CloseSessionRequest", body)
    desk.sessions.close(desk.session)
    yield bare("CloseSessionResult", status=_CLOSED)


def _body(name: str, body: bytes) -> Any:
    found, asked = opened(body)
    if found != name:
        raise CallUnknown
    return asked


def _serialized(schema: pa.Schema) -> bytes:
    return bytes(schema.serialize())


ACTIONS: dict[str, Callable[[Desk, bytes], Iterable[bytes]]] = {
    "BeginTransaction": _begin,
    "CancelFlightInfo": _cancel_info,
    "CancelQuery": _cancel_query,
    "ClosePreparedStatement": _close,
    "CloseSession": _close_session,
    "CreatePreparedStatement": _create,
    "EndTransaction": _end,
    "GetSessionOptions": _get_options,
    "SetSessionOptions": _set_options,
}
