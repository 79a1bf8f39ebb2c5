"""What there is in the database, as clients ask for it: catalogs, schemas, tables, models, keys and types."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

import sqlml
from sqlml.engine.signatures import signatures
from sqlml.quote import identifier
from sqlml.schema import Column
from sqlml.serve import columns, sql_types
from sqlml.serve.limits import Limits
from sqlml.serve.shapes import shape
from sqlml.serve.sqlinfo import sqlinfo

TYPES = ("MODEL", "TABLE", "VIEW")
# Other names that clients have for a type, and expect to read again.
_ALSO = {"BASE TABLE": "TABLE"}

_CATALOGS = "SELECT database_name FROM duckdb_databases() WHERE NOT internal ORDER BY ALL"
_SCHEMAS = """
SELECT s.database_name, s.schema_name FROM duckdb_schemas() s JOIN duckdb_databases() d USING (database_name)
WHERE NOT d.internal AND s.schema_name NOT IN ('information_schema', 'pg_catalog') ORDER BY ALL
"""
_TABLES = """
SELECT database_name, schema_name, table_name, 'TABLE' FROM duckdb_tables() WHERE NOT internal
UNION ALL SELECT database_name, schema_name, view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal
"""
_COLUMNS = """
SELECT database_name, schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
WHERE NOT internal ORDER BY database_name, schema_name, table_name, column_index
"""
_KEYS = """
SELECT database_name, schema_name, table_name, unnest(constraint_column_names), constraint_name,
       generate_subscripts(constraint_column_names, 1)::INTEGER
FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' ORDER BY ALL
"""

Row = Sequence[Any]


def answer(command: str, asked: Any, db: sqlml.Connection, limits: Limits) -> pa.Table:
    """What a client gets that asks `command`."""
    if command == "CommandGetSqlInfo":
        return sqlinfo(list(asked.info), limits)
    if command == "CommandGetXdbcTypeInfo":
        rows = list(sql_types.listed(asked.data_type if asked.HasField("data_type") else None))
        return pa.Table.from_pylist(rows, schema=shape(command))
    if command == "CommandGetTables":
        return _tables(asked, db)
    return _filled(shape(command), _rows(command, asked, db))


def columns_of(command: str, asked: Any, limits: Limits) -> pa.Schema:
    """The columns of what `answer` gives, without asking the database."""
    if command == "CommandGetSqlInfo":
        return sqlinfo([0], limits).schema
    return shape(command, with_columns=command == "CommandGetTables" and asked.include_schema)


def _rows(command: str, asked: Any, db: sqlml.Connection) -> list[Row]:
    if command == "CommandGetCatalogs":
        return list(db.execute(_CATALOGS).fetchall())
    if command == "CommandGetTableTypes":
        return [(name,) for name in TYPES]
    if command == "CommandGetDbSchemas":
        return [row for row in db.execute(_SCHEMAS).fetchall() if _is_asked_for(asked, row)]
    if command == "CommandGetPrimaryKeys":
        wanted = [(0, asked, "catalog"), (1, asked, "db_schema")]
        return [
            row
            for row in db.execute(_KEYS).fetchall()
            if row[2] == asked.table and all(not a.HasField(f) or row[at] == getattr(a, f) for at, a, f in wanted)
        ]
    # Foreign keys: none is told of.
    return []


def _tables(asked: Any, db: sqlml.Connection) -> pa.Table:
    spelt = {_ALSO.get(name.upper(), name.upper()): name for name in asked.table_types}
    models = signatures(db)
    found = [*db.execute(_TABLES).fetchall(), *((m.database, m.schema, m.name, "MODEL") for m in models)]
    rows = [
        (*place, spelt.get(kind, kind))
        for *place, kind in sorted(found)
        if _is_asked_for(asked, place) and (kind in spelt or not spelt)
    ]
    schema = shape("CommandGetTables", with_columns=asked.include_schema)
    if asked.include_schema:
        known = _known(db) | {(m.database, m.schema, m.name, "MODEL"): [(c, True) for c in m.columns] for m in models}
        kinds = {(*place, spelt.get(kind, kind)): (*place, kind) for *place, kind in found}
        described = [known.get(kinds[row], known.get(kinds[row][:3], [])) for row in rows]
        types = _arrow_types(db, {column.type for held in described for column, _ in held})
        rows = [(*row, _serialized(held, types)) for row, held in zip(rows, described, strict=True)]
    return _filled(schema, rows)


def _is_asked_for(asked: Any, place: Sequence[str]) -> bool:
    """Whether a place (catalog, schema, table) is one of those that are asked for."""
    if asked.HasField("catalog") and asked.catalog != place[0]:
        return False
    patterns = [("db_schema_filter_pattern", 1), ("table_name_filter_pattern", 2)]
    return all(
        _is_like(place[at], getattr(asked, field))
        for field, at in patterns
        if at < len(place) and asked.HasField(field)
    )


def _is_like(name: str, pattern: str) -> bool:
    """Whether a name is LIKE a pattern, in which a backslash before a wildcard makes it a character."""
    parts = re.findall(r"\\[%_\\]|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    expression = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(expression, name, re.DOTALL) is not None


def _known(db: sqlml.Connection) -> dict[tuple[str, ...], list[tuple[Column, bool]]]:
    """The columns of all tables and views, each with whether it may be NULL."""
    found: dict[tuple[str, ...], list[tuple[Column, bool]]] = {}
    for *place, name, type_, is_nullable in db.execute(_COLUMNS).fetchall():
        found.setdefault(tuple(place), []).append((Column(name, type_), bool(is_nullable)))
    return found


def _arrow_types(db: sqlml.Connection, types: Iterable[str]) -> dict[str, pa.DataType]:
    """What columns of these SQL types are in rows that are sent."""
    names = sorted(types)
    if not names:
        return {}
    row = ", ".join(f"NULL::{name} AS {identifier(str(at))}" for at, name in enumerate(names))
    fields = columns.spelt(db.sql(f"SELECT {row}")).limit(0).to_arrow_table().schema
    return {name: columns.plain(field.type) for name, field in zip(names, fields, strict=True)}


def _serialized(held: list[tuple[Column, bool]], types: dict[str, pa.DataType]) -> bytes:
    arrow = pa.schema([pa.field(column.name, types[column.type], nullable) for column, nullable in held])
    return bytes(columns.shown(arrow, arrow.names, [column.type for column, _ in held]).serialize())


def _filled(schema: pa.Schema, rows: Iterable[Row]) -> pa.Table:
    cells = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(list(column), f.type) for column, f in zip(cells, schema, strict=True)], schema=schema)
