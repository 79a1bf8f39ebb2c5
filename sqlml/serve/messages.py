"""GATE. The protocol's messages, declared as data: each one's fields with their types and numbers."""

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlml.serve.problems import CallUnknown

if TYPE_CHECKING:
    from google.protobuf.message import Message

# `repeated` before a type says so. Every other field may be absent, which is not the same as empty.
_MESSAGES = {
    "Any": "string type_url 1, bytes value 2",
    "CommandStatementQuery": "string query 1, bytes transaction_id 2",
    "CommandStatementUpdate": "string query 1, bytes transaction_id 2",
    "CommandPreparedStatementQuery": "bytes prepared_statement_handle 1",
    "CommandPreparedStatementUpdate": "bytes prepared_statement_handle 1",
    "CommandStatementIngest": "TableDefinitionOptions table_definition_options 1, string table 2, string schema 3,"
    " string catalog 4, bool temporary 5, bytes transaction_id 6",
    "TableDefinitionOptions": "int32 if_not_exist 1, int32 if_exists 2",
    "CommandGetSqlInfo": "repeated uint32 info 1",
    "CommandGetXdbcTypeInfo": "int32 data_type 1",
    "CommandGetCatalogs": "",
    "CommandGetDbSchemas": "string catalog 1, string db_schema_filter_pattern 2",
    "CommandGetTables": "string catalog 1, string db_schema_filter_pattern 2, string table_name_filter_pattern 3,"
    " repeated string table_types 4, bool include_schema 5",
    "CommandGetTableTypes": "",
    "CommandGetPrimaryKeys": "string catalog 1, string db_schema 2, string table 3",
    "CommandGetExportedKeys": "string catalog 1, string db_schema 2, string table 3",
    "CommandGetImportedKeys": "string catalog 1, string db_schema 2, string table 3",
    "CommandGetCrossReference": "string pk_catalog 1, string pk_db_schema 2, string pk_table 3, string fk_catalog 4,"
    " string fk_db_schema 5, string fk_table 6",
    "TicketStatementQuery": "bytes statement_handle 1",
    "ActionCreatePreparedStatementRequest": "string query 1, bytes transaction_id 2",
    "ActionCreatePreparedStatementResult": "bytes prepared_statement_handle 1, bytes dataset_schema 2,"
    " bytes parameter_schema 3, bool is_update 4",
    "ActionClosePreparedStatementRequest": "bytes prepared_statement_handle 1",
    "ActionBeginTransactionRequest": "",
    "ActionBeginTransactionResult": "bytes transaction_id 1",
    "ActionEndTransactionRequest": "bytes transaction_id 1, int32 action 2",
    "ActionCancelQueryRequest": "bytes info 1",
    "ActionCancelQueryResult": "int32 result 1",
    "DoPutUpdateResult": "int64 record_count 1",
    "DoPutPreparedStatementResult": "bytes prepared_statement_handle 1",
    # Of the protocol below, these are not wrapped in an Any.
    "CancelFlightInfoRequest": "FlightInfo info 1",
    "CancelFlightInfoResult": "int32 status 1",
    "FlightInfo": "bytes schema 1, FlightDescriptor flight_descriptor 2, repeated FlightEndpoint endpoint 3",
    "FlightDescriptor": "int32 type 1, bytes cmd 2",
    "FlightEndpoint": "Ticket ticket 1",
    "Ticket": "bytes ticket 1",
    "SessionOptionValue": "string string_value 1, bool bool_value 2, sfixed64 int64_value 3, double double_value 4",
    "SessionOption": "string key 1, SessionOptionValue value 2",
    "SetSessionOptionsRequest": "repeated SessionOption session_options 1",
    "SetSessionOptionsResult": "repeated SessionError errors 1",
    "SessionError": "string key 1, SessionErrorValue value 2",
    "SessionErrorValue": "int32 value 1",
    "GetSessionOptionsRequest": "",
    "GetSessionOptionsResult": "repeated SessionOption session_options 1",
    "CloseSessionRequest": "",
    "CloseSessionResult": "int32 status 1",
}
_PACKAGE = "arrow.flight.protocol.sql"
_URL = f"type.googleapis.com/{_PACKAGE}."


@cache
def _classes() -> dict[str, type["Message"]]:
    """The classes of all messages, in a pool of their own: no other library's declarations can be in their way."""
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass

    file = FileDescriptorProto(name="sqlml.proto", package=_PACKAGE, syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field in filter(None, fields.split(",")):
            *labels, type_, called, number = field.split()
            added = message.field.add(name=called, number=int(number))
            added.label = FieldDescriptorProto.LABEL_REPEATED if labels else FieldDescriptorProto.LABEL_OPTIONAL
            if type_ in _MESSAGES:
                added.type, added.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".{_PACKAGE}.{type_}"
            else:
                added.type = FieldDescriptorProto.Type.Value(f"TYPE_{type_.upper()}")
    pool = DescriptorPool()
    pool.Add(file)
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES}


def message(name: str, **fields: Any) -> Any:
    """A message with these fields."""
    return _classes()[name](**fields)


def bare(name: str, **fields: Any) -> bytes:
    """A message with these fields, as it is sent by itself."""
    return bytes(message(name, **fields).SerializeToString())


def wrapped(name: str, **fields: Any) -> bytes:
    """A message with these fields, as it is sent where it may be any."""
    return bare("Any", type_url=_URL + name, value=bare(name, **fields))


def read(name: str, data: bytes) -> Any:
    """The message called `name` in `data`.

    Raises:
        CallUnknown: there is none.
    """
    from google.protobuf.message import DecodeError

    try:
        return _classes()[name].FromString(data)
    except DecodeError:
        raise CallUnknown from None


def opened(data: bytes) -> tuple[str, Any]:
    """The name of a message that may be any, and the message.

    Raises:
        CallUnknown: it is none of ours.
    """
    outer = read("Any", data)
    name = outer.type_url.removeprefix(_URL)
    if not outer.type_url.startswith(_URL) or name not in _MESSAGES:
        raise CallUnknown
    return name, read(name, outer.value)
