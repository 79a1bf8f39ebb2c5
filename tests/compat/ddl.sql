-- Tables and schemas: CREATE, ALTER, DROP, constraints, comments, indexes.
CREATE TABLE plain (a INTEGER, b VARCHAR)
;;
CREATE TABLE IF NOT EXISTS plain (z INTEGER)
;;
CREATE OR REPLACE TABLE plain (a BIGINT, b TEXT, c DOUBLE DEFAULT 1.5)
;;
CREATE TEMP TABLE scratch (a INTEGER)
;;
CREATE TEMPORARY TABLE scratch2 AS SELECT 1 AS one
;;
CREATE TABLE typed AS SELECT 1::UTINYINT AS u, 'x' AS s, [1.5] AS l, {'k': DATE '2024-01-01'} AS st
;;
CREATE TABLE empty_copy AS FROM typed WITH NO DATA
;;
CREATE TABLE renamed(n, t) AS SELECT 1, 'two'
;;
DESCRIBE empty_copy
;;
CREATE TABLE strict (
  id INTEGER PRIMARY KEY,
  email VARCHAR UNIQUE NOT NULL,
  age INTEGER CHECK (age >= 0),
  country VARCHAR DEFAULT 'FR',
  doubled INTEGER GENERATED ALWAYS AS (age * 2) VIRTUAL
)
;;
CREATE TABLE child (id INTEGER, parent INTEGER REFERENCES strict (id), PRIMARY KEY (id, parent))
;;
CREATE TABLE pair (a INTEGER, b INTEGER, UNIQUE (a, b), CHECK (a < b), CONSTRAINT named CHECK (b < 100))
;;
INSERT INTO strict (id, email, age) VALUES (1, 'a@x', 30)
;;
FROM strict
;;
ALTER TABLE plain ADD COLUMN d DATE
;;
ALTER TABLE plain ADD COLUMN IF NOT EXISTS d DATE
;;
ALTER TABLE plain DROP COLUMN c
;;
ALTER TABLE plain DROP COLUMN IF EXISTS nothing
;;
ALTER TABLE plain RENAME COLUMN b TO bee
;;
ALTER TABLE plain RENAME bee TO b
;;
ALTER TABLE plain ALTER COLUMN a SET DATA TYPE VARCHAR USING a || '!'
;;
ALTER TABLE plain ALTER a TYPE INTEGER
;;
ALTER TABLE plain ALTER COLUMN b SET DEFAULT 'dflt'
;;
ALTER TABLE plain ALTER COLUMN b DROP DEFAULT
;;
ALTER TABLE plain ALTER COLUMN b SET NOT NULL
;;
ALTER TABLE plain ALTER COLUMN b DROP NOT NULL
;;
ALTER TABLE plain ADD PRIMARY KEY (a)
;;
ALTER TABLE plain RENAME TO plainer
;;
SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'plainer' ORDER BY ordinal_position
;;
CREATE SCHEMA shop
;;
CREATE SCHEMA IF NOT EXISTS shop
;;
CREATE TABLE shop.items (id INTEGER, "unit price" DECIMAL(8, 2))
;;
SELECT schema_name, table_name, column_count FROM duckdb_tables() ORDER BY ALL
;;
USE shop
;;
FROM items
;;
SELECT current_schema()
;;
USE main
;;
CREATE INDEX by_price ON shop.items ("unit price")
;;
CREATE UNIQUE INDEX IF NOT EXISTS by_id ON shop.items (id)
;;
SELECT index_name, is_unique, expressions FROM duckdb_indexes() ORDER BY ALL
;;
DROP INDEX shop.by_price
;;
COMMENT ON TABLE plainer IS 'a comment; with a semicolon'
;;
COMMENT ON COLUMN plainer.a IS NULL
;;
SELECT comment FROM duckdb_tables() WHERE table_name = 'plainer'
;;
DROP TABLE plainer
;;
DROP TABLE IF EXISTS plainer
;;
DROP SCHEMA shop CASCADE
;;
CREATE TABLE s (st STRUCT(a INTEGER, b VARCHAR))
;;
ALTER TABLE s ADD COLUMN st.c DOUBLE
;;
ALTER TABLE s RENAME st.a TO first
;;
DESCRIBE s
;;
TRUNCATE strict
;;
SHOW CREATE TABLE strict
;;
SELECT sql FROM duckdb_tables() WHERE table_name IN ('pair', 'child') ORDER BY table_name
;;
SELECT constraint_type, constraint_text FROM duckdb_constraints() WHERE table_name = 'pair' ORDER BY ALL
;;
CREATE TABLE numbers AS SELECT range AS n FROM range(3) ORDER BY n DESC
;;
FROM numbers
;;
CREATE TABLE numbers (n INTEGER)
;;
CREATE TABLE twice (a INTEGER, a VARCHAR)
;;
CREATE TABLE nocols ()
;;
CREATE TABLE badtype (a WIBBLE)
;;
CREATE TABLE two_keys (a INTEGER PRIMARY KEY, b INTEGER PRIMARY KEY)
;;
CREATE TABLE orphan (p INTEGER REFERENCES nowhere (id))
;;
CREATE TABLE bad_default (a INTEGER DEFAULT b)
;;
CREATE OR REPLACE TABLE IF NOT EXISTS both (a INTEGER)
;;
DROP TABLE never_was
;;
DROP TABLE strict
;;
DROP VIEW numbers
;;
DROP SCHEMA main
;;
DROP INDEX nothing
;;
DROP SOMETHING numbers
;;
ALTER TABLE never_was ADD COLUMN a INTEGER
;;
ALTER TABLE numbers DROP COLUMN n
;;
ALTER TABLE numbers RENAME COLUMN n TO n
;;
ALTER TABLE numbers ADD COLUMN n INTEGER
;;
ALTER TABLE numbers ALTER n TYPE DATE
;;
ALTER TABLE numbers FROBNICATE
;;
CREATE SCHEMA main
;;
CREATE TABLE nowhere.t (a INTEGER)
;;
USE nowhere
;;
CREATE INDEX i ON nowhere (a)
;;
CREATE INDEX i ON numbers (zzz)
;;
COMMENT ON TABLE nowhere IS 'x'
;;
CREATE TABEL typo (a INTEGER)
;;
CREATE TABLE unfinished (a INTEGER,
;;
CREATE
;;
CRATE TABLE t (a INTEGER)
