"""A client of the protocol's messages, each sent as drivers send it."""

from typing import Any, Self

import pyarrow as pa
import pyarrow.flight as flight

from sqlml.serve.messages import bare, message, opened, read, wrapped


class Raw:
    """One connection, with a login of its own."""

    def __init__(self, location: str, user: str, password: str, **options: Any) -> None:
        self.address = location, user, password
        # Streams that nobody reads on.
        self.held: list[flight.FlightStreamReader] = []
        self.client = flight.connect(location, **options)
        self.login = self.client.authenticate_basic_token(user, password)
        self.options = flight.FlightCallOptions(headers=[self.login])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def info(self, command: str, **fields: Any) -> flight.FlightInfo:
        return self.client.get_flight_info(_descriptor(command, fields), self.options)

    def schema(self, command: str, **fields: Any) -> pa.Schema:
        return self.client.get_schema(_descriptor(command, fields), self.options).schema

    def fetched(self, info: flight.FlightInfo) -> pa.Table:
        return self.client.do_get(info.endpoints[0].ticket, self.options).read_all()

    def table(self, command: str, **fields: Any) -> pa.Table:
        return self.fetched(self.info(command, **fields))

    def query(self, text: str, **fields: Any) -> pa.Table:
        return self.table("CommandStatementQuery", query=text, **fields)

    def hurried(self, text: str, seconds: float) -> flight.FlightInfo:
        """Asks for a statement, and waits so long and no longer."""
        options = flight.FlightCallOptions(headers=[self.login], timeout=seconds)
        return self.client.get_flight_info(_descriptor("CommandStatementQuery", {"query": text}), options)

    def action(self, name: str, body: bytes = b"") -> list[bytes]:
        results = self.client.do_action(flight.Action(name, body), self.options)
        return [result.body.to_pybytes() for result in results]

    def prepare(self, text: str, **fields: Any) -> Any:
        request = wrapped("ActionCreatePreparedStatementRequest", query=text, **fields)
        (answer,) = self.action("CreatePreparedStatement", request)
        name, made = opened(answer)
        assert name == "ActionCreatePreparedStatementResult"
        return made

    def put(self, command: str, rows: pa.Table | None = None, **fields: Any) -> bytes:
        schema = rows.schema if rows is not None else pa.schema([])
        writer, answers = self.client.do_put(_descriptor(command, fields), schema, self.options)
        if rows is not None:
            writer.write_table(rows)
        writer.done_writing()
        told = answers.read()
        writer.close()
        return told.to_pybytes()

    def update(self, text: str, **fields: Any) -> int:
        return read("DoPutUpdateResult", self.put("CommandStatementUpdate", query=text, **fields)).record_count

    def begin(self) -> bytes:
        (answer,) = self.action("BeginTransaction", wrapped("ActionBeginTransactionRequest"))
        return opened(answer)[1].transaction_id

    def end(self, transaction: bytes, action: int) -> None:
        self.action("EndTransaction", wrapped("ActionEndTransactionRequest", transaction_id=transaction, action=action))

    def session_options(self, **values: str) -> bytes:
        options = [
            message("SessionOption", key=name, value=message("SessionOptionValue", string_value=value))
            for name, value in values.items()
        ]
        (answer,) = self.action("SetSessionOptions", bare("SetSessionOptionsRequest", session_options=options))
        return answer


def _descriptor(command: str, fields: dict[str, Any]) -> flight.FlightDescriptor:
    return flight.FlightDescriptor.for_command(wrapped(command, **fields))
