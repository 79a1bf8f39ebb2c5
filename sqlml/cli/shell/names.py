"""What the catalog says while one statement is typed: each question is asked once, when it first matters."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import sqlml
from sqlml.dialect.grammar import grammar
from sqlml.quote import identifier, literal

_TABLES = """
SELECT table_name, 'table', database_name, schema_name FROM duckdb_tables() WHERE NOT internal
UNION ALL SELECT view_name, 'view', database_name, schema_name FROM duckdb_views() WHERE NOT internal
"""
_FUNCTIONS = """
SELECT function_name, bool_or(function_type LIKE 'table%'), any_value(description) FROM duckdb_functions()
WHERE NOT starts_with(function_name, '__') AND function_name SIMILAR TO '[a-z_].*' AND schema_name <> 'sqlml' GROUP BY 1
"""


class Names:
    """The names that there are now; none where the database cannot be asked, as in an aborted transaction."""

    def __init__(self, db: sqlml.Connection) -> None:
        self._db = db
        self._columns: dict[frozenset[str], list[tuple[str, str, str]]] = {}

    @cached_property
    def tables(self) -> list[tuple[str, str]]:
        """Tables and views, as they would be written here, with what they are; schemas that hold some follow."""
        here = self._ask("SELECT current_database(), current_schema()")
        found, schemas = [], {}
        for name, kind, database, schema in self._ask(_TABLES):
            if (database, schema) in [*here, ("temp", "main")]:
                found.append((self.written(name), kind))
            elif schema != "sqlml":
                holder = schema if here and database == here[0][0] else database
                schemas[holder] = "schema" if holder == schema else "database"
                inner = "" if schema in (holder, "main") else f"{self.written(schema)}."
                found.append((f"{self.written(holder)}.{inner}{self.written(name)}", kind))
        return found + [(f"{self.written(name)}.", kind) for name, kind in schemas.items()]

    def columns(self, tables: Iterable[str]) -> list[tuple[str, str, str]]:
        """Columns of the tables and views of these names: (column, type, table)."""
        names = frozenset(name.lower() for name in tables)
        if names and names not in self._columns:
            listed = ", ".join(map(literal, sorted(names)))
            self._columns[names] = self._ask(
                "SELECT column_name, data_type, table_name FROM duckdb_columns()"
                f" WHERE lower(table_name) IN ({listed}) AND schema_name <> 'sqlml' ORDER BY column_index"
            )
        return self._columns.get(names, [])

    def columns_like(self, begun: str) -> list[tuple[str, str, str]]:
        """Columns of every table and view, whose names begin so."""
        return self._ask(
            "SELECT column_name, data_type, table_name FROM duckdb_columns() WHERE NOT internal AND"
            f" schema_name <> 'sqlml' AND starts_with(lower(column_name), {literal(begun.lower())})"
            " ORDER BY table_name, column_index"
        )

    @cached_property
    def functions(self) -> list[tuple[str, bool, str]]:
        """Functions: their names, whether they stand for a table, and what they do."""
        return [(name, tabular, text or "") for name, tabular, text in self._ask(_FUNCTIONS)]

    def keep_functions(self, earlier: "Names") -> None:
        """Takes over the functions of an earlier statement: to ask for them takes longer than for all else."""
        if "functions" in earlier.__dict__:
            self.functions = earlier.functions

    @cached_property
    def models(self) -> dict[str, tuple[str, int, list[str]]]:
        """Models by name: what each predicts, how many versions it has, and their aliases."""
        rows = self._ask("SHOW MODELS")
        return {
            self.written(name): (f"{task} model of {target}", versions, aliases)
            for name, task, target, _, versions, _, _, _, aliases in rows
        }

    @cached_property
    def settings(self) -> list[tuple[str, str]]:
        """What SET can set, and what it means."""
        return self._ask("SELECT name, description FROM duckdb_settings()")

    @cached_property
    def _keywords(self) -> dict[str, str]:
        return dict(self._ask("SELECT keyword_name, keyword_category FROM duckdb_keywords()"))

    @property
    def keywords(self) -> list[str]:
        """The words of DuckDB's statements, and of ours, in capitals."""
        common = (word for word in self._keywords if not word.startswith("pg_"))
        return sorted({*(word.upper() for word in common), *grammar().words})

    def written(self, name: str) -> str:
        """A name as it has to be written: in quotes where it is no word, or a reserved one."""
        plain = name.isascii() and name.isidentifier() and self._keywords.get(name.lower()) != "reserved"
        return name if plain else identifier(name)

    def _ask(self, sql: str) -> list[Any]:
        try:
            rows: list[Any] = self._db.execute(sql).fetchall()
        except sqlml.Error:
            return []
        return rows
