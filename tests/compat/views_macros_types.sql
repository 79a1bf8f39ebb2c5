-- Views, macros, sequences and user-defined types.
CREATE TABLE base AS SELECT i AS id, i * 10 AS v FROM range(1, 6) r(i)
;;
CREATE VIEW big AS SELECT * FROM base WHERE v > 20
;;
CREATE OR REPLACE VIEW big AS SELECT id, v FROM base WHERE v > 30
;;
CREATE VIEW IF NOT EXISTS big AS SELECT 1
;;
CREATE TEMP VIEW renamed(a, b) AS SELECT * FROM base
;;
SELECT a FROM renamed WHERE b = 20
;;
FROM big
;;
ALTER VIEW big RENAME TO bigger
;;
CREATE VIEW nested AS SELECT max(v) AS top FROM bigger
;;
FROM nested
;;
SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL
;;
SHOW CREATE VIEW bigger
;;
COMMENT ON VIEW bigger IS 'the big ones'
;;
CREATE MACRO plus(a, b) AS a + b
;;
SELECT plus(1, 2), plus(a := 3, b := 4)
;;
CREATE OR REPLACE MACRO plus(a, b := 100) AS a + b
;;
SELECT plus(1), plus(1, b := 2)
;;
CREATE FUNCTION clamp(x, low := 0, high := 10) AS least(greatest(x, low), high)
;;
SELECT clamp(42), clamp(-3), clamp(5, high := 4)
;;
CREATE MACRO area(r) AS r * r * 3, (w, h) AS w * h
;;
SELECT area(2), area(2, 5)
;;
CREATE MACRO between_ids(lo, hi) AS TABLE SELECT * FROM base WHERE id BETWEEN lo AND hi
;;
FROM between_ids(2, 3) ORDER BY id
;;
SELECT sum(v) FROM between_ids(lo := 1, hi := 2)
;;
CREATE MACRO any_table(t) AS TABLE SELECT count(*) AS n FROM query_table(t)
;;
FROM any_table('base')
;;
FROM any_table(base)
;;
CREATE TEMP MACRO half(x) AS x / 2
;;
SELECT half(v) FROM base ORDER BY id LIMIT 2
;;
SELECT function_name, parameters, macro_definition FROM duckdb_functions() WHERE NOT internal AND function_type LIKE '%macro' ORDER BY ALL
;;
CREATE MACRO typed_macro(a INTEGER, b VARCHAR) AS b || a
;;
SELECT typed_macro(1, 'x')
;;
CREATE MACRO lst(xs) AS list_transform(xs, lambda x: x + 1)
;;
SELECT lst([1, 2])
;;
CREATE MACRO sub(n) AS (SELECT count(*) FROM base WHERE id <= n)
;;
SELECT id, sub(id) FROM base ORDER BY id LIMIT 3
;;
COMMENT ON MACRO plus IS 'adds'
;;
DROP MACRO half
;;
DROP FUNCTION clamp
;;
DROP MACRO TABLE between_ids
;;
CREATE SEQUENCE ids START 10 INCREMENT BY 5
;;
SELECT nextval('ids'), nextval('ids'), currval('ids')
;;
CREATE TABLE auto (id INTEGER DEFAULT nextval('ids'), t VARCHAR)
;;
INSERT INTO auto (t) VALUES ('x'), ('y') RETURNING id
;;
CREATE SEQUENCE cyclic MINVALUE 1 MAXVALUE 2 CYCLE
;;
SELECT nextval('cyclic') FROM range(3)
;;
CREATE SEQUENCE short MAXVALUE 2
;;
SELECT nextval('short'), nextval('short')
;;
SELECT nextval('short')
;;
SELECT sequence_name, start_value, increment_by, cycle FROM duckdb_sequences() ORDER BY ALL
;;
CREATE TYPE money AS DECIMAL(10, 2)
;;
CREATE TYPE point AS STRUCT(x DOUBLE, y DOUBLE)
;;
CREATE TYPE either AS UNION(n INTEGER, s VARCHAR)
;;
CREATE TYPE colour AS ENUM (SELECT unnest(['red', 'blue']))
;;
CREATE TABLE typed (m money, p point, e either, c colour)
;;
INSERT INTO typed VALUES (1.239, {'x': 1, 'y': 2}, 'text', 'blue')
;;
FROM typed
;;
SELECT (5)::money, {'x': 0, 'y': 0}::point, typeof(3::either)
;;
SELECT type_name, logical_type FROM duckdb_types() WHERE NOT internal ORDER BY ALL
;;
DROP TYPE point
;;
DROP TYPE money
;;
CREATE VIEW broken AS SELECT * FROM nowhere
;;
CREATE VIEW bigger AS SELECT 1
;;
CREATE VIEW mismatch(a, b) AS SELECT 1
;;
INSERT INTO bigger VALUES (1, 2)
;;
DROP TABLE bigger
;;
DROP TABLE base
;;
FROM bigger
;;
FROM nested
;;
CREATE MACRO recursive_one(x) AS recursive_one(x - 1)
;;
CREATE MACRO bad(a, a) AS a
;;
CREATE MACRO plus(a) AS a
;;
SELECT plus()
;;
SELECT plus(1, 2, 3)
;;
SELECT plus(z := 1)
;;
SELECT missing_macro(1)
;;
FROM missing_table_macro(1)
;;
SELECT area
;;
DROP MACRO nothing
;;
SELECT nextval('nothing')
;;
DROP SEQUENCE ids
;;
CREATE SEQUENCE backwards START 5 MAXVALUE 1
;;
CREATE SEQUENCE zero INCREMENT 0
;;
CREATE TYPE colour AS INTEGER
;;
SELECT 'green'::colour
;;
SELECT 1::unknown_type
;;
DROP TYPE nothing
;;
CREATE MACRO no_body(a) AS
;;
CREATE VIEW no_query AS
