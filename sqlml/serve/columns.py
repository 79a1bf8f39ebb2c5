"""Columns as they go over the wire: in types that every client has, with the name of their SQL type beside them."""

import re
from typing import Any

import pyarrow as pa

from sqlml.quote import identifier

# A field's metadata with this name has the SQL type of the column.
TYPE_NAME = b"ARROW:FLIGHT:SQL:TYPE_NAME"
# What has no type of its own in clients, or one that does not hold all of it: it goes as text.
_AS_TEXT = re.compile(r"\b(?:UNION\(|(?:BIGNUM|BIT|TIME WITH TIME ZONE|UHUGEINT|VARIANT)\b)")


def spelt(relation: Any) -> Any:
    """The relation with the columns as text that clients could not read; places count, as names may repeat."""
    types = [str(type_) for type_ in relation.types]
    if not any(map(_AS_TEXT.search, types)):
        return relation
    columns = zip(relation.columns, types, strict=True)
    shown = [
        f"CAST(#{at} AS VARCHAR) AS {identifier(name)}" if _AS_TEXT.search(type_) else f"#{at}"
        for at, (name, type_) in enumerate(columns, 1)
    ]
    return relation.project(", ".join(shown))


def shown(schema: pa.Schema, names: list[str], types: list[str]) -> pa.Schema:
    """The schema that clients get for columns of these names, which may repeat, and SQL types."""
    return pa.schema(
        [
            field.with_name(name).with_type(plain(field.type)).with_metadata({TYPE_NAME: type_.encode()})
            for field, name, type_ in zip(schema, names, types, strict=True)
        ]
    )


def plain(type_: pa.DataType) -> pa.DataType:
    """The type without dictionaries, which some clients cannot read in a stream."""
    if pa.types.is_dictionary(type_):
        return plain(type_.value_type)
    if pa.types.is_struct(type_):
        return pa.struct([field.with_type(plain(field.type)) for field in type_])
    if pa.types.is_map(type_):
        return pa.map_(plain(type_.key_type), plain(type_.item_type))
    if pa.types.is_fixed_size_list(type_):
        return pa.list_(type_.value_field.with_type(plain(type_.value_type)), type_.list_size)
    if pa.types.is_list(type_):
        return pa.list_(type_.value_field.with_type(plain(type_.value_type)))
    return type_


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns of `schema`."""
    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


# What JDBC binds without a cast: it writes milliseconds into whatever unit a timestamp is declared to have.
_PARAMETERS: dict[str, pa.DataType] = {
    "BIGINT": pa.int64(),
    "BLOB": pa.binary(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
    "FLOAT": pa.float32(),
    "HUGEINT": pa.decimal128(38, 0),
    "INTEGER": pa.int32(),
    "SMALLINT": pa.int16(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("ms"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("ms", "UTC"),
    "TINYINT": pa.int8(),
    "UBIGINT": pa.uint64(),
    "UINTEGER": pa.uint32(),
    "USMALLINT": pa.uint16(),
    "UTINYINT": pa.uint8(),
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def parameters(types: dict[str, str | None]) -> pa.Schema:
    """The schema of a row of parameters, by their names and SQL types; one that may have any type is text."""
    return pa.schema([pa.field(name, _parameter(type_ or "VARCHAR")) for name, type_ in types.items()])


def _parameter(type_: str) -> pa.DataType:
    decimal = _DECIMAL.fullmatch(type_)
    return pa.decimal128(int(decimal[1]), int(decimal[2])) if decimal else _PARAMETERS.get(type_, pa.string())


def values(batch: pa.RecordBatch) -> list[list[Any]]:
    """The rows of a batch of parameters, as a statement is given them."""
    columns = [_read(column).to_pylist() for column in batch.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _read(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column
