"""The calls of the protocol, each as what it asks of a session."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight

from sqlml.diagnostics.render import as_json
from sqlml.serve import actions, columns, ingest, metadata
from sqlml.serve.audit import Audit
from sqlml.serve.calls import NAME, Call
from sqlml.serve.execution import Answered, Asked, Execution
from sqlml.serve.failures import guarded, traced
from sqlml.serve.limits import Limits
from sqlml.serve.messages import bare, opened, wrapped
from sqlml.serve.problems import CallUnknown, ParametersUnfit
from sqlml.serve.running import Runner
from sqlml.serve.sessions import Session, Sessions

# Commands that ask about the database, and need no statement.
_ABOUT = tuple(f"CommandGet{name}" for name in ("SqlInfo", "XdbcTypeInfo", "Catalogs", "DbSchemas", "Tables"))
_ABOUT += tuple(f"CommandGet{name}" for name in ("TableTypes", "PrimaryKeys", "ExportedKeys", "ImportedKeys"))
_ABOUT += ("CommandGetCrossReference",)


class Service(flight.FlightServerBase):  # type: ignore[misc]
    """Answers calls for `sessions`; `arguments` say where it listens, and who is let in."""

    def __init__(self, sessions: Sessions, runner: Runner, limits: Limits, audit: Audit, **arguments: Any) -> None:
        self._sessions, self._runner, self._limits, self._audit = sessions, runner, limits, audit
        self._execution = Execution(runner, limits, audit)
        super().__init__(**arguments)

    def note(self, error: Exception) -> None:
        """Tells the log of what nobody foresaw: its client is told no more than that."""
        if not isinstance(error, flight.FlightError) and (said := traced(error)):
            self._audit("failure", internal=said)

    @guarded
    def get_flight_info(self, context: Any, descriptor: flight.FlightDescriptor) -> flight.FlightInfo:
        """Runs a statement; what is fetched later are its rows alone."""
        command, asked = opened(descriptor.command or b"")
        _, session = self._met(context)
        with session.at_work():
            if command in _ABOUT:
                schema = metadata.columns_of(command, asked, self._limits)
                return _info(schema, descriptor, descriptor.command)
            answered = self._execution.run(session, context, _asked(command, asked, session))
        if answered.handle is not None and context.is_cancelled():
            # Nobody is there who could fetch them.
            session.drop(answered.handle)
        if answered.handle is None:
            return flight.FlightInfo(answered.schema, descriptor, [], answered.count, -1, app_metadata=_told(answered))
        ticket = wrapped("TicketStatementQuery", statement_handle=answered.handle)
        return _info(answered.schema, descriptor, ticket, _told(answered))

    @guarded
    def get_schema(self, context: Any, descriptor: flight.FlightDescriptor) -> flight.SchemaResult:
        """The columns of a statement's rows; it is not run."""
        command, asked = opened(descriptor.command or b"")
        _, session = self._met(context)
        with session.at_work():
            if command in _ABOUT:
                return flight.SchemaResult(metadata.columns_of(command, asked, self._limits))
            _, schema = self._execution.prepare(session, context, _asked(command, asked, session))
            return flight.SchemaResult(schema)

    @guarded
    def do_get(self, context: Any, ticket: flight.Ticket) -> flight.FlightDataStream:
        """Sends rows: those of a statement as they are computed."""
        command, asked = opened(ticket.ticket)
        call, session = self._met(context)
        if command in _ABOUT:
            with session.at_work():
                return flight.RecordBatchStream(self._about(command, asked, session, context))
        if command != "TicketStatementQuery":
            raise CallUnknown
        handle = asked.statement_handle
        result = session.result(handle)
        rows = result.stream(context, self._limits.statement_seconds)
        call.at_end(lambda: session.drop(handle))
        return flight.GeneratorStream(result.schema, rows)

    @guarded
    def do_put(self, context: Any, descriptor: flight.FlightDescriptor, reader: Any, writer: Any) -> None:
        """Takes values for a prepared statement, runs what changes rows, or takes rows into a table."""
        command, asked = opened(descriptor.command or b"")
        _, session = self._met(context)
        with session.at_work():
            if command == "CommandPreparedStatementQuery":
                session.prepared(asked.prepared_statement_handle).values = _read(reader, self._limits)
                told = bare("DoPutPreparedStatementResult", prepared_statement_handle=asked.prepared_statement_handle)
            elif command == "CommandStatementIngest":
                count = ingest.ingested(self._execution, session, context, asked, reader)
                told = bare("DoPutUpdateResult", record_count=count)
            else:
                told = bare("DoPutUpdateResult", record_count=self._updated(command, asked, session, context, reader))
        writer.write(pa.py_buffer(told))

    @guarded
    def do_action(self, context: Any, action: flight.Action) -> Iterator[bytes]:
        """Prepares, closes, begins, ends and cancels."""
        call = actions.ACTIONS.get(action.type)
        if call is None:
            raise CallUnknown
        _, session = self._met(context)
        with session.at_work():
            desk = actions.Desk(session, self._sessions, self._execution, context)
            return iter(list(call(desk, action.body.to_pybytes())))

    @guarded
    def list_actions(self, _context: Any) -> list[tuple[str, str]]:
        """The names of the actions, with what each does."""
        return [(name, (call.__doc__ or "").strip()) for name, call in actions.ACTIONS.items()]

    @guarded
    def list_flights(self, _context: Any, _criteria: bytes) -> Iterator[flight.FlightInfo]:
        """Nothing: rows are asked for by SQL."""
        raise CallUnknown

    @guarded
    def do_exchange(self, _context: Any, _descriptor: Any, _reader: Any, _writer: Any) -> None:
        """Nothing: rows go one way at a time."""
        raise CallUnknown

    def _met(self, context: Any) -> tuple[Call, Session]:
        call: Call = context.get_middleware(NAME)
        return call, call.session(context.peer(), context.peer_identity().decode(errors="replace"))

    def _updated(self, command: str, asked: Any, session: Session, context: Any, reader: Any) -> int:
        """How many rows a statement changed; rows that it has are not sent."""
        if command not in ("CommandStatementUpdate", "CommandPreparedStatementUpdate"):
            raise CallUnknown
        if command == "CommandPreparedStatementUpdate":
            prepared = session.prepared(asked.prepared_statement_handle)
            if rows := _read(reader, self._limits):
                prepared.values = rows
        answered = self._execution.run(session, context, _asked(command, asked, session))
        if answered.handle is not None:
            session.drop(answered.handle)
        return answered.count

    def _about(self, command: str, asked: Any, session: Session, context: Any) -> pa.Table:
        def look(run: Any) -> pa.Table:
            lane, _ = session.lane("select", session.open_transaction(free=True))
            with lane.taken(run, session.settings, reading=False) as db:
                return metadata.answer(command, asked, db, self._limits)

        return self._runner.run(context, look)


