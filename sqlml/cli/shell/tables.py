"""`.tables`, `.schema` and `.import`: what there is, and more of it."""

import shutil
from pathlib import Path

import click

import sqlml
from sqlml.cli.shell.session import Session
from sqlml.diagnostics.span import width
from sqlml.quote import identifier, literal

_TABLES = """
SELECT CASE WHEN database_name = current_database() AND schema_name = current_schema() THEN name
            WHEN database_name = current_database() THEN schema_name || '.' || name
            ELSE database_name || '.' || schema_name || '.' || name END AS shown
FROM (SELECT database_name, schema_name, table_name AS name FROM duckdb_tables() WHERE NOT internal
      UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal)
WHERE name LIKE {pattern} AND schema_name <> 'sqlml' ORDER BY shown
"""
_SCHEMA = """
SELECT sql FROM
  (SELECT 1 AS place, schema_name, table_name AS name, table_name, sql FROM duckdb_tables() WHERE NOT internal
   UNION ALL SELECT 2, schema_name, view_name, view_name, sql FROM duckdb_views() WHERE NOT internal
   UNION ALL SELECT 3, schema_name, index_name, table_name, sql FROM duckdb_indexes() WHERE sql IS NOT NULL)
WHERE table_name LIKE {pattern} AND schema_name <> 'sqlml' ORDER BY table_name, place, name
"""
# Readers of files by what their names end in.
_READERS = dict.fromkeys(("csv", "tsv", "txt", "gz", "zst"), "read_csv") | {
    "parquet": "read_parquet",
    "json": "read_json",
    "jsonl": "read_json",
    "ndjson": "read_json",
}
_FORMATS = {"csv": "read_csv", "json": "read_json", "parquet": "read_parquet"}


def show(session: Session, arguments: list[str]) -> None:
    """Names in columns, as many as fit."""
    rows = session.db.execute(_TABLES.format(pattern=_pattern(arguments))).fetchall()
    names = [name for (name,) in rows]
    if not names:
        return
    cells = max(map(width, names)) + 2
    across = max(1, shutil.get_terminal_size((80, 24)).columns // cells)
    down = -(-len(names) // across)
    with session.output.taking():
        for at in range(down):
            click.echo("".join(name + " " * (cells - width(name)) for name in names[at::down]).rstrip())


def schema(session: Session, arguments: list[str]) -> None:
    """The statements, one below the other."""
    rows = session.db.execute(_SCHEMA.format(pattern=_pattern(arguments))).fetchall()
    with session.output.taking():
        for (sql,) in rows:
            click.echo(sql.strip().rstrip(";") + ";")


def _pattern(arguments: list[str]) -> str:
    if len(arguments) > 1:
        raise ValueError("takes one pattern, in which % stands for anything")
    return literal(arguments[0] if arguments else "%")


def bring(session: Session, arguments: list[str]) -> None:
    """Appends the rows of a file to a table; one that is not there gets the columns of the file."""
    flags = [one.lstrip("-") for one in arguments if one.startswith("-")]
    given = [one for one in arguments if not one.startswith("-")]
    if len(given) != 2 or len(flags) > 1 or not set(flags) <= set(_FORMATS):
        raise ValueError("takes a file and a table, and --csv, --json or --parquet before them")
    path, table = given
    reader = _FORMATS[flags[0]] if flags else _READERS.get(Path(path).suffix[1:].lower(), "read_csv")
    name = ".".join(identifier(part) for part in table.split("."))
    rows = f"FROM {reader}({literal(str(Path(path).expanduser()))})"
    is_there = _is_there(session.db, name)
    session.db.execute(f"INSERT INTO {name} {rows}" if is_there else f"CREATE TABLE {name} AS {rows}")


def _is_there(db: sqlml.Connection, name: str) -> bool:
    try:
        db.execute(f"FROM {name} LIMIT 0")
    except sqlml.ProgrammingError:
        return False
    return True
