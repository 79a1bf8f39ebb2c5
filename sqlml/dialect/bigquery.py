"""The gate to sqlglot: BigQuery's SQL in DuckDB's words."""


def to_duckdb(text: str) -> str | None:
    """A query of BigQuery's as DuckDB reads it; None if it is not one."""
    import sqlglot

    try:
        return sqlglot.transpile(text, read="bigquery", write="duckdb")[0]
    except sqlglot.errors.SqlglotError:
        return None
