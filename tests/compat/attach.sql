-- Several databases in one connection.
ATTACH 'one.db' AS one
;;
ATTACH IF NOT EXISTS 'one.db' AS one
;;
ATTACH DATABASE 'two.db'
;;
ATTACH ':memory:' AS scratch
;;
CREATE TABLE one.t AS SELECT 1 AS a, 'in one' AS b
;;
CREATE SCHEMA two.s
;;
CREATE TABLE two.s.t (a INTEGER, b VARCHAR)
;;
INSERT INTO two.s.t FROM one.t
;;
SELECT x.b, y.a FROM one.main.t x JOIN two.s.t y USING (a)
;;
SELECT database_name, internal, type, readonly FROM duckdb_databases() ORDER BY database_name
;;
SHOW DATABASES
;;
USE one
;;
FROM t
;;
CREATE VIEW v AS SELECT a + 1 AS next FROM t
;;
USE two.s
;;
SELECT current_database(), current_schema()
;;
FROM t
;;
FROM one.v
;;
CREATE TABLE here AS SELECT 5 AS five
;;
SELECT database_name, schema_name, table_name FROM duckdb_tables() ORDER BY ALL
;;
SHOW TABLES
;;
SHOW ALL TABLES
;;
USE memory
;;
FROM here
;;
DETACH two
;;
FROM two.s.t
;;
ATTACH 'two.db' AS again (READ_ONLY)
;;
FROM again.s.t
;;
INSERT INTO again.s.t VALUES (2, 'refused')
;;
CREATE TABLE again.main.x (a INTEGER)
;;
DETACH again
;;
COPY FROM DATABASE one TO scratch
;;
FROM scratch.main.t
;;
COPY FROM DATABASE one TO scratch (SCHEMA)
;;
CREATE TYPE one.mood AS ENUM ('fine')
;;
SELECT 'fine'::one.mood
;;
CREATE MACRO one.twice(x) AS x * 2
;;
SELECT one.twice(21)
;;
BEGIN
;;
INSERT INTO one.t VALUES (7, 'seven')
;;
INSERT INTO scratch.main.t VALUES (8, 'eight')
;;
ROLLBACK
;;
SELECT count(*) FROM one.t
;;
ATTACH 'three.db' AS "a name with spaces" (STORAGE_VERSION 'v1.0.0')
;;
CREATE TABLE "a name with spaces".t (i INTEGER)
;;
DETACH "a name with spaces"
;;
DETACH DATABASE IF EXISTS never
;;
ATTACH 'one.db' AS second_name
;;
ATTACH 'four.db' AS one
;;
ATTACH 'no/such/folder/five.db'
;;
ATTACH 'six.db' (NO_SUCH_OPTION 1)
;;
ATTACH 'missing.db' AS m (READ_ONLY)
;;
COPY (SELECT 1) TO 'text.db' (FORMAT csv)
;;
ATTACH 'text.db'
;;
ATTACH
;;
ATTACH 5
;;
DETACH
;;
DETACH never
;;
DETACH memory
;;
USE never
;;
SELECT * FROM one.never
;;
SELECT * FROM one.s.t
;;
SELECT one.main.t.nope FROM one.main.t
;;
SELECT * FROM a.b.c.d
;;
CREATE TABLE never.main.t (a INTEGER)
;;
DROP TABLE one.t
;;
DROP DATABASE one
