"""The columns that the protocol asks of each answer about the database."""

import pyarrow as pa

_TYPES = {"text": pa.string(), "int": pa.int32(), "byte": pa.uint8(), "bytes": pa.binary(), "bool": pa.bool_()}
_TYPES |= {"texts": pa.list_(pa.field("item", pa.string(), nullable=False))}

_KEYS = (
    "pk_catalog_name text, pk_db_schema_name text, pk_table_name text!, pk_column_name text!, fk_catalog_name text,"
    " fk_db_schema_name text, fk_table_name text!, fk_column_name text!, key_sequence int!, fk_key_name text,"
    " pk_key_name text, update_rule byte!, delete_rule byte!"
)
# A `!` forbids NULL.
_SHAPES = {
    "CommandGetCatalogs": "catalog_name text!",
    "CommandGetDbSchemas": "catalog_name text, db_schema_name text!",
    "CommandGetTables": "catalog_name text, db_schema_name text, table_name text!, table_type text!",
    "CommandGetTableTypes": "table_type text!",
    "CommandGetPrimaryKeys": "catalog_name text, db_schema_name text, table_name text!, column_name text!,"
    " key_name text, key_sequence int!",
    "CommandGetExportedKeys": _KEYS,
    "CommandGetImportedKeys": _KEYS,
    "CommandGetCrossReference": _KEYS,
    "CommandGetXdbcTypeInfo": "type_name text!, data_type int!, column_size int, literal_prefix text,"
    " literal_suffix text, create_params texts, nullable int!, case_sensitive bool!, searchable int!,"
    " unsigned_attribute bool, fixed_prec_scale bool!, auto_increment bool, local_type_name text, minimum_scale int,"
    " maximum_scale int, sql_data_type int!, datetime_subcode int, num_prec_radix int, interval_precision int",
}
_TABLE_SCHEMA = pa.field("table_schema", pa.binary(), nullable=False)


def shape(command: str, *, with_columns: bool = False) -> pa.Schema:
    """The columns of an answer; of tables also the column of their own columns, where that is asked for."""
    pairs = [field.split() for field in _SHAPES[command].split(", ")]
    fields = [pa.field(name, _TYPES[type_.rstrip("!")], nullable="!" not in type_) for name, type_ in pairs]
    return pa.schema([*fields, _TABLE_SCHEMA] if with_columns else fields)