def _asked(command: str, asked: Any, session: Session) -> Asked:
    """The statement that a command means, with the values that were sent for it."""
    if command in ("CommandStatementQuery", "CommandStatementUpdate"):
        return Asked(asked.query, asked.transaction_id or None)
    if command in ("CommandPreparedStatementQuery", "CommandPreparedStatementUpdate"):
        prepared = session.prepared(asked.prepared_statement_handle)
        return Asked(prepared.text, prepared.transaction, prepared.values, prepared.description)
    raise CallUnknown


def _told(answered: Answered) -> bytes:
    """What was decided for the user, an object of JSON on each line."""
    return "\n".join(map(as_json, answered.notices)).encode()


def _info(
    schema: pa.Schema, descriptor: flight.FlightDescriptor, ticket: bytes, told: bytes = b""
) -> flight.FlightInfo:
    endpoints = [flight.FlightEndpoint(flight.Ticket(ticket), [])]
    return flight.FlightInfo(schema, descriptor, endpoints, -1, -1, app_metadata=told)


def _read(reader: Any, limits: Limits) -> list[list[Any]]:
    """The rows of values that a client sends."""
    rows: list[list[Any]] = []
    size = 0
    for chunk in reader:
        if chunk.data is not None:
            size += chunk.data.nbytes
            if size > limits.values:
                raise ParametersUnfit(chunk.data.num_columns, len(rows))
            rows += columns.values(chunk.data)
    return rows
