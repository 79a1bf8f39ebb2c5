"""Predicts with an exported script of macros in a DuckDB that has nothing else; run as a process.

Arguments: the script, a DuckDB file, the model's name, and names of the file's tables. Prints, of each table, what the
table macro adds to each row, and whether the macro of a row says the same.
"""

import sys
from pathlib import Path

import duckdb


def main(script: str, database: str, model: str, *tables: str) -> None:
    db = duckdb.connect()
    db.execute(f"ATTACH '{database}' AS given (READ_ONLY)")
    db.execute(Path(script).read_text(encoding="utf-8"))
    row, table = (f'"{name}"' for name in (model, f"predict_{model}"))
    for name in tables:
        db.execute(f"CREATE OR REPLACE TABLE asked AS FROM given.{name}")
        print(db.execute(f"SELECT COLUMNS('^predicted_') FROM {table}(asked)").fetchall())
        each = db.execute(f"SELECT unnest(p) FROM (SELECT {row}(t) AS p FROM asked t)").fetchall()
        print(each == db.execute(f"SELECT COLUMNS('^predicted_') FROM {table}(asked)").fetchall())


if __name__ == "__main__":
    main(*sys.argv[1:])
    assert "sqlml" not in sys.modules
