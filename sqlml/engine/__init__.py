"""BRIDGE. The only place that knows both towers, and DuckDB.

Enters: SQL text on a connection. Leaves: rows of DuckDB's. A statement of ours is matched and bound by the
language tower, its operator run here with the learning tower's parts, and its answer is SQL that DuckDB runs;
all other SQL goes to DuckDB untouched.
"""

from sqlml.engine.connection import Connection, connect

__all__ = ["Connection", "connect"]
