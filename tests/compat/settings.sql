-- PRAGMA, SET, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN and other statements about the session.
CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, height DOUBLE)
;;
INSERT INTO people VALUES (1, 'Ann', 1.7), (2, 'Bob', NULL), (3, 'Cid', 1.8)
;;
CREATE VIEW tall AS FROM people WHERE height > 1.75
;;
SHOW TABLES
;;
SHOW ALL TABLES
;;
SHOW TABLES FROM main
;;
SHOW people
;;
SHOW tall
;;
SHOW DATABASES
;;
SHOW SCHEMAS
;;
DESCRIBE
;;
DESCRIBE people
;;
DESC tall
;;
DESCRIBE SELECT 1 AS a, 'x' AS b, NOW() IS NULL AS c
;;
DESCRIBE TABLE people
;;
SELECT column_name, column_type FROM (DESCRIBE people)
;;
FROM (SHOW TABLES)
;;
SUMMARIZE people
;;
SUMMARIZE SELECT height FROM people
;;
SELECT column_name, min, max, count FROM (SUMMARIZE people)
;;
CREATE TABLE summary AS SELECT column_name, null_percentage FROM (SUMMARIZE people)
;;
EXPLAIN SELECT name FROM people WHERE id = 2
;;
EXPLAIN (FORMAT json) SELECT 1
;;
EXPLAIN INSERT INTO people VALUES (9, 'Never', 1)
;;
EXPLAIN CREATE TABLE never AS SELECT 1
;;
EXPLAIN EXPLAIN SELECT 1
;;
EXPLAIN
;;
PRAGMA table_info('people')
;;
PRAGMA table_info(people)
;;
PRAGMA show_tables
;;
PRAGMA database_list
;;
CALL pragma_table_info('people')
;;
SELECT name, type, pk FROM pragma_table_info('people')
;;
CALL range(3)
;;
PRAGMA collations
;;
PRAGMA enable_verification
;;
SELECT 1 + 1
;;
PRAGMA disable_verification
;;
SET threads = 1
;;
SET threads TO 2
;;
SELECT current_setting('threads')
;;
SET SESSION default_order = 'DESC'
;;
SELECT * FROM (VALUES (1), (3), (2)) v(x) ORDER BY x
;;
RESET default_order
;;
SET default_null_order = 'nulls_first'
;;
SELECT * FROM (VALUES (1), (NULL)) v(x) ORDER BY x
;;
RESET default_null_order
;;
SET VARIABLE answer = 42
;;
SELECT getvariable('answer') + 1, getvariable('unset')
;;
SET VARIABLE listed = (SELECT list(id) FROM people)
;;
SELECT getvariable('listed')
;;
RESET VARIABLE answer
;;
SELECT getvariable('answer')
;;
SET search_path = 'main'
;;
SET schema = 'main'
;;
SELECT current_database(), current_schema(), current_catalog()
;;
SET integer_division = true
;;
SELECT 7 / 2
;;
RESET integer_division
;;
PRAGMA default_collation = NOCASE
;;
SELECT 'a' = 'A'
;;
RESET default_collation
;;
SET errors_as_json = true
;;
SELECT nope FROM people
;;
SELEC 1
;;
SELECT 'x'::INTEGER
;;
SET errors_as_json = false
;;
SET GLOBAL memory_limit = '1GB'
;;
SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'
;;
RESET memory_limit
;;
PRAGMA version
;;
SELECT count(*) > 10 FROM duckdb_keywords()
;;
SELECT extension_name, loaded FROM duckdb_extensions() WHERE extension_name IN ('parquet', 'json') ORDER BY 1
;;
ANALYZE
;;
VACUUM
;;
ANALYZE people
;;
CHECKPOINT
;;
FORCE CHECKPOINT
;;
LOAD json
;;
SET no_such_setting = 1
;;
SET thread = 1
;;
SET threads = 'many'
;;
SET threads = -1
;;
SET memory_limit = 'lots'
;;
SET default_order = 'sideways'
;;
SET access_mode = 'read_only'
;;
RESET no_such_setting
;;
SELECT current_setting('no_such_setting')
;;
PRAGMA no_such_pragma
;;
PRAGMA table_info('nowhere')
;;
PRAGMA table_info()
;;
CALL no_such_function(1)
;;
DESCRIBE nowhere
;;
DESCRIBE SELECT nope
;;
SHOW nowhere
;;
SUMMARIZE nowhere
;;
SUMMARIZE SELECT 1 FROM nowhere
;;
EXPLAIN SELECT nope FROM people
;;
EXPLAIN SELEC 1
;;
EXPLAIN (FORMAT painting) SELECT 1
;;
SET
;;
SET threads
;;
RESET
;;
PRAGMA
;;
CALL
;;
SHOW TABLES FROM nowhere
;;
ANALYZE nowhere
;;
VACUUM nowhere
