"""Tries at what a client may not do, as data: what is sent, and which roles must be refused it.

What a try may never leave: a changed table, a file, a word of the machine in an answer, a server that is down.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """A statement, and the roles that must be refused it."""

    sql: str
    roles: tuple[str, ...] = ("reader", "trainer", "admin")


_READER = ("reader",)
_LESSER = ("reader", "trainer")

FILES = [
    "COPY customers TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)",
    "COPY customers FROM '{secret}'",
    "COPY customers TO '/dev/stdout'",
    "FROM read_csv('{secret}')",
    "FROM read_text('{secret}')",
    "FROM read_blob('{secret}')",
    "FROM '{secret}'",
    "SELECT * FROM '{secret}' WHERE 1 = 1",
    "FROM glob('{folder}/*')",
    "FROM glob('/etc/*')",
    "FROM sniff_csv('{secret}')",
    "FROM read_json('{secret}')",
    "FROM parquet_schema('{secret}')",
    "FROM read_csv('{folder}/x/../secret')",
    "FROM read_text('file://{secret}')",
    "PREDICT churn FROM read_csv('{secret}')",
    "PREDICT churn FROM '{secret}'",
    "CREATE OR REPLACE MODEL m PREDICT a AS FROM read_csv('{secret}')",
    "EVALUATE churn FROM read_text('{secret}')",
    "EXPORT MODEL churn TO '{folder}/out' (FORMAT sql)",
    "EXPORT MODEL churn TO '{folder}/out' (FORMAT onnx)",
    "EXPORT /* */ MODEL churn TO '{folder}/out' (FORMAT native)",
    "IMPORT MODEL m PREDICT y FROM '{secret}'",
    "IMPORT OR REPLACE MODEL churn PREDICT churned FROM '{secret}'",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/out.duckdb' AS o",
    "ATTACH ':memory:' AS o",
    "ATTACH '{secret}' AS o (READ_ONLY)",
    "DETACH shop",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "FROM read_csv('https://example.invalid/x.csv')",
    "EXPLAIN ANALYZE COPY customers TO '{folder}/out.csv'",
]
MACHINE = [
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{secret}'",
    "FORCE INSTALL spatial FROM 'https://example.invalid'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET GLOBAL TimeZone = 'Asia/Tokyo'",
    "RESET GLOBAL TimeZone",
    "set/**/global TimeZone = 'Asia/Tokyo'",
    "SET python_enable_replacements = true",
    "SET allowed_directories = ['/']",
    "SET temp_directory = '{folder}'",
    "SET threads = 64",
    "SET memory_limit = '1TB'",
    "SET home_directory = '/'",
    "PRAGMA enable_profiling",
    "PRAGMA database_list",
    "PRAGMA platform",
    "SELECT getenv('HOME')",
    "FROM PASSWORD",
    "SELECT * FROM TOKEN",
    "FROM secret_rows",
    "PREPARE p AS DROP TABLE customers",
    "EXECUTE p",
    "CALL enable_logging()",
    "FROM enable_logging()",
    "FROM system.main.\"Enable_Logging\" (storage := 'file', storage_path := '{folder}')",
    "FROM enable_profiling(save_location := '{folder}/profile.txt')",
    "FROM query('FROM enable_' || 'profiling()')",
    "FROM query/* */('FROM disable_' || 'logging()')",
    "FROM disable_logging()",
    "PREDICT churn FROM enable_logging()",
    "CREATE OR REPLACE MODEL m PREDICT a AS FROM enable_profiling()",
]
WRITES = [
    Attack("DROP TABLE customers", _LESSER),
    Attack("DELETE FROM customers", _LESSER),
    Attack("UPDATE customers SET age = 0", _LESSER),
    Attack("TRUNCATE customers", _LESSER),
    Attack("INSERT INTO customers SELECT * FROM customers", _LESSER),
    Attack("MERGE INTO customers USING customers u ON false WHEN NOT MATCHED THEN INSERT (id) VALUES (1)", _LESSER),
    Attack("WITH x AS (INSERT INTO customers VALUES (1, 2, 'pro', true) RETURNING *) FROM x", _LESSER),
    Attack("WITH x AS (DELETE FROM customers RETURNING *) SELECT count(*) FROM x", _LESSER),
    Attack("WITH x AS (WITH y AS (SELECT 1) UPDATE customers SET age = 0 RETURNING *) FROM x", _LESSER),
    Attack("PREDICT churn FROM (WITH x AS (DELETE FROM customers RETURNING *) FROM x)"),
    Attack("EVALUATE churn WITH x AS (DELETE FROM customers RETURNING *) FROM x"),
    Attack("CREATE MODEL m PREDICT churned AS WITH x AS (DELETE FROM customers RETURNING *) FROM x"),
    Attack("PIVOT (WITH x AS (DELETE FROM customers RETURNING *) FROM x) ON plan"),
    Attack("EXPLAIN ANALYZE DELETE FROM customers", _LESSER),
    Attack("EXPLAIN (FORMAT json, ANALYZE) DELETE FROM customers", _LESSER),
    Attack("EXPLAIN (ANALYZE) DROP TABLE customers", _LESSER),
    Attack("CREATE TABLE mine AS FROM customers", _LESSER),
    Attack("CREATE TEMP TABLE mine AS FROM customers", _LESSER),
    Attack("CREATE OR REPLACE VIEW young AS SELECT 1", _LESSER),
    Attack("CREATE MACRO f() AS 1", _LESSER),
    Attack("CREATE SCHEMA s", _LESSER),
    Attack("CREATE SEQUENCE s", _LESSER),
    Attack("CREATE TYPE t AS ENUM ('a')", _LESSER),
    Attack("ALTER TABLE customers RENAME TO c", _LESSER),
    Attack("COMMENT ON TABLE customers IS 'x'", _LESSER),
    Attack("DELETE FROM sqlml.models", _LESSER),
    Attack("UPDATE sqlml.artifacts SET bytes = ''::BLOB", _LESSER),
    Attack("CHECKPOINT", _LESSER),
    Attack("VACUUM", _LESSER),
    Attack("BEGIN", _LESSER),
    Attack("COMMIT", _LESSER),
    Attack("CREATE MODEL m PREDICT churned WITH (max_trials = 1) AS FROM customers", _READER),
    Attack("CREATE/* /* */ */MODEL m PREDICT churned AS FROM customers", _READER),
    Attack("CREATE MODEL m OPTIONS (input_label_cols = ['churned']) AS SELECT * FROM customers", _READER),
    Attack("DROP MODEL churn", _READER),
    Attack("ALTER MODEL churn RENAME TO c", _READER),
    Attack("SELECT 1; DROP TABLE customers"),
    Attack("SELECT 1;; DELETE FROM customers;"),
    Attack("PREDICT churn FROM customers; DROP MODEL churn"),
    Attack("-- ; DROP TABLE customers"),
    Attack("SELECT 'a'; -- '\nDROP TABLE customers"),
    Attack("SELECT nextval('s')"),
    Attack(""),
    Attack("SELECT \x00 1"),
]

STATEMENTS = [*map(Attack, FILES + MACHINE), *WRITES]
